/**
 * The booths' door: HTTPS with client certificates. Every request is first asked whose it is; then it may offer a package, continue
 * an upload of its own (tus 1.0 core), fetch a receipt, or hear what was decided. docs/formats/upload.md.
 */
import { constants } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { TLSSocket } from "node:tls";
import { deflateSync } from "node:zlib";
import { leafOnly } from "../../crypto/authority/trust.ts";
import { INTAKE_PATHS } from "../../crypto/delivery/answers.ts";
import { inflateOffer, LARGEST_OFFER_BYTES } from "../../crypto/delivery/offer.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { TlsCredentials } from "../../crypto/keys/key.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { answerWitness, witnessStatus } from "../witness/routes.ts";
import type { Witness } from "../witness/witness.ts";
import type { BodyStore } from "./body-store.ts";
import type { Intake } from "./intake.ts";
import { refusalOf } from "./refusal.ts";
import { answerTus, tusMethod } from "./tus.ts";
import { WriterLocks } from "./writer-lock.ts";

export interface IntakeListenerOptions {
  readonly credentials: TlsCredentials;
  /** Whose connection this is; throws `intake/certificate-…`. */
  readonly identify: (socket: TLSSocket) => string;
  readonly intake: Intake;
  readonly bodies: BodyStore;
  /** The witness of the booths' audit logs. */
  readonly witness: Witness;
  /** Notices for a booth after a sequence number, with a heartbeat where it is wanted, as JSON. */
  readonly status: (booth: string, after: number, heartbeat: boolean) => Promise<unknown>;
  /** A failure without a code: for the log. */
  readonly onFault: (error: unknown) => void;
}

const HASH = /^[0-9a-f]{64}$/;

export function createIntakeListener(options: IntakeListenerOptions): Server {
  const { intake, bodies } = options;
  const refuse = (error: unknown) => {
    if (!isCoded(error)) options.onFault(error);
    return refusalOf(error);
  };
  const tus = { bodies, locks: new WriterLocks(), onWhole: (sha256: string) => intake.complete(sha256) };

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const booth = options.identify(request.socket as TLSSocket);
    const { path, query } = addressOf(request);
    const method = tusMethod(request);
    if (method === "POST" && path === INTAKE_PATHS.offers) {
      return answer(response, 200, await intake.offer(booth, await readBody(request)));
    }
    if (method === "GET" && path === INTAKE_PATHS.status) {
      const asked = new URLSearchParams(query);
      const after = Number.parseInt(asked.get("after") ?? "0", 10);
      const told = await options.status(booth, Number.isSafeInteger(after) ? after : 0, asked.has("heartbeat"));
      return answer(response, 200, told);
    }
    if (path === INTAKE_PATHS.audit || path.startsWith(`${INTAKE_PATHS.audit}/`)) {
      const asked = { method: method ?? "", path: path.slice(INTAKE_PATHS.audit.length), query };
      const reply = await answerWitness(options.witness, booth, asked, () => readBody(request));
      return answer(response, reply.status, reply.body, reply.type);
    }
    const slash = path.lastIndexOf("/");
    const [folder, sha256] = [path.slice(0, slash), path.slice(slash + 1)];
    if (HASH.test(sha256)) {
      if (folder === INTAKE_PATHS.uploads && (method === "HEAD" || method === "PATCH")) {
        intake.assertOwn(booth, sha256);
        return answerTus(request, response, method, sha256, tus);
      }
      if (folder === INTAKE_PATHS.receipts && method === "GET") {
        const receipt = await intake.receipt(booth, sha256);
        const deflates = request.headers["accept-encoding"] === "deflate";
        if (deflates) response.setHeader("content-encoding", "deflate");
        return answer(response, 200, deflates ? deflateSync(receipt) : receipt, "application/octet-stream");
      }
    }
    throw new KabinaError("intake/route-unknown");
  }

  const server = createServer(
    {
      ...leafOnly(options.credentials),
      // A ticket carries the booth's certificate back and forth: on a thin link a full handshake is smaller, and it judges anew.
      secureOptions: constants.SSL_OP_NO_TICKET,
      // `identify` judges certificates. TLS is told of no authority: it would name them all to every booth that comes.
      ca: [],
      minVersion: "TLSv1.3",
      requestCert: true,
      // Without a valid certificate a booth gets no further than `identify`, which refuses it with a code that an engineer
      // can read; TLS itself would only hang up.
      rejectUnauthorized: false,
      // A thin link takes as long as it takes: silence is limited, duration is not.
      requestTimeout: 0,
      headersTimeout: 60_000,
      keepAliveTimeout: 120_000,
      maxHeaderSize: 8 << 10,
    },
    (request, response) => {
      // Nobody here needs the hour, or to be told that a connection stays: on a thin link every answer counts.
      response.sendDate = false;
      response.removeHeader("connection");
      route(request, response).catch((error) => {
        const { status, body } = refuse(error);
        if (response.headersSent) return response.destroy();
        // What is still being sent is not wanted: the connection ends with the answer.
        if (!request.complete) response.setHeader("connection", "close");
        answer(response, witnessStatus(error) ?? status, body);
      });
    },
  );
  server.maxConnections = SERVER_LIMITS.connections;
  server.setTimeout(SERVER_LIMITS.intakeIdleMs);
  return server;
}

/** The path, and what is asked; a whole URL, as proxies write it, is no address of ours. */
function addressOf({ url = "/" }: IncomingMessage): { path: string; query: string } {
  const at = url.indexOf("?");
  return at < 0 ? { path: url, query: "" } : { path: url.slice(0, at), query: url.slice(at + 1) };
}

function answer(response: ServerResponse, status: number, body: unknown, type = "application/json"): void {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": type, "content-length": bytes.length, "cache-control": "no-store" });
  response.end(response.req.method === "HEAD" ? undefined : bytes);
}

/** Reads an offer, which may be deflated; refuses by the declared length before it reads, and by the real one while it reads. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = () => new KabinaError("intake/offer-too-large", { limitBytes: LARGEST_OFFER_BYTES });
  if (Number(request.headers["content-length"] ?? 0) > LARGEST_OFFER_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > LARGEST_OFFER_BYTES) throw tooLarge();
    chunks.push(chunk as Buffer);
  }
  const bytes = Buffer.concat(chunks);
  if (request.headers["content-encoding"] !== "deflate") return bytes;
  try {
    return inflateOffer(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new KabinaError("delivery/offer-malformed", { reason: "deflate" }, { cause: error });
  }
}
