/**
 * A cosignature: a witness's word that it has seen a log grow up to a checkpoint and never shrink or change. The message and the timestamp
 * are those of C2SP tlog-cosignature (`cosignature/v1`); the key is an ECDSA one, because that is what tokens hold, under the signature type
 * 0xff that signed-note keeps for types without a number. docs/formats/audit.md.
 */
import { createHash } from "node:crypto";
import { publicKeyInfoOfKey, schemeOfKey, type VerificationKey, verifySignature } from "../certificate/signature.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import { keyIdLength, readNote, signatureLine } from "./note.ts";

/** The server, as a witness of its booths' logs. */
export const serverCosigner = "kabina/server/witness";
/** A booth, and a person who audits, as witnesses of the server's log. */
export const boothCosigner = (boothId: string): string => `kabina/booth/${boothId}/witness`;
export const auditorCosigner = (person: string): string => `kabina/auditor/${person}/witness`;
const signatureType = "kabina/ecdsa-cosignature/v1";
const timeLength = 8; // bytes

export interface Cosignature {
  readonly witness: string;
  readonly at: Date;
}

/** The signature line for a checkpoint that the caller has found consistent; `at` to whole seconds. */
export async function cosign(note: string, key: PrivateKeyHandle, at: Date, name = serverCosigner): Promise<string> {
  const { text } = readNote(note);
  const seconds = Math.floor(at.getTime() / 1000);
  const time = Buffer.alloc(timeLength);
  time.writeBigUInt64BE(BigInt(seconds));
  const signature = Buffer.concat([time, await key.sign(message(text, BigInt(seconds)))]);
  return signatureLine({ name, keyId: cosignerKeyId(name, key.publicKeyInfo), signature });
}

/** Who cosigned the note, of those whose keys are known. Throws `audit/cosignature` when one of their signatures does not hold. */
export function cosignaturesOf(note: string, keysOf: (witness: string) => readonly VerificationKey[]): Cosignature[] {
  const { text, signatures } = readNote(note);
  return signatures.flatMap(({ name, keyId, signature }) => {
    const key = keysOf(name).find((one) => cosignerKeyId(name, publicKeyInfoOfKey(one)).equals(keyId));
    if (!key) return [];
    const seconds = signature.length > timeLength ? Buffer.from(signature).readBigUInt64BE() : 0n;
    const good = verifySignature(schemeOfKey(key), key, message(text, seconds), signature.subarray(timeLength));
    if (!good || seconds === 0n) throw new KabinaError("audit/cosignature", {});
    return [{ witness: name, at: new Date(Number(seconds) * 1000) }];
  });
}

/** When a server with one of the keys cosigned the note; undefined when none did. Throws `audit/cosignature` when one of their signatures does not hold. */
export function verifyCosignature(note: string, keys: readonly VerificationKey[]): Date | undefined {
  const found = cosignaturesOf(note, (witness) => (witness === serverCosigner ? keys : []));
  return found.sort((a, b) => a.at.getTime() - b.at.getTime()).at(-1)?.at;
}

/** SHA-256(name || 0x0A || 0xff || type || 0x0A || SubjectPublicKeyInfo), its first four bytes. */
function cosignerKeyId(name: string, info: Uint8Array): Buffer {
  const hash = createHash("sha256").update(`${name}\n`).update(Uint8Array.of(0xff)).update(`${signatureType}\n`);
  return hash.update(info).digest().subarray(0, keyIdLength);
}

const message = (text: string, seconds: bigint): Buffer => Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`);
