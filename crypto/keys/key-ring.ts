/** Keys of one purpose that open what was sealed for any of them: the current one, and those that it followed. */
import type { KeyPurpose, KeyStore, PrivateKeyHandle } from "./key.ts";

export class KeyRing {
  #keys: readonly PrivateKeyHandle[];
  readonly #reload: (() => Promise<readonly PrivateKeyHandle[]>) | undefined;

  /** `keys`: the current one first. `reload`: asked when something is for a key that is not among them. */
  constructor(keys: readonly PrivateKeyHandle[], reload?: () => Promise<readonly PrivateKeyHandle[]>) {
    this.#keys = keys;
    this.#reload = reload;
  }

  /** The ring of a store, which follows a rotation by another process. Throws as the store does. */
  static async of(store: KeyStore, purpose: KeyPurpose): Promise<KeyRing> {
    const read = async () => [await store.load(purpose), ...(await store.former(purpose))];
    return new KeyRing(await read(), read);
  }

  get current(): PrivateKeyHandle {
    return this.#keys[0]!;
  }

  /** Follows a rotation by another process now. */
  async renew(): Promise<void> {
    if (this.#reload) this.#keys = await this.#reload();
  }

  /** The keys that open what is for one of these; none where all are strangers'. */
  async among(keyIds: readonly string[]): Promise<readonly PrivateKeyHandle[]> {
    const held = () => this.#keys.filter(({ keyId }) => keyIds.includes(keyId));
    if (held().length === 0 && this.#reload) this.#keys = await this.#reload();
    return held();
  }
}
