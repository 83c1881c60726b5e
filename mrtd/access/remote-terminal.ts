/**
 * A terminal (inspection system) whose key lies with a signer elsewhere: over mutual TLS, or on this machine over a socket that its file
 * permissions guard. The protocol is one request: docs/formats/terminal-signer.md.
 */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { z } from "zod";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { parseCvCertificate } from "../cvc/certificate.ts";
import type { TerminalIdentity } from "./terminal-authentication.ts";

/** Where the signer is; without TLS only on this machine. */
export type TerminalSigner =
  | { readonly socket: string }
  | {
      readonly url: URL;
      /** PEM: who the signer must be, and who we are. */
      readonly authority: Uint8Array;
      readonly certificate: Uint8Array;
      readonly key: Uint8Array;
    };

export const signerLimits = {
  /** A chip waits at most some seconds for its challenge to come back. */
  answerMs: 5_000,
  answerBytes: 8_192,
  /** The largest signature: RSA with 4096 bits. */
  signatureBytes: 512,
} as const;

const path = "/terminal-signature";
export const signerFormat = "kabina-terminal-signing/1";
const Answer = z.strictObject({ format: z.literal(signerFormat), signature: z.base64().min(4) });

/** `certificates` as in `TerminalIdentity`; the last is the terminal's. Throws `mrtd/tlv-malformed`. */
export function remoteTerminal(certificates: readonly Uint8Array[], signer: TerminalSigner): TerminalIdentity {
  const own = certificates.at(-1);
  const holder = own === undefined ? "" : parseCvCertificate(own).holder;
  return { certificates, sign: (data) => askSigner(signer, holder, data) };
}

async function askSigner(signer: TerminalSigner, holder: string, data: Uint8Array): Promise<Uint8Array> {
  const body = JSON.stringify({ format: signerFormat, holder, data: Buffer.from(data).toString("base64") });
  const where = "socket" in signer ? signer.socket : signer.url.host;
  const answer = await exchange(signer, body).catch((cause: unknown) => {
    throw new KabinaError("mrtd/signer-unreachable", { signer: where }, { cause });
  });
  if (answer.status !== 200) throw new KabinaError("mrtd/signer-refused", { signer: where, status: answer.status });
  try {
    const signature = new Uint8Array(Buffer.from(Answer.parse(JSON.parse(answer.text)).signature, "base64"));
    if (signature.length <= signerLimits.signatureBytes) return signature;
  } catch {
    // Said below.
  }
  throw new KabinaError("mrtd/signer-refused", { signer: where, status: "no signature" });
}

function exchange(signer: TerminalSigner, body: string): Promise<{ status: number; text: string }> {
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const options = { method: "POST", path, headers, signal: AbortSignal.timeout(signerLimits.answerMs) };
  return new Promise((resolve, reject) => {
    const received = (response: IncomingMessage) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (text.length > signerLimits.answerBytes) response.destroy(new Error("too long"));
      });
      response.once("error", reject).once("end", () => resolve({ status: response.statusCode ?? 0, text }));
    };
    const asked =
      "socket" in signer
        ? httpRequest({ ...options, socketPath: signer.socket }, received)
        : httpsRequest({ ...options, ...tlsOf(signer) }, received);
    asked.once("error", reject).end(body);
  });
}

const tlsOf = ({ url, authority, certificate, key }: Extract<TerminalSigner, { url: URL }>) => ({
  host: url.hostname,
  port: url.port === "" ? 443 : Number(url.port),
  ca: Buffer.from(authority),
  cert: Buffer.from(certificate),
  key: Buffer.from(key),
  minVersion: "TLSv1.3" as const,
});
