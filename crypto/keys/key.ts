/** The port to a private key: a file today, a PKCS#11 token or a TPM later, the same for whoever uses it. */
import type { KeyObject } from "node:crypto";
import type { Certificate } from "../certificate/certificate.ts";

/** What a key is for. A key does one job; a store refuses to hand it out for another. */
export const keyPurposes = [
  "authority-root",
  "authority-booths",
  "authority-servers",
  "server-tls",
  "server-receipt",
  "server-recipient",
  "server-audit",
  "booth-identity",
  "booth-journal",
  "slip-issuer",
  "operator",
] as const;
export type KeyPurpose = (typeof keyPurposes)[number];

/** Where the private key lives, weakest first; shown wherever a key is shown. */
export type KeyProtection = "file" | "pkcs11" | "tpm";

/** What `node:tls` and `node:https` take: PEM texts. The private key of a file store; a token will give an engine key instead. */
export interface TlsCredentials {
  readonly key: string;
  /** The leaf, then its issuing authority (never the root). */
  readonly cert: string;
}

/** A private key that can be used and not read. All keys are P-256. */
export interface PrivateKeyHandle {
  readonly purpose: KeyPurpose;
  /** Lower-case hex SHA-256 of the public key's SubjectPublicKeyInfo; also the certificate's subject key identifier. */
  readonly keyId: string;
  readonly protection: KeyProtection;
  readonly publicKey: KeyObject;
  /** Leaf first, then its issuers up to but without the root; empty for a key that has no certificate (`booth-journal`). */
  readonly chain: readonly Certificate[];
  /** ECDSA with SHA-256 over `data`; a DER `Ecdsa-Sig-Value`. */
  sign(data: Uint8Array): Promise<Uint8Array>;
  /** The x-coordinate (32 bytes) of the ECDH shared point with a P-256 public key. */
  agree(peer: KeyObject): Promise<Uint8Array>;
  /** For purposes that speak TLS (`server-tls`, `booth-identity`); others throw `key/not-for-tls`. */
  tls(): TlsCredentials;
}

/** Holds the private keys of one place (the authority, a server, a booth). */
export interface KeyStore {
  has(purpose: KeyPurpose): Promise<boolean>;
  /** Throws `key/missing` when there is none, `key/damaged` or `key/passphrase-wrong` when it cannot be opened. */
  load(purpose: KeyPurpose): Promise<PrivateKeyHandle>;
  /** Makes a new P-256 key; throws `key/exists` rather than replace one. */
  generate(purpose: KeyPurpose): Promise<PrivateKeyHandle>;
  /** Stores the certificates of a key, leaf first; throws `key/certificate-mismatch` when the leaf is not of this key. */
  certify(purpose: KeyPurpose, chain: readonly Certificate[]): Promise<PrivateKeyHandle>;
}
