/**
 * A cosignature: a witness's word that it has seen a log grow up to a checkpoint and never shrink or change. The message and the timestamp
 * are those of C2SP tlog-cosignature (`cosignature/v1`); the key is an ECDSA one, because that is what tokens hold, under the signature type
 * 0xff that signed-note keeps for types without a number. docs/formats/audit.md.
 */
import { createHash, type KeyObject, verify } from "node:crypto";
import { KabinaError } from "../errors/kabina-error.ts";
import { curveOf } from "../keys/curve.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import { keyIdLength, readNote, signatureLine } from "./note.ts";

/** The server, as a witness of its booths' logs. */
export const serverCosigner = "kabina/server/witness";
const signatureType = "kabina/ecdsa-cosignature/v1";
const timeLength = 8; // bytes

/** The signature line for a checkpoint that the caller has found consistent; `at` to whole seconds. */
export async function cosign(note: string, key: PrivateKeyHandle, at: Date): Promise<string> {
  const { text } = readNote(note);
  const seconds = Math.floor(at.getTime() / 1000);
  const time = Buffer.alloc(timeLength);
  time.writeBigUInt64BE(BigInt(seconds));
  const signature = Buffer.concat([time, await key.sign(message(text, BigInt(seconds)))]);
  return signatureLine({ name: serverCosigner, keyId: cosignerKeyId(key.publicKey), signature });
}

/** When a witness with one of the keys cosigned the note; undefined when none did. Throws `audit/cosignature` when one of their signatures does not hold. */
export function verifyCosignature(note: string, keys: readonly KeyObject[]): Date | undefined {
  const { text, signatures } = readNote(note);
  const known = keys.map((key) => ({ key, keyId: cosignerKeyId(key) }));
  let latest: bigint | undefined;
  for (const { name, keyId, signature } of signatures) {
    const key = name === serverCosigner ? known.find((one) => one.keyId.equals(keyId))?.key : undefined;
    if (!key) continue;
    const seconds = signature.length > timeLength ? Buffer.from(signature).readBigUInt64BE() : 0n;
    const good = verify(curveOf(key).digest, message(text, seconds), key, signature.subarray(timeLength));
    if (!good || seconds === 0n) throw new KabinaError("audit/cosignature", {});
    if (latest === undefined || seconds > latest) latest = seconds;
  }
  return latest === undefined ? undefined : new Date(Number(latest) * 1000);
}

/** SHA-256(name || 0x0A || 0xff || type || 0x0A || SubjectPublicKeyInfo), its first four bytes. */
function cosignerKeyId(key: KeyObject): Buffer {
  const hash = createHash("sha256")
    .update(`${serverCosigner}\n`)
    .update(Uint8Array.of(0xff))
    .update(`${signatureType}\n`);
  return hash
    .update(key.export({ format: "der", type: "spki" }))
    .digest()
    .subarray(0, keyIdLength);
}

const message = (text: string, seconds: bigint): Buffer => Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
