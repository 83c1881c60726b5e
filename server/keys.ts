/** The server's private keys and trust, from its data folder. */
import { join } from "node:path";
import { passphraseFile } from "../crypto/authority/provision.ts";
import { readTrust, type Trust } from "../crypto/authority/trust.ts";
import type { RandomBytes } from "../crypto/environment.ts";
import type { PrivateKeyHandle } from "../crypto/keys/key.ts";
import { openKeyStore } from "../crypto/keys/open-store.ts";
import { placeSecrets, type SecretOptions } from "../crypto/keys/place-secrets.ts";

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
 * @throws KabinaError `key/…`, `token/…`, `trust/missing`
 */
export async function loadIdentity(
  folder: string,
  places: SecretOptions,
  random: RandomBytes,
): Promise<ServerIdentity> {
  const secrets = placeSecrets(places, CREDENTIAL, passphraseFile(folder));
  const store = await openKeyStore(join(folder, "keys"), secrets, random);
  const [tls, receipt, recipient, audit] = await Promise.all([
    store.load("server-tls"),
    store.load("server-receipt"),
    store.load("server-recipient"),
    store.load("server-audit"),
  ]);
  return { keys: { tls, receipt, recipient, audit }, trust: await readTrust(join(folder, "trust")) };
}
