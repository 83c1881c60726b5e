/** The server's private keys and trust, from its data folder. */
import { join } from "node:path";
import { passphraseFile } from "../crypto/authority/provision.ts";
import { readTrust, type Trust } from "../crypto/authority/trust.ts";
import type { RandomBytes } from "../crypto/environment.ts";
import type { KeyStore, PrivateKeyHandle } from "../crypto/keys/key.ts";
import { KeyRing } from "../crypto/keys/key-ring.ts";
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
  /** What opens packages and records: the current `server-recipient` key and those before it. */
  readonly recipients: KeyRing;
  readonly trust: Trust;
}

/** The credential's name under systemd (`LoadCredential=kabina-server:…`). */
const CREDENTIAL = "kabina-server";

/** The server's key store. @param folder `<data>/server` */
export function openServerKeys(folder: string, places: SecretOptions, random: RandomBytes): Promise<KeyStore> {
  return openKeyStore(join(folder, "keys"), placeSecrets(places, CREDENTIAL, passphraseFile(folder)), random);
}

/**
 * @param folder `<data>/server`
 * @throws KabinaError `key/…`, `token/…`, `trust/missing`
 */
export async function loadIdentity(
  folder: string,
  places: SecretOptions,
  random: RandomBytes,
): Promise<ServerIdentity> {
  const store = await openServerKeys(folder, places, random);
  const [tls, receipt, recipients, audit] = await Promise.all([
    store.load("server-tls"),
    store.load("server-receipt"),
    KeyRing.of(store, "server-recipient"),
    store.load("server-audit"),
  ]);
  const keys = { tls, receipt, recipient: recipients.current, audit };
  return { keys, recipients, trust: await readTrust(join(folder, "trust")) };
}
