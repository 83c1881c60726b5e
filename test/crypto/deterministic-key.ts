/**
 * Keys whose signatures repeat: ECDSA with the nonce of RFC 6979, for golden files and replays. Production keys sign with
 * OpenSSL's own nonces; this one does its arithmetic in BigInt, which is not constant-time, so it lives with the tests.
 */
import { createECDH, createHash, createHmac, type KeyObject } from "node:crypto";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { encode, sequence, unsignedInteger } from "../../crypto/der/writer.ts";
import type { RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { generateKey } from "../../crypto/keys/curve.ts";
import { FileKey } from "../../crypto/keys/file-key.ts";
import type { KeyListing, KeyPurpose, KeyStore, PrivateKeyHandle } from "../../crypto/keys/key.ts";

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

export class DeterministicKey extends FileKey {
  readonly privateKey: KeyObject;

  constructor(purpose: KeyPurpose, privateKey: KeyObject, chain: readonly Certificate[] = []) {
    super(purpose, privateKey, chain);
    this.privateKey = privateKey;
  }

  override async sign(data: Uint8Array): Promise<Uint8Array> {
    const scalar = Buffer.from(this.privateKey.export({ format: "jwk" }).d as string, "base64url");
    return signDeterministically(scalar, createHash("sha256").update(data).digest());
  }
}

/** RFC 6979 §3.2 for P-256 with SHA-256; returns the DER signature. */
export function signDeterministically(scalar: Uint8Array, digest: Uint8Array): Uint8Array {
  const hmac = (key: Uint8Array, ...parts: readonly Uint8Array[]) => {
    const mac = createHmac("sha256", key);
    for (const part of parts) mac.update(part);
    return mac.digest();
  };
  const d = toNumber(scalar);
  const z = toNumber(digest);
  const seed = [scalar, toBytes(z % order)];
  let v: Uint8Array = Buffer.alloc(32, 1);
  let k: Uint8Array = Buffer.alloc(32, 0);
  k = hmac(k, v, Uint8Array.of(0), ...seed);
  v = hmac(k, v);
  k = hmac(k, v, Uint8Array.of(1), ...seed);
  v = hmac(k, v);
  for (;;) {
    v = hmac(k, v);
    const nonce = toNumber(v);
    if (nonce > 0n && nonce < order) {
      const ecdh = createECDH("prime256v1");
      ecdh.setPrivateKey(toBytes(nonce));
      const r = toNumber(ecdh.getPublicKey().subarray(1, 33)) % order;
      const s = (inverse(nonce) * (z + r * d)) % order;
      if (r > 0n && s > 0n) return encode(sequence(unsignedInteger(toBytes(r)), unsignedInteger(toBytes(s))));
    }
    k = hmac(k, v, Uint8Array.of(0));
    v = hmac(k, v);
  }
}

/** Bytes from a counter and a seed; the same seed gives the same run. */
export function seededRandom(seed: string): RandomBytes {
  let counter = 0;
  return (length) => {
    const blocks: Buffer[] = [];
    for (let have = 0; have < length; have += 32)
      blocks.push(createHash("sha256").update(`${seed} ${counter++}`).digest());
    return new Uint8Array(Buffer.concat(blocks).subarray(0, length));
  };
}

/** A key store that forgets, over deterministic keys. */
export class MemoryKeyStore implements KeyStore {
  readonly #keys = new Map<KeyPurpose, DeterministicKey>();
  readonly #random: RandomBytes;

  constructor(random: RandomBytes) {
    this.#random = random;
  }

  async has(purpose: KeyPurpose): Promise<boolean> {
    return this.#keys.has(purpose);
  }

  async load(purpose: KeyPurpose): Promise<DeterministicKey> {
    const key = this.#keys.get(purpose);
    if (!key) throw new KabinaError("key/missing", { path: purpose });
    return key;
  }

  async generate(purpose: KeyPurpose): Promise<DeterministicKey> {
    const key = new DeterministicKey(purpose, generateKey("P-256", this.#random));
    this.#keys.set(purpose, key);
    return key;
  }

  async certify(purpose: KeyPurpose, chain: readonly Certificate[]): Promise<PrivateKeyHandle> {
    const key = new DeterministicKey(purpose, (await this.load(purpose)).privateKey, chain);
    this.#keys.set(purpose, key);
    return key;
  }

  async list(): Promise<readonly KeyListing[]> {
    return [...this.#keys.values()].map(
      (key) => ({ ...key, state: "current", madeAt: null, place: "memory" }) as const,
    );
  }

  // Nothing rotates in a replay.
  prepare = async (): Promise<never> => Promise.reject(new Error("no rotation here"));
  pending = this.prepare;
  adopt = this.prepare;
  destroy = this.prepare;
  former = async (): Promise<readonly PrivateKeyHandle[]> => [];
  close = async (): Promise<void> => {};
}

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const toBytes = (value: bigint): Uint8Array => Buffer.from(value.toString(16).padStart(64, "0"), "hex");

function inverse(value: bigint): bigint {
  let result = 1n;
  let base = value % order;
  for (let exponent = order - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % order;
    base = (base * base) % order;
  }
  return result;
}
