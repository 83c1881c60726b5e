/** A private key in memory of a kind that a suite brings along, behind the port. */
import type { KeyObject } from "node:crypto";
import type { Certificate } from "../certificate/certificate.ts";
import { isCoded, KabinaError } from "../errors/kabina-error.ts";
import type { KeyKind, OpenedKey } from "../suites/kind.ts";
import { type KeyAlgorithm, publicKeyInfo } from "../suites/registry.ts";
import { expectOwnChain, keyIdOfInfo } from "./file-key.ts";
import type { KeyPurpose, PrivateKeyHandle } from "./key.ts";

export class SuiteFileKey implements PrivateKeyHandle {
  readonly purpose: KeyPurpose;
  readonly algorithm: KeyAlgorithm;
  readonly keyId: string;
  readonly protection = "file";
  readonly publicKeyInfo: Uint8Array;
  readonly chain: readonly Certificate[];
  readonly #key: OpenedKey;

  /** @param privateKey is not kept, and may be wiped after it */
  constructor(
    purpose: KeyPurpose,
    kind: KeyKind<KeyAlgorithm>,
    privateKey: Uint8Array,
    chain: readonly Certificate[] = [],
  ) {
    this.purpose = purpose;
    this.algorithm = kind.algorithm;
    this.#key = kind.open(privateKey);
    this.publicKeyInfo = publicKeyInfo(kind, this.#key.publicKey);
    this.keyId = keyIdOfInfo(this.publicKeyInfo);
    this.chain = chain;
    expectOwnChain(purpose, this.keyId, chain);
  }

  get publicKey(): KeyObject {
    throw this.#unfit("is no key of node:crypto");
  }

  async sign(data: Uint8Array): Promise<Uint8Array> {
    if (!this.#key.sign) throw this.#unfit("does not sign");
    return this.#key.sign(data);
  }

  async agree(sent: Uint8Array): Promise<Uint8Array> {
    if (!this.#key.agree) throw this.#unfit("does not agree");
    try {
      return this.#key.agree(sent);
    } catch (cause) {
      throw isCoded(cause) ? cause : new KabinaError("key/unsuitable", { reason: "not a ciphertext" }, { cause });
    }
  }

  tls(): never {
    throw new KabinaError("key/not-for-tls", { purpose: this.purpose });
  }

  #unfit(what: string): KabinaError {
    return new KabinaError("key/unsuitable", { reason: `${this.algorithm} ${what}` });
  }
}
