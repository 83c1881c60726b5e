/**
 * Enrolment over Secure Transport (RFC 7030) for booths and sensors: `cacerts`, `csrattrs`, `simpleenroll`, `simplereenroll`. The
 * approval of a first request is an officer's (§3.2.4 "manual authorization", HTTP 202 until then); `serverkeygen` is refused: a key
 * is made where it is used.
 */
import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { IssuerKind, LeafPurpose } from "../../crypto/authority/authority.ts";
import { encodeBundle } from "../../crypto/certificate/bundle.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { validatePath } from "../../crypto/certificate/path.ts";
import { encode, objectIdentifier, sequence, setOf } from "../../crypto/der/writer.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { LARGEST_EST_REQUEST } from "../../crypto/est/paths.ts";
import { PKI_LIMITS } from "./limits.ts";
import type { CertificateOffice } from "./office.ts";

export interface EstAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `booth-tls`: the key for TLS of a booth whose identity cannot speak it; only to who has an identity already. */
const labels: Readonly<Record<string, { readonly issuer: IssuerKind; readonly purpose?: LeafPurpose }>> = {
  booths: { issuer: "booths" },
  "booth-tls": { issuer: "booths", purpose: "booth-tls" },
  sensors: { issuer: "sensors" },
  servers: { issuer: "servers" },
};
const purposes: Readonly<Partial<Record<IssuerKind, string>>> = {
  booths: oids.clientAuth,
  sensors: oids.kabinaCaptureSigning,
};

/** Answers a request under `/.well-known/est/`. Throws `est/…`, `request/…`, `certificate/…`. */
export async function answerEst(request: IncomingMessage, office: CertificateOffice, clock: Clock): Promise<EstAnswer> {
  const [, , , label = "", operation = "", ...more] = (request.url ?? "").split("?")[0]!.split("/");
  const asked = labels[label];
  // Of servers a booth learns the authorities; none is certified here.
  const certifies = label === "booth-tls" ? operation === "simplereenroll" : label !== "servers";
  if (!asked || !(certifies || operation === "cacerts") || more.length > 0) throw new KabinaError("est/route-unknown");
  const { issuer, purpose } = asked;
  switch (`${request.method} ${operation}`) {
    case "GET cacerts":
      return bundle(await office.authoritiesTold(issuer), "application/pkcs7-mime");
    case "GET csrattrs":
      return { status: 200, headers: base64Type("application/csrattrs"), body: lines(requestAttributes()) };
    case "POST simpleenroll": {
      const der = await readBody(request);
      const { chain } = await office.submit(der, issuer, request.socket.remoteAddress ?? "");
      if (chain) return issued(chain);
      const retryAfter = String(PKI_LIMITS.askAgainMs / 1000);
      return { status: 202, headers: { "retry-after": retryAfter, "content-type": "text/plain" }, body: "waiting\n" };
    }
    case "POST simplereenroll": {
      const held = heldCertificate(request.socket as TLSSocket, office, issuer, clock);
      return issued(await office.renew(held, await readBody(request), issuer, purpose));
    }
    case "POST serverkeygen":
      throw new KabinaError("est/no-server-keys");
    default:
      throw new KabinaError("est/route-unknown");
  }
}

/** The certificate that the connection was made with, when this authority issued it and it holds now. */
function heldCertificate(socket: TLSSocket, office: CertificateOffice, issuer: IssuerKind, clock: Clock): Certificate {
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
  if (!raw) throw new KabinaError("est/certificate-missing");
  const leaf = new Certificate(raw);
  validatePath({
    leaf,
    intermediates: [],
    anchors: office.authorities(issuer),
    at: clock.now(),
    purpose: purposes[issuer]!,
    usage: "digitalSignature",
    revoked: (certificate, at) => office.isRevoked(certificate, at),
  });
  return leaf;
}

const base64Type = (type: string): Record<string, string> => ({
  "content-type": type,
  "content-transfer-encoding": "base64",
});

const issued = (chain: readonly Certificate[]): EstAnswer =>
  bundle(chain.slice(0, 1), "application/pkcs7-mime; smime-type=certs-only");

const bundle = (certificates: readonly Certificate[], type: string): EstAnswer => ({
  status: 200,
  headers: base64Type(type),
  body: lines(encodeBundle(certificates)),
});

/** §4.5.2: a P-256 key, and a signature with SHA-256. */
const requestAttributes = (): Uint8Array =>
  encode(
    sequence(
      sequence(objectIdentifier(oids.ecPublicKey), setOf(objectIdentifier(oids.p256))),
      objectIdentifier(oids.ecdsaWithSha256),
    ),
  );

const lines = (der: Uint8Array): string =>
  Buffer.from(der)
    .toString("base64")
    .replace(/.{64}(?=.)/g, "$&\n")
    .concat("\n");

/** §4.2.1: base64 of the request's DER. Refused by its length before and while it is read. */
async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const tooLarge = (size: number) => new KabinaError("request/too-large", { size, limit: LARGEST_EST_REQUEST });
  if (!/^application\/pkcs10\b/i.test(request.headers["content-type"] ?? "")) throw new KabinaError("est/media-type");
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > LARGEST_EST_REQUEST) throw tooLarge(declared);
  const text = await new Promise<string>((resolve, reject) => {
    // Not `for await`: leaving that early ends the connection before the refusal is read.
    let sofar = "";
    request.on("data", (chunk: Buffer) => {
      sofar += chunk.toString("latin1");
      if (sofar.length > LARGEST_EST_REQUEST) reject(tooLarge(sofar.length));
    });
    request.on("end", () => resolve(sofar));
    request.on("error", reject);
  });
  const bare = text.replace(/\s/g, "");
  if (bare.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(bare))
    throw new KabinaError("request/malformed", { reason: "not base64" });
  return Buffer.from(bare, "base64");
}
