/** A key store whose keys all lie in files under one passphrase. */
import type { RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { FolderKeyStore } from "./folder-store.ts";
import type { KeyPurpose } from "./key.ts";
import { KeyFolder } from "./key-folder.ts";
import { PassphraseVault } from "./passphrase-vault.ts";

export class FileKeyStore extends FolderKeyStore {
  readonly #folder: KeyFolder;
  readonly #vault: PassphraseVault;

  private constructor(folder: KeyFolder, vault: PassphraseVault) {
    super(folder, { file: async () => vault, home: () => "file" });
    this.#folder = folder;
    this.#vault = vault;
  }

  /** Opens the store in a folder, and makes an empty one when the folder has none. Throws as `open`. */
  static async openOrCreate(folder: string, passphrase: Uint8Array, random: RandomBytes): Promise<FileKeyStore> {
    return new FileKeyStore(new KeyFolder(folder), await PassphraseVault.open(folder, passphrase, random, true));
  }

  /** Opens the store in a folder. Throws `key/missing`, `key/passphrase-wrong`, `key/damaged`, `key/permissions`. */
  static async open(folder: string, passphrase: Uint8Array, random: RandomBytes): Promise<FileKeyStore> {
    return new FileKeyStore(new KeyFolder(folder), await PassphraseVault.open(folder, passphrase, random, false));
  }

  /** The private key as encrypted PKCS#8 PEM under a passphrase, for a recovery with openssl alone. Throws `key/not-exportable` for a key in a token. */
  async exportEncrypted(purpose: KeyPurpose, passphrase: Uint8Array): Promise<string> {
    const { record } = await this.#folder.current(purpose);
    if (record.format !== "kabina-key/1") throw new KabinaError("key/not-exportable", { purpose });
    return this.#vault.export(record, passphrase);
  }
}
