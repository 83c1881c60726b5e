/** A key store whose keys all lie in files under one passphrase. */
import type { RandomBytes } from "../environment.ts";
import { FolderKeyStore } from "./folder-store.ts";
import { KeyFolder } from "./key-folder.ts";
import { PassphraseVault } from "./passphrase-vault.ts";

export class FileKeyStore extends FolderKeyStore {
  private constructor(folder: KeyFolder, vault: PassphraseVault) {
    super(folder, { file: async () => vault, home: () => "file" });
  }

  /** Opens the store in a folder, and makes an empty one when the folder has none. Throws as `open`. */
  static async openOrCreate(folder: string, passphrase: Uint8Array, random: RandomBytes): Promise<FileKeyStore> {
    return new FileKeyStore(new KeyFolder(folder), await PassphraseVault.open(folder, passphrase, random, true));
  }

  /** Opens the store in a folder. Throws `key/missing`, `key/passphrase-wrong`, `key/damaged`, `key/permissions`. */
  static async open(folder: string, passphrase: Uint8Array, random: RandomBytes): Promise<FileKeyStore> {
    return new FileKeyStore(new KeyFolder(folder), await PassphraseVault.open(folder, passphrase, random, false));
  }
}
