/** What keeps the secret part of keys: a passphrase over files, or a token. The folder store beside it keeps names, states and certificates. */
import { z } from "zod";
import type { Certificate } from "../certificate/certificate.ts";
import { type KeyAlgorithm, keyAlgorithms } from "../suites/registry.ts";
import { type KeyPurpose, keyPurposes, type PrivateKeyHandle } from "./key.ts";

const about = {
  purpose: z.enum(keyPurposes),
  algorithm: z.enum(keyAlgorithms),
  keyId: z.string().regex(/^[0-9a-f]{64}$/),
};

/** A key file. Either the key itself, encrypted, or the name of a key in a token. */
export const KeyRecord = z.discriminatedUnion("format", [
  z.strictObject({ format: z.literal("kabina-key/1"), ...about, nonce: z.base64(), sealed: z.base64() }),
  z.strictObject({
    format: z.literal("kabina-token-key/1"),
    ...about,
    protection: z.enum(["pkcs11", "tpm"]),
    /** The token's label and serial number, as PKCS#11 tells them. */
    token: z.strictObject({ label: z.string().max(64), serial: z.string().max(64) }),
  }),
]);
export type KeyRecord = z.infer<typeof KeyRecord>;
export type SealedKeyRecord = Extract<KeyRecord, { format: "kabina-key/1" }>;
export type TokenKeyRecord = Extract<KeyRecord, { format: "kabina-token-key/1" }>;

export interface KeyVault<R extends KeyRecord = KeyRecord> {
  /** Makes a key; the record is all that is needed to find it again, and is not secret by itself. */
  make(purpose: KeyPurpose, algorithm: KeyAlgorithm): Promise<R>;
  /** Opens the key of a record for use. Throws when it is not the key that the record says. */
  open(record: R, chain: readonly Certificate[]): Promise<PrivateKeyHandle>;
  /** Destroys what the vault itself holds of a key; the record is deleted by the caller. */
  destroy(record: R): Promise<void>;
  close(): Promise<void>;
}
