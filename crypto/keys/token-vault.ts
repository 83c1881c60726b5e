/**
 * Keys in a PKCS#11 token (a smart card, an HSM, SoftHSM, a TPM through its module). `token.json` in the key folder names the module and
 * the token; a key's record names the key. Nothing secret lies in the folder.
 */
import { createHash, type KeyObject } from "node:crypto";
import { join } from "node:path";
import canonicalize from "canonicalize";
import { z } from "zod";
import type { Certificate } from "../certificate/certificate.ts";
import { oids } from "../certificate/oids.ts";
import { writeFileDurably } from "../durable-file.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { Pkcs11Module } from "../pkcs11/module.ts";
import { type PinSource, Token, type TokenOptions } from "../pkcs11/token.ts";
import type { KeyAlgorithm } from "../suites/registry.ts";
import { type CurveName, checkPoint, curves, publicKeyInfoOf } from "./curve.ts";
import { expectOwnChain, keyIdOf } from "./file-key.ts";
import type { KeyPurpose, PrivateKeyHandle } from "./key.ts";
import { keyPurposes } from "./key.ts";
import { readPrivateJson } from "./private-file.ts";
import type { KeyVault, TokenKeyRecord } from "./vault.ts";

/** Which token a key folder uses, and for which keys. */
export const TokenFile = z.strictObject({
  format: z.literal("kabina-token/1"),
  /** The vendor's module, an absolute path to a shared library. */
  module: z.string().startsWith("/").max(512),
  token: z.strictObject({ label: z.string().min(1).max(64), serial: z.string().max(64) }),
  /** What the token is: shown with every key in it. */
  protection: z.enum(["pkcs11", "tpm"]),
  /** Keys that are made in the token; the others are made in files. */
  purposes: z.array(z.enum(keyPurposes)),
});
export type TokenFile = z.infer<typeof TokenFile>;

const fileName = "token.json";
const curveOids = { "P-256": oids.p256, "P-384": oids.p384 } as const;
/** A key's label in the token; it binds the key to its purpose. */
const labelOf = (purpose: KeyPurpose): string => `kabina:${purpose}`;

/** Throws `key/missing` when the folder uses no token, `key/damaged`, `key/permissions`. */
export const readTokenFile = (folder: string): Promise<TokenFile> => readPrivateJson(join(folder, fileName), TokenFile);

export const tokenFilePath = (folder: string): string => join(folder, fileName);

export function writeTokenFile(folder: string, file: TokenFile): Promise<void> {
  return writeFileDurably(join(folder, fileName), `${canonicalize(TokenFile.parse(file))}\n`, 0o600);
}

export class TokenVault implements KeyVault<TokenKeyRecord> {
  readonly #file: TokenFile;
  readonly #token: Token;

  private constructor(file: TokenFile, token: Token) {
    this.#file = file;
    this.#token = token;
  }

  /** Finds the token and logs in. Throws `token/*`. */
  static async open(file: TokenFile, pin: PinSource, options: TokenOptions = {}): Promise<TokenVault> {
    const token = new Token(Pkcs11Module.load(file.module), file.token, pin, options);
    await token.login();
    return new TokenVault(file, token);
  }

  async make(purpose: KeyPurpose, algorithm: KeyAlgorithm): Promise<TokenKeyRecord> {
    const curve = curveName(algorithm);
    const key = await this.#token.makeKey(curveOids[curve], labelOf(purpose));
    const { token, protection } = this.#file;
    return { format: "kabina-token-key/1", purpose, algorithm, keyId: keyIdOf(key), protection, token };
  }

  async open(record: TokenKeyRecord, chain: readonly Certificate[]): Promise<TokenKey> {
    const { token } = this.#file;
    if (record.token.serial !== token.serial || record.token.label !== token.label)
      throw new KabinaError("token/missing", { token: record.token.label });
    const publicKey = await this.#token.publicKey(record.keyId, labelOf(record.purpose));
    if (keyIdOf(publicKey) !== record.keyId) throw new KabinaError("key/damaged", { path: record.purpose });
    return new TokenKey(record, publicKey, chain, this.#token);
  }

  destroy(record: TokenKeyRecord): Promise<void> {
    return this.#token.destroyKey(record.keyId, labelOf(record.purpose));
  }

  close(): Promise<void> {
    return this.#token.close();
  }
}

/** Tokens hold keys on curves; none that is sold speaks a suite's own kinds yet. Throws `key/unsuitable`. */
function curveName(algorithm: KeyAlgorithm): CurveName {
  if (algorithm in curves) return algorithm as CurveName;
  throw new KabinaError("key/unsuitable", { reason: `${algorithm} in a token` });
}

class TokenKey implements PrivateKeyHandle {
  readonly purpose: KeyPurpose;
  readonly algorithm: CurveName;
  readonly keyId: string;
  readonly protection: "pkcs11" | "tpm";
  readonly publicKey: KeyObject;
  readonly chain: readonly Certificate[];
  readonly #label: string;
  readonly #token: Token;

  constructor(record: TokenKeyRecord, publicKey: KeyObject, chain: readonly Certificate[], token: Token) {
    this.purpose = record.purpose;
    this.algorithm = curveName(record.algorithm);
    this.keyId = record.keyId;
    this.protection = record.protection;
    this.publicKey = publicKey;
    this.chain = chain;
    this.#label = labelOf(record.purpose);
    this.#token = token;
    expectOwnChain(record.purpose, record.keyId, chain);
  }

  get publicKeyInfo(): Uint8Array {
    return publicKeyInfoOf(this.publicKey);
  }

  sign(data: Uint8Array): Promise<Uint8Array> {
    const digest = createHash(curves[this.algorithm].digest).update(data).digest();
    return this.#token.signDigest(this.keyId, this.#label, digest);
  }

  async agree(point: Uint8Array): Promise<Uint8Array> {
    const curve = curves[this.algorithm];
    checkPoint(curve, point);
    return this.#token.agree(this.keyId, this.#label, point, curve.size);
  }

  tls(): never {
    throw new KabinaError("token/no-tls", { purpose: this.purpose });
  }
}
