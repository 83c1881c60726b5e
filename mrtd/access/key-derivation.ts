/** Keys out of a shared secret (9303-11 §9.7.1) and out of what is printed on the document (§4.3.2, §9.7.2, §9.7.3). */
import { createHash } from "node:crypto";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { checkDigit } from "../mrz/check-digit.ts";
import { concat } from "../tlv/write.ts";
import type { AccessKey, MrzAccessKey } from "./access-key.ts";

export type CipherName = "3DES" | "AES-128" | "AES-192" | "AES-256";

/** What a derived key is for: the 32-bit counter of §9.7.1. */
export const keyPurpose = { encryption: 1, mac: 2, password: 3 } as const;

const keyLength: Readonly<Record<CipherName, number>> = { "3DES": 16, "AES-128": 16, "AES-192": 24, "AES-256": 32 };

/** KDF(K, c): SHA-1 for 128-bit keys, SHA-256 for longer ones; DES keys get their parity bits. */
export function deriveKey(secret: Uint8Array, purpose: number, cipher: CipherName): Uint8Array {
  const hash = keyLength[cipher] === 16 ? "sha1" : "sha256";
  const digest = createHash(hash)
    .update(concat(secret, Uint8Array.of(0, 0, 0, purpose)))
    .digest();
  const key = new Uint8Array(digest.subarray(0, keyLength[cipher]));
  return cipher === "3DES" ? withParity(key) : key;
}

/** The characters of §4.3.2 that go into the keys: number, date of birth, date of expiry, each with its check digit. */
export function mrzInformation(key: MrzAccessKey): string {
  const number = key.documentNumber.toUpperCase().replace(/\s/g, "").padEnd(9, "<");
  if (!/^[A-Z0-9<]{9,22}$/.test(number)) throw malformed("documentNumber");
  if (!/^[0-9<]{6}$/.test(key.dateOfBirth)) throw malformed("dateOfBirth");
  if (!/^[0-9]{6}$/.test(key.dateOfExpiry)) throw malformed("dateOfExpiry");
  return [number, key.dateOfBirth, key.dateOfExpiry].map((field) => field + checkDigit(field)).join("");
}

/** Document number and check digit, as the MRZ has them: who a chip is that was opened with BAC (TR-03110-1 §3.5.1). */
export function documentIdentity(key: MrzAccessKey): Uint8Array {
  const information = mrzInformation(key);
  return new TextEncoder().encode(information.slice(0, information.length - "YYMMDDcYYMMDDc".length));
}

/** The secret that the holder shows: for the MRZ its SHA-1 (PACE takes all of it, BAC the first 16 bytes), for the CAN its digits. */
export function passwordSecret(key: AccessKey): Uint8Array {
  if (key.kind === "mrz") return new Uint8Array(createHash("sha1").update(mrzInformation(key), "latin1").digest());
  if (!/^[0-9]{6,16}$/.test(key.can)) throw malformed("can");
  return new TextEncoder().encode(key.can);
}

/** DES wants an odd number of ones in each byte. */
function withParity(key: Uint8Array): Uint8Array {
  return key.map((byte) => {
    let ones = 0;
    for (let bit = 1; bit < 8; bit++) ones += (byte >> bit) & 1;
    return (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
  });
}

function malformed(field: string): KabinaError {
  return new KabinaError("mrtd/access-key-malformed", { field });
}
