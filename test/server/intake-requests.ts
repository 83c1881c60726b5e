/** Bare requests to the intake, as a booth of somebody else's making would send them. */
import { once } from "node:events";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { tlsAuthorities } from "../../crypto/authority/trust.ts";
import { INTAKE_PATHS } from "../../crypto/delivery/answers.ts";
import { readHead } from "../../crypto/delivery/head.ts";
import { makeOffer, type Offer, writeOffer } from "../../crypto/delivery/offer.ts";
import type { TlsCredentials } from "../../crypto/keys/key.ts";
import type { TestInstallation } from "./installation.ts";

export interface IntakeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface IntakeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string | number>;
  readonly body?: Uint8Array;
  /** Whose certificate; null for none. */
  readonly credentials?: TlsCredentials | null;
}

export async function ask(installation: TestInstallation, port: number, asked: IntakeRequest): Promise<IntakeAnswer> {
  const credentials = asked.credentials === undefined ? installation.booth.tls() : asked.credentials;
  const asking = request({
    host: "127.0.0.1",
    servername: "localhost",
    port,
    method: asked.method,
    path: asked.path,
    headers: asked.headers,
    ca: tlsAuthorities(installation.trust, "servers"),
    agent: false,
    ...(credentials ?? {}),
  });
  asking.end(asked.body);
  const [response] = (await once(asking, "response")) as [import("node:http").IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

export function offerOf(bytes: Buffer): Promise<Offer> {
  const head = readHead(bytes);
  if (!head) throw new Error("no head");
  return makeOffer(
    (async function* () {
      yield bytes;
    })(),
    bytes.subarray(0, head.bytes),
  );
}

export async function sendOffer(
  installation: TestInstallation,
  port: number,
  offer: Buffer,
  credentials?: TlsCredentials | null,
): Promise<IntakeAnswer> {
  return ask(installation, port, {
    method: "POST",
    path: INTAKE_PATHS.offers,
    body: offer,
    ...(credentials === undefined ? {} : { credentials }),
  });
}

export function patch(
  installation: TestInstallation,
  port: number,
  sha256: string,
  offset: number,
  body: Uint8Array,
  headers: Record<string, string | number> = {},
): Promise<IntakeAnswer> {
  return ask(installation, port, {
    method: "PATCH",
    path: `${INTAKE_PATHS.uploads}/${sha256}`,
    body,
    headers: {
      "tus-resumable": "1.0.0",
      "upload-offset": offset,
      "content-type": "application/offset+octet-stream",
      "content-length": body.length,
      ...headers,
    },
  });
}

/** Offers and sends a whole package; the answer to its last request. */
export async function sendPackage(installation: TestInstallation, port: number, bytes: Buffer): Promise<IntakeAnswer> {
  const offer = await offerOf(bytes);
  const offered = await sendOffer(installation, port, writeOffer(offer));
  if (offered.status !== 200) return offered;
  const { offset } = JSON.parse(offered.body.toString()) as { offset: number };
  return patch(installation, port, offer.sha256.toString("hex"), offset, bytes.subarray(offset));
}
