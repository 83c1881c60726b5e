/**
 * Keys under a passphrase. `store.json` holds the scrypt parameters; a key's record holds its PKCS#8 form under AES-256-GCM,
 * whose key is derived for the key's purpose alone, so that a record renamed to another purpose does not open.
 */
import { createCipheriv, createDecipheriv, createPrivateKey, hkdfSync, scrypt, timingSafeEqual } from "node:crypto";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import canonicalize from "canonicalize";
import { z } from "zod";
import type { Certificate } from "../certificate/certificate.ts";
import { writeFileDurably } from "../durable-file.ts";
import type { RandomBytes } from "../environment.ts";
import { isCoded, KabinaError } from "../errors/kabina-error.ts";
import { decodePrivateKey, encodePrivateKey, type KeyAlgorithm, kindOf, publicKeyInfo } from "../suites/registry.ts";
import { type CurveName, generateKey } from "./curve.ts";
import { FileKey, keyIdOf, keyIdOfInfo } from "./file-key.ts";
import type { KeyPurpose, PrivateKeyHandle } from "./key.ts";
import { exists, readPrivateJson } from "./private-file.ts";
import { SuiteFileKey } from "./suite-file-key.ts";
import type { KeyVault, SealedKeyRecord } from "./vault.ts";

/** Work of one guess at the passphrase: 32 MiB of memory, three passes. A store with less work is refused. */
const scryptCost = { N: 1 << 15, r: 8, p: 3 } as const;
const scryptMemory = 64 * 1024 * 1024; // bytes that node may use for it
const storeFile = "store.json";
const tagLength = 16; // bytes
const nonceLength = 12; // bytes

const StoreFile = z.strictObject({
  format: z.literal("kabina-keystore/1"),
  kdf: z.strictObject({
    name: z.literal("scrypt"),
    N: z.literal(scryptCost.N),
    r: z.literal(scryptCost.r),
    p: z.literal(scryptCost.p),
    salt: z.base64(),
  }),
  /** Tells a wrong passphrase from a damaged key. */
  check: z.base64(),
});

export class PassphraseVault implements KeyVault<SealedKeyRecord> {
  readonly #master: Uint8Array;
  readonly #random: RandomBytes;

  private constructor(master: Uint8Array, random: RandomBytes) {
    this.#master = master;
    this.#random = random;
  }

  /** Opens the vault of a key folder; `create` makes it when the folder has none. Throws `key/missing`, `key/passphrase-wrong`, `key/damaged`, `key/permissions`. */
  static async open(
    folder: string,
    passphrase: Uint8Array,
    random: RandomBytes,
    create: boolean,
  ): Promise<PassphraseVault> {
    const path = join(folder, storeFile);
    if (create && !(await exists(path))) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await chmod(folder, 0o700);
      const salt = random(32);
      const master = await deriveMaster(passphrase, salt);
      const kdf = { name: "scrypt", ...scryptCost, salt: encode64(salt) };
      const store = { format: "kabina-keystore/1", kdf, check: encode64(derive(master, "check")) };
      await writeFileDurably(path, `${canonicalize(store)}\n`, 0o600);
      return new PassphraseVault(master, random);
    }
    const store = await readPrivateJson(path, StoreFile);
    const master = await deriveMaster(passphrase, decode64(store.kdf.salt));
    const check = decode64(store.check);
    const expected = derive(master, "check");
    if (check.length !== expected.length || !timingSafeEqual(check, expected))
      throw new KabinaError("key/passphrase-wrong", { path: folder });
    return new PassphraseVault(master, random);
  }

  async make(purpose: KeyPurpose, algorithm: KeyAlgorithm): Promise<SealedKeyRecord> {
    const { pkcs8, keyId } = this.#generate(algorithm);
    const header = { format: "kabina-key/1", purpose, algorithm, keyId } as const;
    const nonce = this.#random(nonceLength);
    const cipher = createCipheriv("aes-256-gcm", derive(this.#master, purpose), nonce);
    cipher.setAAD(Buffer.from(canonicalize(header) as string));
    const sealed = Buffer.concat([cipher.update(pkcs8), cipher.final(), cipher.getAuthTag()]);
    pkcs8.fill(0);
    return { ...header, nonce: encode64(nonce), sealed: encode64(sealed) };
  }

  async open(record: SealedKeyRecord, chain: readonly Certificate[]): Promise<PrivateKeyHandle> {
    const pkcs8 = this.#unseal(record);
    try {
      const kind = kindOf(record.algorithm);
      const key = kind
        ? new SuiteFileKey(record.purpose, kind, decodePrivateKey(kind, pkcs8), chain)
        : new FileKey(record.purpose, createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }), chain);
      if (key.keyId === record.keyId && key.algorithm === record.algorithm) return key;
    } catch (cause) {
      // A chain of another key is no damage of this one, nor is a module that is not loaded.
      if (isCoded(cause) && ["key/certificate-mismatch", "suite/module-missing"].includes(cause.code)) throw cause;
      throw new KabinaError("key/damaged", { path: record.purpose }, { cause });
    } finally {
      pkcs8.fill(0);
    }
    throw new KabinaError("key/damaged", { path: record.purpose });
  }

  async destroy(): Promise<void> {} // the record was all there is

  async close(): Promise<void> {
    this.#master.fill(0);
  }

  #generate(algorithm: KeyAlgorithm): { pkcs8: Uint8Array; keyId: string } {
    const kind = kindOf(algorithm);
    if (!kind) {
      const key = generateKey(algorithm as CurveName, this.#random);
      return { pkcs8: key.export({ format: "der", type: "pkcs8" }), keyId: keyIdOf(key) };
    }
    const privateKey = kind.generate(this.#random);
    const keyId = keyIdOfInfo(publicKeyInfo(kind, kind.open(privateKey).publicKey));
    const pkcs8 = encodePrivateKey(kind, privateKey);
    privateKey.fill(0);
    return { pkcs8, keyId };
  }

  /** PKCS#8, for the caller to wipe. */
  #unseal({ nonce, sealed, ...header }: SealedKeyRecord): Buffer {
    const bytes = decode64(sealed);
    try {
      const decipher = createDecipheriv("aes-256-gcm", derive(this.#master, header.purpose), decode64(nonce), {
        authTagLength: tagLength,
      });
      decipher.setAAD(Buffer.from(canonicalize(header) as string));
      decipher.setAuthTag(bytes.subarray(-tagLength));
      return Buffer.concat([decipher.update(bytes.subarray(0, -tagLength)), decipher.final()]);
    } catch (cause) {
      throw new KabinaError("key/damaged", { path: header.purpose }, { cause });
    }
  }
}

function deriveMaster(passphrase: Uint8Array, salt: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) =>
    scrypt(passphrase, salt, 32, { ...scryptCost, maxmem: scryptMemory }, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  );
}

const derive = (master: Uint8Array, use: string): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", master, new Uint8Array(0), `kabina-keystore/1 ${use}`, 32));
const encode64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const decode64 = (text: string): Uint8Array => Buffer.from(text, "base64");
