/**
 * The heartbeat: the server's signed word of what time it is, with a nonce, so that nobody can have had it before. A package that carries
 * one was sealed after it, whatever the booth's clock said.
 */
import { z } from "zod";
import { oids } from "../certificate/oids.ts";
import type { RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import { toInstant } from "../package/manifest.ts";
import { type DocumentTrust, decodeSigned, encodeSigned, signDocument, verifyDocument } from "./signed-document.ts";

const nonceBytes = 16;

const Heartbeat = z.strictObject({
  format: z.literal("kabina-heartbeat/1"),
  /** For this booth and no other: a stolen one cannot borrow another's. */
  boothId: z.string().min(1).max(128),
  /** UTC, whole seconds; also the signature's signing time. */
  at: z.iso.datetime({ precision: 0 }),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
});

/** Signs one with the `server-receipt` key; the text that travels. */
export async function signHeartbeat(
  boothId: string,
  at: Date,
  key: PrivateKeyHandle,
  random: RandomBytes,
): Promise<string> {
  const nonce = Buffer.from(random(nonceBytes)).toString("hex");
  const heartbeat = Heartbeat.parse({ format: "kabina-heartbeat/1", boothId, at: toInstant(at), nonce });
  return encodeSigned(await signDocument(heartbeat, key, at));
}

/** The time it tells, when it is the server's and for this booth. Throws `receipt/malformed`, `receipt/signature-invalid`, `receipt/other-booth`, `certificate/*`. */
export function readHeartbeat(text: string, boothId: string, trust: DocumentTrust): Date {
  const { value } = verifyDocument(decodeSigned(text), Heartbeat, ({ at }) => at, oids.kabinaReceiptSigning, trust);
  if (value.boothId !== boothId) throw new KabinaError("receipt/other-booth", { boothId: value.boothId });
  return new Date(value.at);
}
