/** The server's private keys and trust, from its data folder. */
import { join } from "node:path";
import { passphraseFile } from "../crypto/authority/provision.ts";
import { readTrust, type Trust } from "../crypto/authority/trust.ts";
import type { RandomBytes } from "../crypto/environment.ts";
import { FileKeyStore } from "../crypto/keys/file-store.ts";
import type { PrivateKeyHandle } from "../crypto/keys/key.ts";
import { findPassphrase } from "../crypto/keys/passphrase.ts";

export interface ServerKeys {
  readonly tls: PrivateKeyHandle;
  readonly receipt: PrivateKeyHandle;
  readonly recipient: PrivateKeyHandle;
  readonly audit: PrivateKeyHandle;
}

export interface ServerIdentity {
  readonly keys: ServerKeys;
  readonly trust: Trust;
}

/** The credential's name under systemd (`LoadCredential=kabina-server:…`). */
const CREDENTIAL = "kabina-server";

/**
 * @param folder `<data>/server`
 * @throws KabinaError `key/…`, `trust/missing`
 */
export async function loadIdentity(
  folder: string,
  places: { readonly passphraseFile?: string | undefined; readonly credentialsDirectory?: string | undefined },
  random: RandomBytes,
): Promise<ServerIdentity> {
  const passphrase = await findPassphrase({
    file: places.passphraseFile,
    credentialsDirectory: places.credentialsDirectory,
    credential: CREDENTIAL,
    fallback: passphraseFile(folder),
  });
  const store = await FileKeyStore.open(join(folder, "keys"), passphrase, random);
  const [tls, receipt, recipient, audit] = await Promise.all([
    store.load("server-tls"),
    store.load("server-receipt"),
    store.load("server-recipient"),
    store.load("server-audit"),
  ]);
  return { keys: { tls, receipt, recipient, audit }, trust: await readTrust(join(folder, "trust")) };
}
