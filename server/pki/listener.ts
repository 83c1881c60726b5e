/**
 * The door of the authority's office: EST, revocation lists and answers about certificates, over TLS. It needs no certificate of whoever
 * asks: a new booth has none yet, and what is told here is public.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { type IssuerKind, issuerKinds } from "../../crypto/authority/authority.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { largestQuestion } from "../../crypto/certificate/status-protocol.ts";
import type { Clock } from "../../crypto/environment.ts";
import { explain } from "../../crypto/errors/catalogue.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import { PKI_PATHS } from "../../crypto/est/paths.ts";
import type { TlsCredentials } from "../../crypto/keys/key.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { answerEst } from "./est.ts";
import type { CertificateOffice } from "./office.ts";
import { RefusalLog } from "./refusal-log.ts";
import { takeReport } from "./reports.ts";
import type { RotationSchedule } from "./schedule.ts";
import type { CertificateStatusDesk } from "./status.ts";
import type { UpdatesDesk } from "./updates-desk.ts";

export interface PkiListenerOptions {
  readonly office: CertificateOffice;
  readonly status: CertificateStatusDesk;
  readonly updates: UpdatesDesk;
  readonly clock: Clock;
  /** Whom packages are to be encrypted for; none where this server does not know. */
  readonly recipients: () => Promise<readonly Certificate[]>;
  /** When booths are to take new keys. */
  readonly schedule: () => Promise<RotationSchedule>;
  readonly credentials: TlsCredentials;
  /** PEM of the authorities whose certificates are asked for (for renewal). */
  readonly authorities: readonly string[];
  readonly onFault: (error: unknown) => void;
}

const STATUSES: Readonly<Record<string, number>> = {
  "est/route-unknown": 404,
  "est/no-server-keys": 501,
  "est/media-type": 415,
  "est/certificate-missing": 401,
  "request/too-large": 413,
  "request/too-many": 429,
  "request/too-soon": 429,
  "request/name-taken": 409,
  "request/key-known": 409,
  "request/refused": 403,
  "request/name-differs": 403,
  "certificate/revoked": 403,
  "certificate/expired": 403,
  "certificate/not-yet-valid": 403,
  "certificate/issuer-unknown": 403,
  "certificate/purpose": 403,
};

export function createPkiListener(options: PkiListenerOptions): Server {
  const { office, status, updates, clock } = options;
  const refusals = new RefusalLog(office, clock);
  const routes = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? "").split("?")[0]!;
    const { method } = request;
    if (path.startsWith("/.well-known/est/")) {
      const answer = await answerEst(request, office, clock);
      return send(response, answer.status, answer.headers, Buffer.from(answer.body));
    }
    const [, list, keyId] = /^\/pki\/lists\/([a-z]{1,16})(?:-([0-9a-f]{16}))?\.crl$/.exec(path) ?? [];
    if (method === "GET" && list !== undefined) {
      const der = await revocationList(options, list, keyId);
      return send(response, 200, { "content-type": "application/pkix-crl" }, der);
    }
    if (method === "GET" && path.startsWith(`${PKI_PATHS.updates}/`))
      return send(
        response,
        200,
        { "content-type": "application/octet-stream" },
        await updates.serve(path.slice(PKI_PATHS.updates.length + 1)),
      );
    if (method === "POST" && path === PKI_PATHS.reports) {
      const answer = Buffer.from(
        JSON.stringify(await takeReport(request, office, clock, options.recipients, options.schedule)),
      );
      return send(response, 200, { "content-type": "application/json" }, answer);
    }
    if (method === "POST" && path === PKI_PATHS.status)
      return ocsp(response, await status.answer(await readQuestionBody(request)));
    if (method === "GET" && path.startsWith(`${PKI_PATHS.status}/`)) {
      const text = decodeURIComponent(path.slice(PKI_PATHS.status.length + 1));
      return ocsp(response, await status.answer(Buffer.from(text.slice(0, largestQuestion * 2), "base64")));
    }
    throw new KabinaError("est/route-unknown");
  };
  const server = createServer(
    {
      ...options.credentials,
      ca: [...options.authorities],
      minVersion: "TLSv1.3",
      requestCert: true,
      // A new booth has no certificate yet; who renews is checked where that matters, with a refusal that can be read.
      rejectUnauthorized: false,
      headersTimeout: 30_000,
      requestTimeout: 60_000,
      maxHeaderSize: 8 << 10,
    },
    (request, response) => {
      routes(request, response).catch(async (error) => {
        // Whoever asked has gone: nobody is left to be told, and nothing here is at fault.
        if (request.errored && error === request.errored) return response.destroy();
        if (!isCoded(error)) options.onFault(error);
        else if (/^\/(\.well-known\/est|pki\/reports)(\/|$)/.test(request.url ?? ""))
          try {
            refusals.note(request, error);
          } catch (fault) {
            options.onFault(fault); // the refusal stands, and is told all the same
          }
        if (response.headersSent) return response.destroy();
        const told = isCoded(error) ? error : new KabinaError("est/failed");
        const { code, cause, next } = explain(told);
        const httpStatus = STATUSES[code] ?? (isCoded(error) ? 400 : 500);
        await letFinish(request);
        if (!request.complete) response.setHeader("connection", "close");
        const text = Buffer.from(`${code}\n${cause}\n${next}\n`);
        send(response, httpStatus, { "content-type": "text/plain; charset=utf-8" }, text);
      });
    },
  );
  server.maxConnections = SERVER_LIMITS.connections;
  return server;
}

/** The list of an issuing authority, or the root's, which a ceremony has signed. Throws `est/route-unknown`. */
async function revocationList(
  { office, status }: PkiListenerOptions,
  kind: string,
  keyId?: string,
): Promise<Uint8Array> {
  if (kind === "root") return office.rootList(keyId);
  const issuer = issuerKinds
    .filter((one) => one === kind)
    .flatMap((one) => office.authority.lineage(one))
    .find(({ key }) => keyId === undefined || key.keyId.startsWith(keyId));
  if (!issuer) throw new KabinaError("est/route-unknown");
  return status.revocationList(kind as IssuerKind, issuer);
}

/** What a refused client may still send, bytes, and for how long, ms: one that is cut off in the middle never reads why. */
const stillSent = { bytes: 4 << 20, ms: 2000 } as const;

function letFinish(request: IncomingMessage): Promise<void> {
  if (request.complete) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, stillSent.ms);
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > stillSent.bytes) resolve();
    });
    for (const event of ["end", "close", "error"]) request.on(event, () => resolve());
    request.once("close", () => clearTimeout(timer));
    request.resume();
  });
}

const ocsp = (response: ServerResponse, der: Uint8Array): void =>
  send(response, 200, { "content-type": "application/ocsp-response" }, der);

function send(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): void {
  response.writeHead(status, { ...headers, "content-length": body.length, "cache-control": "no-store" });
  response.end(body);
}

async function readQuestionBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > largestQuestion) throw new KabinaError("request/too-large", { size: length, limit: largestQuestion });
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
