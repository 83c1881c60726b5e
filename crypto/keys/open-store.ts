/**
 * Opens the key folder of a place, whatever keeps its keys: files under a passphrase, a token, or some in each. Passphrase and PIN are
 * asked for when the first key of their kind is used.
 */
import { join } from "node:path";
import type { RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { PinSource, TokenOptions } from "../pkcs11/token.ts";
import { FolderKeyStore } from "./folder-store.ts";
import type { KeyListing } from "./key.ts";
import { KeyFolder } from "./key-folder.ts";
import { PassphraseVault } from "./passphrase-vault.ts";
import { exists } from "./private-file.ts";
import { readTokenFile, TokenVault, tokenFilePath } from "./token-vault.ts";

export interface KeySecrets extends TokenOptions {
  readonly passphrase: () => Promise<Uint8Array>;
  readonly pin?: PinSource | undefined;
}

/** Throws `key/missing` when the folder is no key folder; the vaults' own failures come at first use. */
export async function openKeyStore(folder: string, secrets: KeySecrets, random: RandomBytes): Promise<FolderKeyStore> {
  const withFiles = await exists(join(folder, "store.json"));
  const token = (await exists(tokenFilePath(folder))) ? await readTokenFile(folder) : undefined;
  if (!withFiles && !token) throw new KabinaError("key/missing", { path: folder });
  const { pin } = secrets;
  return new FolderKeyStore(new KeyFolder(folder), {
    home: (purpose) => (token?.purposes.includes(purpose) ? "token" : "file"),
    ...(withFiles && {
      file: async () => PassphraseVault.open(folder, await secrets.passphrase(), random, false),
    }),
    ...(token && {
      token: async () => {
        if (!pin) throw new KabinaError("token/pin-missing", { path: token.token.label });
        return TokenVault.open(token, pin, secrets);
      },
    }),
  });
}

/** What keys a folder has and where each lies, without opening one. */
export const listKeys = (folder: string): Promise<readonly KeyListing[]> => new KeyFolder(folder).list();
