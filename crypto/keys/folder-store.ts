/** The key store of a folder: which keys there are and in which state, over a vault for their secrets. */
import type { Certificate } from "../certificate/certificate.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { KeyAlgorithm } from "../suites/registry.ts";
import { expectOwnChain } from "./file-key.ts";
import type { KeyListing, KeyPurpose, KeyStore, PrivateKeyHandle } from "./key.ts";
import type { KeyFolder, StoredKey } from "./key-folder.ts";
import type { KeyRecord, KeyVault, SealedKeyRecord, TokenKeyRecord } from "./vault.ts";

/** The vaults of a folder. Each is opened at first use, so that no PIN is asked for a key that lies in a file. */
export interface Vaults {
  readonly file?: () => Promise<KeyVault<SealedKeyRecord>>;
  readonly token?: () => Promise<KeyVault<TokenKeyRecord>>;
  /** Which vault makes a new key. */
  readonly home: (purpose: KeyPurpose) => "file" | "token";
}

export class FolderKeyStore implements KeyStore {
  readonly #folder: KeyFolder;
  readonly #vaults: Vaults;
  readonly #open = new Map<"file" | "token", Promise<KeyVault>>();

  constructor(folder: KeyFolder, vaults: Vaults) {
    this.#folder = folder;
    this.#vaults = vaults;
  }

  has(purpose: KeyPurpose): Promise<boolean> {
    return this.#folder.has(purpose);
  }

  async load(purpose: KeyPurpose): Promise<PrivateKeyHandle> {
    return this.#handle(await this.#folder.current(purpose));
  }

  async generate(purpose: KeyPurpose, algorithm: KeyAlgorithm = "P-256"): Promise<PrivateKeyHandle> {
    if (await this.has(purpose)) throw new KabinaError("key/exists", { purpose });
    await this.#folder.writeCurrent(await this.#make(purpose, algorithm));
    return this.load(purpose);
  }

  async certify(purpose: KeyPurpose, chain: readonly Certificate[]): Promise<PrivateKeyHandle> {
    const { record } = await this.#folder.current(purpose);
    expectOwnChain(purpose, record.keyId, chain);
    await this.#folder.writeChain(purpose, chain);
    return this.load(purpose);
  }

  list(): Promise<readonly KeyListing[]> {
    return this.#folder.list();
  }

  async prepare(purpose: KeyPurpose, algorithm: KeyAlgorithm = "P-256"): Promise<PrivateKeyHandle> {
    const pending = await this.#folder.pending(purpose);
    if (pending?.record.algorithm === algorithm) return this.#handle(pending);
    if (pending) await this.#destroy(pending);
    const record = await this.#make(purpose, algorithm);
    await this.#folder.writePending(record);
    return (await this.#vault(record)).open(record, []);
  }

  async pending(purpose: KeyPurpose, chain: readonly Certificate[]): Promise<PrivateKeyHandle> {
    const pending = await this.#folder.pending(purpose);
    if (!pending) throw new KabinaError("key/missing", { path: `${purpose}, pending` });
    // A key that needs no certificate has none; one that has one is not followed by one without.
    const certified = (await this.has(purpose)) && (await this.#folder.current(purpose)).chain.length > 0;
    if (certified && !chain[0]) throw new KabinaError("key/certificate-mismatch", { purpose });
    if (chain[0]) expectOwnChain(purpose, pending.record.keyId, chain);
    return this.#handle({ ...pending, chain });
  }

  async adopt(purpose: KeyPurpose, chain: readonly Certificate[]): Promise<PrivateKeyHandle> {
    await this.pending(purpose, chain); // a key that does not open must not take over
    await this.#folder.adopt(purpose, chain);
    return this.load(purpose);
  }

  async former(purpose: KeyPurpose): Promise<readonly PrivateKeyHandle[]> {
    const handles: PrivateKeyHandle[] = [];
    for (const stored of await this.#folder.former(purpose)) handles.push(await this.#handle(stored));
    return handles;
  }

  async destroy(purpose: KeyPurpose, keyId: string): Promise<void> {
    if ((await this.has(purpose)) && (await this.#folder.current(purpose)).record.keyId === keyId)
      throw new KabinaError("key/in-use", { purpose });
    const pending = await this.#folder.pending(purpose);
    const found = [...(pending ? [pending] : []), ...(await this.#folder.former(purpose))].find(
      ({ record }) => record.keyId === keyId,
    );
    if (!found) throw new KabinaError("key/missing", { path: `${purpose} ${keyId}` });
    await this.#destroy(found);
  }

  async close(): Promise<void> {
    for (const vault of this.#open.values()) await (await vault.catch(() => undefined))?.close();
    this.#open.clear();
  }

  async #handle({ record, chain }: StoredKey): Promise<PrivateKeyHandle> {
    return (await this.#vault(record)).open(record, chain);
  }

  async #make(purpose: KeyPurpose, algorithm: KeyAlgorithm): Promise<KeyRecord> {
    return (await this.#openVault(this.#vaults.home(purpose))).make(purpose, algorithm);
  }

  async #destroy({ record, stem }: StoredKey): Promise<void> {
    await (await this.#vault(record)).destroy(record);
    await this.#folder.remove(stem);
  }

  #vault(record: KeyRecord): Promise<KeyVault> {
    return this.#openVault(record.format === "kabina-key/1" ? "file" : "token");
  }

  #openVault(kind: "file" | "token"): Promise<KeyVault> {
    const known = this.#open.get(kind);
    if (known) return known;
    const open = this.#vaults[kind];
    if (!open) throw new KabinaError("key/vault-missing", { path: this.#folder.path, kind });
    const opening = open() as Promise<KeyVault>;
    this.#open.set(kind, opening);
    opening.catch(() => this.#open.delete(kind)); // so that a PIN or passphrase can be tried again
    return opening;
  }
}
