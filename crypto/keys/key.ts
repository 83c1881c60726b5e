/** The port to a private key: under a passphrase in a file, in a PKCS#11 token or in a TPM, the same for whoever uses it. */
import type { KeyObject } from "node:crypto";
import type { Certificate } from "../certificate/certificate.ts";
import type { KeyAlgorithm } from "../suites/registry.ts";

/** What a key is for. A key does one job; a store refuses to hand it out for another. */
export const keyPurposes = [
  "authority-root",
  "authority-booths",
  "authority-sensors",
  "authority-staff",
  "authority-servers",
  "authority-status",
  "server-tls",
  "server-receipt",
  "server-recipient",
  "server-audit",
  "booth-identity",
  "booth-tls",
  "booth-journal",
  "sensor-capture",
  "updates-snapshot",
  "updates-timestamp",
  "updates-lists",
  "slip-issuer",
  "operator",
] as const;
export type KeyPurpose = (typeof keyPurposes)[number];

/** Where the private key lives, weakest first; shown wherever a key is shown. */
export const keyProtections = ["file", "pkcs11", "tpm"] as const;
export type KeyProtection = (typeof keyProtections)[number];

/** A key in use, one that waits for its certificate to take over, or one that was replaced and opens what it sealed. */
export type KeyState = "current" | "pending" | "former";

/** What `node:tls` and `node:https` take: PEM texts. Node's TLS cannot use a key in a token, so keys for TLS lie in files. */
export interface TlsCredentials {
  readonly key: string;
  /** The leaf, then its issuing authority (never the root). */
  readonly cert: string;
}

/** A private key that can be used and not read. */
export interface PrivateKeyHandle {
  readonly purpose: KeyPurpose;
  readonly algorithm: KeyAlgorithm;
  /** Lower-case hex SHA-256 of the public key's SubjectPublicKeyInfo; also the certificate's subject key identifier. */
  readonly keyId: string;
  readonly protection: KeyProtection;
  /** node:crypto's view of the public key. Throws `key/unsuitable` for a kind of key that it does not know. */
  readonly publicKey: KeyObject;
  /** SubjectPublicKeyInfo, DER; also of a key that node:crypto does not know. */
  readonly publicKeyInfo: Uint8Array;
  /** Leaf first, then its issuers up to but without the root; empty for a key that has no certificate (`booth-journal`). */
  readonly chain: readonly Certificate[];
  /** ECDSA with the algorithm's digest over `data` as a DER `Ecdsa-Sig-Value`, or a signature as its suite makes it. */
  sign(data: Uint8Array): Promise<Uint8Array>;
  /**
   * The secret shared with a sender, from what the sender made for this key: an uncompressed point on its curve gives the x-coordinate (as long as the
   * curve's field), a suite's ciphertext its secret. Throws `key/unsuitable` for what is no such point or ciphertext.
   */
  agree(sent: Uint8Array): Promise<Uint8Array>;
  /** For purposes that speak TLS (`server-tls`, `booth-tls`, `booth-identity`); others throw `key/not-for-tls`, a key in a token `token/no-tls`. */
  tls(): TlsCredentials;
}

/** What a list of keys says of each: public values only. */
export interface KeyListing {
  readonly purpose: KeyPurpose;
  readonly state: KeyState;
  readonly algorithm: KeyAlgorithm;
  readonly keyId: string;
  readonly protection: KeyProtection;
  /** For people: the file, or the token's label and serial number. */
  readonly place: string;
  /** When its file was written; null where no file tells. */
  readonly madeAt: Date | null;
  readonly chain: readonly Certificate[];
}

/**
 * Holds the private keys of one place (the authority, a server, a booth). Every call may throw `key/damaged`, `key/permissions`,
 * `key/passphrase-wrong` and, where a token is used, `token/…`.
 */
export interface KeyStore {
  has(purpose: KeyPurpose): Promise<boolean>;
  /** The current key. Throws `key/missing` when there is none. */
  load(purpose: KeyPurpose): Promise<PrivateKeyHandle>;
  /** Makes a new key (P-256 unless told otherwise); throws `key/exists` rather than replace one. */
  generate(purpose: KeyPurpose, algorithm?: KeyAlgorithm): Promise<PrivateKeyHandle>;
  /** Stores the certificates of the current key, leaf first; throws `key/certificate-mismatch` when the leaf is not of this key. */
  certify(purpose: KeyPurpose, chain: readonly Certificate[]): Promise<PrivateKeyHandle>;
  /** Every key of the store without opening one: needs neither passphrase nor PIN. */
  list(): Promise<readonly KeyListing[]>;

  // Rotation: prepare, certify the pending key wherever that is done, adopt; the former key stays until it is destroyed.

  /** The key that will follow; made now, or the one that was made before and not adopted. */
  prepare(purpose: KeyPurpose, algorithm?: KeyAlgorithm): Promise<PrivateKeyHandle>;
  /** The pending key as it would be with this chain, to try it before it takes over. Throws `key/missing`, `key/certificate-mismatch`. */
  pending(purpose: KeyPurpose, chain: readonly Certificate[]): Promise<PrivateKeyHandle>;
  /** The pending key with this chain becomes current and the current one a former one: all or nothing, also when cut off. */
  adopt(purpose: KeyPurpose, chain: readonly Certificate[]): Promise<PrivateKeyHandle>;
  /** Keys that were replaced, newest first: they open what was sealed for them. */
  former(purpose: KeyPurpose): Promise<readonly PrivateKeyHandle[]>;
  /** Destroys a former or pending key for good. Throws `key/missing`, and `key/in-use` for the current key. */
  destroy(purpose: KeyPurpose, keyId: string): Promise<void>;

  /** Lets go of tokens; handles of their keys do not work after it. */
  close(): Promise<void>;
}
