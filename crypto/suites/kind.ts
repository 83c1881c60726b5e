/** A kind of key that node:crypto does not know and a suite brings along. All in bytes: what they are wrapped in is the same for every kind. */
import type { RandomBytes } from "../environment.ts";

export interface KeyKind<Algorithm extends string = string> {
  /** As key files and lists name it. */
  readonly algorithm: Algorithm;
  /** Of the AlgorithmIdentifier (DER) that stands before its public and private keys, and in its signatures. */
  readonly algorithmIdentifier: Uint8Array;
  /** Of the AlgorithmIdentifier (DER) of its signatures; undefined for a key that cannot sign. */
  readonly signatureIdentifier?: Uint8Array;
  /** The digest of a message's signed attributes (CMS `digestAlgorithm`). */
  readonly digest?: "sha512" | "streebog256";
  /** Bytes of a public key. */
  readonly publicKeyBytes: number;
  /** A new private key. */
  generate(random: RandomBytes): Uint8Array;
  /** Makes a private key usable. Throws for bytes that are none. */
  open(privateKey: Uint8Array): OpenedKey;
  /** True when the signature is this key's; false also for what is malformed. */
  verify?(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean;
  /** A secret for the holder of a public key, and what it is found again from. Throws for bytes that are no public key. */
  encapsulate?(publicKey: Uint8Array, random: RandomBytes): { readonly sent: Uint8Array; readonly shared: Uint8Array };
}

export interface OpenedKey {
  readonly publicKey: Uint8Array;
  sign?(data: Uint8Array): Uint8Array | Promise<Uint8Array>;
  /** The secret that `encapsulate` shared. Throws for what no sender made; a changed one of the right form gives another secret. */
  agree?(sent: Uint8Array): Uint8Array;
}

/** A suite: which keys sign packages, and which they are encrypted to. Parts are AES-256-GCM, their digests in the manifest SHA-256, in all of them. */
export interface Suite<Id extends string = string, Algorithm extends string = string> {
  /** As manifests and policies name it; another way of doing anything is another id. */
  readonly id: Id;
  /** Of the booth's key. */
  readonly signs: Algorithm;
  /** Of every recipient's key. */
  readonly receives: Algorithm;
  /** Keys that it brings along. */
  readonly kinds: readonly KeyKind[];
  /** Throws `suite/module-missing` where it needs what is not loaded. */
  ready?(): void;
  /** How long what is sealed under it stays secret, to tell a weaker suite from a stronger: larger is longer. */
  readonly secrecy: number;
}
