/** The booth's identity as one handle that stays while key and certificate behind it are renewed. */
import type { KeyObject } from "node:crypto";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import type { PrivateKeyHandle, TlsCredentials } from "../../crypto/keys/key.ts";

export class RenewableKey implements PrivateKeyHandle {
  #key: PrivateKeyHandle;

  constructor(key: PrivateKeyHandle) {
    this.#key = key;
  }

  /** What signs from now on. */
  replace(key: PrivateKeyHandle): void {
    this.#key = key;
  }

  /** The key of this moment, for work that must begin and end with the same one. */
  get standing(): PrivateKeyHandle {
    return this.#key;
  }

  get purpose() {
    return this.#key.purpose;
  }
  get algorithm() {
    return this.#key.algorithm;
  }
  get keyId(): string {
    return this.#key.keyId;
  }
  get protection() {
    return this.#key.protection;
  }
  get publicKey(): KeyObject {
    return this.#key.publicKey;
  }
  get publicKeyInfo(): Uint8Array {
    return this.#key.publicKeyInfo;
  }
  get chain(): readonly Certificate[] {
    return this.#key.chain;
  }
  sign(data: Uint8Array): Promise<Uint8Array> {
    return this.#key.sign(data);
  }
  agree(sent: Uint8Array): Promise<Uint8Array> {
    return this.#key.agree(sent);
  }
  tls(): TlsCredentials {
    return this.#key.tls();
  }
}
