/** The server's private keys and trust, from its data folder. */
import { join } from "node:path";
import { passphraseFile } from "../crypto/authority/provision.ts";
import { RenewableTrust } from "../crypto/authority/renewable-trust.ts";
import { sameAuthorities } from "../crypto/authority/succession.ts";
import { readTrust, type Trust } from "../crypto/authority/trust.ts";
import type { RandomBytes } from "../crypto/environment.ts";
import type { KeyPurpose, KeyStore, PrivateKeyHandle } from "../crypto/keys/key.ts";
import { KeyRing } from "../crypto/keys/key-ring.ts";
import { openKeyStore } from "../crypto/keys/open-store.ts";
import { placeSecrets, type SecretOptions } from "../crypto/keys/place-secrets.ts";

/** Read anew for each piece of work: a key that was rotated is another handle from then on. */
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
  /** Takes up the keys and authorities that another process has switched to since; what was taken up. */
  readonly follow?: () => Promise<Followed>;
}

export interface Followed {
  readonly keys: readonly KeyPurpose[];
  /** Whether roots or authorities have followed others. */
  readonly trust: boolean;
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
  const standing = { tls, receipt, audit };
  const keys: ServerKeys = {
    get tls() {
      return standing.tls;
    },
    get receipt() {
      return standing.receipt;
    },
    get audit() {
      return standing.audit;
    },
    get recipient() {
      return recipients.current;
    },
  };
  const trust = new RenewableTrust(await readTrust(join(folder, "trust")));
  const follow = async (): Promise<Followed> => {
    const taken: KeyPurpose[] = [];
    // Listing opens no key.
    const current = (await store.list()).filter(({ state }) => state === "current");
    for (const name of ["tls", "receipt", "audit"] as const) {
      const listed = current.find(({ purpose }) => purpose === `server-${name}`);
      if (listed === undefined || sameKey(listed, standing[name])) continue;
      standing[name] = await store.load(`server-${name}`);
      taken.push(`server-${name}`);
    }
    const recipient = current.find(({ purpose }) => purpose === "server-recipient");
    if (recipient && !sameKey(recipient, recipients.current)) {
      await recipients.renew();
      taken.push("server-recipient");
    }
    const told = await readTrust(join(folder, "trust"));
    const other = !sameAuthorities(told, trust);
    if (other) trust.replace(told);
    return { keys: taken, trust: other };
  };
  return { keys, recipients, trust, follow };
}

/** The same key with the same certificate. */
const sameKey = (listed: Pick<PrivateKeyHandle, "keyId" | "chain">, held: PrivateKeyHandle): boolean =>
  listed.keyId === held.keyId && listed.chain[0]?.sha256 === held.chain[0]?.sha256;
