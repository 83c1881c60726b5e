/**
 * A checkpoint: the signed head of a log, in the C2SP tlog-checkpoint text inside a C2SP signed note, with an ECDSA P-256
 * signature (key id: the first four bytes of the SHA-256 of the SubjectPublicKeyInfo, as Rekor does). docs/formats/audit.md.
 */
import { type KeyObject, verify } from "node:crypto";
import { KabinaError } from "../errors/kabina-error.ts";
import { keyIdOf } from "../keys/file-key.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";

const keyIdLength = 4; // bytes
const largestNote = 4096; // characters
const form =
  /^([^\s+]{1,128})\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n\n\u2014 ([^\s+]{1,128}) ([A-Za-z0-9+/]+={0,2})\n$/;

export interface Checkpoint {
  /** Which log: `kabina/server`, `kabina/booth/booth-1`. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** The signed text. */
export async function signCheckpoint(checkpoint: Checkpoint, key: PrivateKeyHandle): Promise<string> {
  const text = `${checkpoint.origin}\n${checkpoint.size}\n${Buffer.from(checkpoint.root).toString("base64")}\n`;
  const signature = await key.sign(Buffer.from(text));
  const line = Buffer.concat([Buffer.from(key.keyId, "hex").subarray(0, keyIdLength), signature]).toString("base64");
  return `${text}\n\u2014 ${checkpoint.origin} ${line}\n`;
}

/** Reads a note and checks its signature with one of the keys. Throws `audit/checkpoint-malformed`, `audit/checkpoint-signature`. */
export function verifyCheckpoint(note: string, keys: readonly KeyObject[]): Checkpoint {
  const match = note.length <= largestNote ? form.exec(note) : null;
  const [, origin, size, root, signer, line] = match ?? [];
  if (!origin || !size || !root || !line || signer !== origin) throw new KabinaError("audit/checkpoint-malformed", {});
  const signed = Buffer.from(line, "base64");
  const text = Buffer.from(note.slice(0, note.indexOf("\n\n") + 1));
  const named = signed.subarray(0, keyIdLength).toString("hex");
  const key = keys.find((candidate) => keyIdOf(candidate).startsWith(named));
  if (!key || !verify("sha256", text, key, signed.subarray(keyIdLength)))
    throw new KabinaError("audit/checkpoint-signature", { origin });
  return { origin, size: Number(size), root: Buffer.from(root, "base64") };
}
