/** A private key in memory, behind the port. What a key file under a passphrase opens to. */
import { createHash, createPublicKey, type ECDH, type KeyObject, sign } from "node:crypto";
import type { Certificate } from "../certificate/certificate.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { agreementKey, agreeWith, type CurveName, curveOf, curves, publicKeyInfoOf } from "./curve.ts";
import type { KeyPurpose, PrivateKeyHandle, TlsCredentials } from "./key.ts";

const tlsPurposes: readonly KeyPurpose[] = ["server-tls", "booth-tls", "booth-identity", "operator"];

/** The key id of a public key: lower-case hex SHA-256 of its SubjectPublicKeyInfo. */
export function keyIdOf(key: KeyObject): string {
  return keyIdOfInfo(publicKeyInfoOf(key.type === "private" ? createPublicKey(key) : key));
}

/** The same of a SubjectPublicKeyInfo. */
export const keyIdOfInfo = (info: Uint8Array): string => createHash("sha256").update(info).digest("hex");

/** Throws `key/certificate-mismatch` when a chain is not of this key. */
export function expectOwnChain(purpose: KeyPurpose, keyId: string, chain: readonly Certificate[]): void {
  if (chain[0] && chain[0].keyId !== keyId) throw new KabinaError("key/certificate-mismatch", { purpose });
}

/** True for a key that Node's TLS can use: one on a curve, in a file. */
export const speaksTls = ({ protection, algorithm }: Pick<PrivateKeyHandle, "protection" | "algorithm">): boolean =>
  protection === "file" && algorithm in curves;

/** Throws `key/not-for-tls` for a key of another purpose, or without a certificate. */
export function expectForTls({ purpose, chain }: Pick<PrivateKeyHandle, "purpose" | "chain">): void {
  if (!tlsPurposes.includes(purpose) || chain.length === 0) throw new KabinaError("key/not-for-tls", { purpose });
}

export class FileKey implements PrivateKeyHandle {
  readonly purpose: KeyPurpose;
  readonly algorithm: CurveName;
  readonly keyId: string;
  readonly protection = "file";
  readonly publicKey: KeyObject;
  readonly publicKeyInfo: Uint8Array;
  readonly chain: readonly Certificate[];
  readonly #privateKey: KeyObject;
  #ecdh: ECDH | undefined;

  constructor(purpose: KeyPurpose, privateKey: KeyObject, chain: readonly Certificate[] = []) {
    this.purpose = purpose;
    this.publicKey = createPublicKey(privateKey);
    this.algorithm = curveOf(this.publicKey).algorithm;
    this.publicKeyInfo = publicKeyInfoOf(this.publicKey);
    this.keyId = keyIdOfInfo(this.publicKeyInfo);
    this.chain = chain;
    this.#privateKey = privateKey;
    expectOwnChain(purpose, this.keyId, chain);
  }

  async sign(data: Uint8Array): Promise<Uint8Array> {
    return sign(curves[this.algorithm].digest, data, this.#privateKey);
  }

  async agree(point: Uint8Array): Promise<Uint8Array> {
    this.#ecdh ??= agreementKey(this.#privateKey);
    return agreeWith(this.#ecdh, curves[this.algorithm], point);
  }

  tls(): TlsCredentials {
    expectForTls(this);
    return {
      key: this.#privateKey.export({ format: "pem", type: "pkcs8" }) as string,
      cert: this.chain.map((certificate) => certificate.toPem()).join(""),
    };
  }
}
