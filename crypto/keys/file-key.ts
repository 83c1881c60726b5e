/** A private key in memory, behind the port. What a file store hands out. */
import { createHash, createPublicKey, diffieHellman, type KeyObject, sign } from "node:crypto";
import type { Certificate } from "../certificate/certificate.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { KeyPurpose, PrivateKeyHandle, TlsCredentials } from "./key.ts";

const tlsPurposes: readonly KeyPurpose[] = ["server-tls", "booth-identity", "operator"];

/** The key id of a public key: lower-case hex SHA-256 of its SubjectPublicKeyInfo. */
export function keyIdOf(key: KeyObject): string {
  const spki = (key.type === "private" ? createPublicKey(key) : key).export({ format: "der", type: "spki" });
  return createHash("sha256").update(spki).digest("hex");
}

export class FileKey implements PrivateKeyHandle {
  readonly purpose: KeyPurpose;
  readonly keyId: string;
  readonly protection = "file";
  readonly publicKey: KeyObject;
  readonly chain: readonly Certificate[];
  readonly #privateKey: KeyObject;

  constructor(purpose: KeyPurpose, privateKey: KeyObject, chain: readonly Certificate[] = []) {
    this.purpose = purpose;
    this.publicKey = createPublicKey(privateKey);
    this.keyId = keyIdOf(this.publicKey);
    this.chain = chain;
    this.#privateKey = privateKey;
    if (chain[0] && chain[0].keyId !== this.keyId) throw new KabinaError("key/certificate-mismatch", { purpose });
  }

  async sign(data: Uint8Array): Promise<Uint8Array> {
    return sign("sha256", data, this.#privateKey);
  }

  async agree(peer: KeyObject): Promise<Uint8Array> {
    return diffieHellman({ privateKey: this.#privateKey, publicKey: peer });
  }

  tls(): TlsCredentials {
    if (!tlsPurposes.includes(this.purpose) || this.chain.length === 0)
      throw new KabinaError("key/not-for-tls", { purpose: this.purpose });
    return {
      key: this.#privateKey.export({ format: "pem", type: "pkcs8" }) as string,
      cert: this.chain.map((certificate) => certificate.toPem()).join(""),
    };
  }
}
