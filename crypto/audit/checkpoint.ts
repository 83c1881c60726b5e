/**
 * A checkpoint: the signed head of a log, in the C2SP tlog-checkpoint text inside a C2SP signed note, with an ECDSA signature of the
 * note format's type 0x02 (key id: the first four bytes of the SHA-256 of the SubjectPublicKeyInfo). docs/formats/audit.md.
 */
import { publicKeyInfoOfKey, schemeOfKey, type VerificationKey, verifySignature } from "../certificate/signature.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { keyIdOfInfo } from "../keys/file-key.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import { keyIdLength, readNote, signatureLine } from "./note.ts";

const form = /^([^\s+]{1,128})\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n$/;

export interface Checkpoint {
  /** Which log: `kabina/server`, `kabina/booth/booth-1`. */
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** What is signed. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString("base64")}\n`;
}

/** Reads the text of a note; nothing is verified. Throws `audit/checkpoint-malformed`. */
export function readCheckpoint(text: string): Checkpoint {
  const [, origin, size, root] = form.exec(text) ?? [];
  if (!origin || !size || !root) throw new KabinaError("audit/checkpoint-malformed", {});
  return { origin, size: Number(size), root: Buffer.from(root, "base64") };
}

/** The signed note. */
export async function signCheckpoint(checkpoint: Checkpoint, key: PrivateKeyHandle): Promise<string> {
  const text = checkpointText(checkpoint);
  const signature = await key.sign(Buffer.from(text));
  const keyId = Buffer.from(key.keyId, "hex").subarray(0, keyIdLength);
  return `${text}\n${signatureLine({ name: checkpoint.origin, keyId, signature })}`;
}

/**
 * Reads a note and checks that the log itself has signed it, with one of the keys; signatures of others (cosigners) are let stand. Throws
 * `audit/checkpoint-malformed`, `audit/checkpoint-signature`.
 */
export function verifyCheckpoint(note: string, keys: readonly VerificationKey[]): Checkpoint {
  const { text, signatures } = readNote(note);
  const checkpoint = readCheckpoint(text);
  const { origin } = checkpoint;
  const known = keys.map((key) => ({
    key,
    keyId: Buffer.from(keyIdOfInfo(publicKeyInfoOfKey(key)), "hex").subarray(0, keyIdLength),
  }));
  let signed = false;
  for (const { name, keyId, signature } of signatures) {
    const key = name === origin ? known.find((candidate) => candidate.keyId.equals(keyId))?.key : undefined;
    if (!key) continue;
    // Signed-note: a signature of a known key that does not hold spoils the note, whatever else is on it.
    if (!verifySignature(schemeOfKey(key), key, Buffer.from(text), signature))
      throw new KabinaError("audit/checkpoint-signature", { origin });
    signed = true;
  }
  if (!signed) throw new KabinaError("audit/checkpoint-signature", { origin });
  return checkpoint;
}
