/**
 * Private keys as files under a passphrase. `store.json` holds the scrypt parameters; each `<purpose>.key.json` holds a PKCS#8
 * key under AES-256-GCM, whose key is derived for that purpose alone, so that a file renamed to another purpose does not
 * open; `<purpose>.crt.pem` holds its certificates. Folder 0700, files 0600, checked at every use.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  hkdfSync,
  type KeyObject,
  scrypt,
  timingSafeEqual,
} from "node:crypto";
import { chmod, mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import canonicalize from "canonicalize";
import { z } from "zod";
import { Certificate } from "../certificate/certificate.ts";
import { writeFileDurably } from "../durable-file.ts";
import type { RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { FileKey, keyIdOf } from "./file-key.ts";
import { type KeyPurpose, type KeyStore, keyPurposes, type PrivateKeyHandle } from "./key.ts";
import { generateP256 } from "./p256.ts";
import { checkPrivate } from "./passphrase.ts";

/** Work of one guess at the passphrase: 32 MiB of memory, three passes. A store with less work is refused. */
const scryptCost = { N: 1 << 15, r: 8, p: 3 } as const;
const scryptMemory = 64 * 1024 * 1024; // bytes that node may use for it
const storeFile = "store.json";
const tagLength = 16; // bytes
const nonceLength = 12; // bytes
const largestFile = 64 * 1024; // bytes

const base64 = z.base64();
const StoreFile = z.strictObject({
  format: z.literal("kabina-keystore/1"),
  kdf: z.strictObject({
    name: z.literal("scrypt"),
    N: z.literal(scryptCost.N),
    r: z.literal(scryptCost.r),
    p: z.literal(scryptCost.p),
    salt: base64,
  }),
  /** Tells a wrong passphrase from a damaged key. */
  check: base64,
});
const KeyFile = z.strictObject({
  format: z.literal("kabina-key/1"),
  purpose: z.enum(keyPurposes),
  algorithm: z.literal("P-256"),
  keyId: z.string().regex(/^[0-9a-f]{64}$/),
  nonce: base64,
  sealed: base64,
});

export class FileKeyStore implements KeyStore {
  readonly #folder: string;
  readonly #master: Uint8Array;
  readonly #random: RandomBytes;

  private constructor(folder: string, master: Uint8Array, random: RandomBytes) {
    this.#folder = folder;
    this.#master = master;
    this.#random = random;
  }

  /** Opens the store in a folder, and makes an empty one when the folder has none. Throws as `open`. */
  static async openOrCreate(folder: string, passphrase: Uint8Array, random: RandomBytes): Promise<FileKeyStore> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, storeFile);
    if (!(await exists(path))) {
      await chmod(folder, 0o700);
      const salt = random(32);
      const master = await deriveMaster(passphrase, salt);
      const kdf = { name: "scrypt", ...scryptCost, salt: encode64(salt) };
      const store = { format: "kabina-keystore/1", kdf, check: encode64(derive(master, "check")) };
      await writeFileDurably(path, `${canonicalize(store)}\n`, 0o600);
      return new FileKeyStore(folder, master, random);
    }
    return FileKeyStore.open(folder, passphrase, random);
  }

  /** Opens the store in a folder. Throws `key/missing`, `key/passphrase-wrong`, `key/damaged`, `key/permissions`. */
  static async open(folder: string, passphrase: Uint8Array, random: RandomBytes): Promise<FileKeyStore> {
    const path = join(folder, storeFile);
    const store = await readChecked(path, StoreFile);
    const master = await deriveMaster(passphrase, decode64(store.kdf.salt));
    const check = decode64(store.check);
    const expected = derive(master, "check");
    if (check.length !== expected.length || !timingSafeEqual(check, expected))
      throw new KabinaError("key/passphrase-wrong", { path: folder });
    return new FileKeyStore(folder, master, random);
  }

  has(purpose: KeyPurpose): Promise<boolean> {
    return exists(this.#keyPath(purpose));
  }

  async load(purpose: KeyPurpose): Promise<PrivateKeyHandle> {
    return new FileKey(purpose, await this.#readKey(purpose), await this.#readChain(purpose));
  }

  async generate(purpose: KeyPurpose): Promise<PrivateKeyHandle> {
    if (await this.has(purpose)) throw new KabinaError("key/exists", { purpose });
    const key = generateP256(this.#random);
    const header = { format: "kabina-key/1", purpose, algorithm: "P-256", keyId: keyIdOf(key) };
    const nonce = this.#random(nonceLength);
    const cipher = createCipheriv("aes-256-gcm", derive(this.#master, purpose), nonce);
    cipher.setAAD(Buffer.from(canonicalize(header) as string));
    const pkcs8 = key.export({ format: "der", type: "pkcs8" });
    const sealed = Buffer.concat([cipher.update(pkcs8), cipher.final(), cipher.getAuthTag()]);
    const file = { ...header, nonce: encode64(nonce), sealed: encode64(sealed) };
    await writeFileDurably(this.#keyPath(purpose), `${canonicalize(file)}\n`, 0o600);
    return this.load(purpose);
  }

  async certify(purpose: KeyPurpose, chain: readonly Certificate[]): Promise<PrivateKeyHandle> {
    const key = new FileKey(purpose, await this.#readKey(purpose), chain);
    await writeFileDurably(this.#chainPath(purpose), chain.map((certificate) => certificate.toPem()).join(""), 0o600);
    return key;
  }

  /** The private key as encrypted PKCS#8 PEM under a passphrase, for a recovery with openssl alone. */
  async exportEncrypted(purpose: KeyPurpose, passphrase: Uint8Array): Promise<string> {
    const key = await this.#readKey(purpose);
    const options = {
      format: "pem",
      type: "pkcs8",
      cipher: "aes-256-cbc",
      passphrase: Buffer.from(passphrase),
    } as const;
    return key.export(options) as string;
  }

  async #readKey(purpose: KeyPurpose): Promise<KeyObject> {
    const path = this.#keyPath(purpose);
    const { nonce, sealed, ...header } = await readChecked(path, KeyFile);
    const bytes = decode64(sealed);
    try {
      const decipher = createDecipheriv("aes-256-gcm", derive(this.#master, purpose), decode64(nonce), {
        authTagLength: tagLength,
      });
      decipher.setAAD(Buffer.from(canonicalize(header) as string));
      decipher.setAuthTag(bytes.subarray(-tagLength));
      const pkcs8 = Buffer.concat([decipher.update(bytes.subarray(0, -tagLength)), decipher.final()]);
      const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
      pkcs8.fill(0);
      if (header.purpose === purpose && header.keyId === keyIdOf(key)) return key;
    } catch (cause) {
      throw new KabinaError("key/damaged", { path }, { cause });
    }
    throw new KabinaError("key/damaged", { path });
  }

  async #readChain(purpose: KeyPurpose): Promise<readonly Certificate[]> {
    const path = this.#chainPath(purpose);
    if (!(await exists(path))) return [];
    await checkPrivate(path, "key/missing");
    return Certificate.fromPem(await readFile(path, "utf8"));
  }

  #keyPath = (purpose: KeyPurpose): string => join(this.#folder, `${purpose}.key.json`);
  #chainPath = (purpose: KeyPurpose): string => join(this.#folder, `${purpose}.crt.pem`);
}

async function readChecked<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  await checkPrivate(path, "key/missing");
  if ((await stat(path)).size > largestFile) throw new KabinaError("key/damaged", { path });
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new KabinaError("key/damaged", { path }, { cause });
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
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
