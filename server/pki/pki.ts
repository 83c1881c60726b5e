/** The authority's office as a part of the server: opened where the authority's folder is on this machine, with its own door. */
import { access, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { passphraseFile } from "../../crypto/authority/provision.ts";
import { readTrust } from "../../crypto/authority/trust.ts";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import type { PrivateKeyHandle, TlsCredentials } from "../../crypto/keys/key.ts";
import { openKeyStore } from "../../crypto/keys/open-store.ts";
import { placeSecrets, type SecretOptions } from "../../crypto/keys/place-secrets.ts";
import { closeListener, listen } from "../listening.ts";
import { Register } from "../register/register.ts";
import { readLinks } from "./links.ts";
import { createPkiListener } from "./listener.ts";
import { CertificateOffice } from "./office.ts";
import { readSchedule } from "./schedule.ts";
import { CertificateStatusDesk } from "./status.ts";
import { UpdatesDesk } from "./updates-desk.ts";

export interface Pki {
  /** `<data>` */
  readonly data: string;
  readonly office: CertificateOffice;
  readonly status: CertificateStatusDesk;
  readonly updates: UpdatesDesk;
  close(): Promise<void>;
}

export type PkiPlaces = SecretOptions;

/** The credential's name under systemd (`LoadCredential=kabina-authority:…`). */
const CREDENTIAL = "kabina-authority";

/** The server's register within a data folder. */
export const registerFile = (data: string): string => join(data, "server", "register.sqlite");

/**
 * Opens the office of a data folder, its keys in `<data>/authority`; undefined when the issuing authorities' keys are not on this machine. Throws `key/…`,
 * `authority/…`, `store/…`.
 */
export async function openPki(
  data: string,
  places: PkiPlaces,
  tools: { readonly clock: Clock; readonly random: RandomBytes },
): Promise<Pki | undefined> {
  const folder = join(data, "authority");
  const keys = join(folder, "keys");
  const here = await access(join(keys, "store.json")).then(
    () => true,
    () => false,
  );
  if (!here) return undefined;
  const store = await openKeyStore(keys, placeSecrets(places, CREDENTIAL, passphraseFile(folder)), tools.random);
  await mkdir(join(data, "server"), { recursive: true, mode: 0o700 });
  const register = new Register(registerFile(data));
  try {
    const office = await CertificateOffice.open(folder, store, register, tools);
    const status = await CertificateStatusDesk.open(office, tools);
    const updates = await UpdatesDesk.open(join(folder, "updates"), office, status, tools.clock);
    const close = async () => {
      await updates.close();
      register.close();
    };
    return { data, office, status, updates, close };
  } catch (error) {
    register.close();
    throw error;
  }
}

/** A booth that knows an older root alone must still come in, to learn of the new one. */
const withLinks = (credentials: TlsCredentials, links: readonly Certificate[]): TlsCredentials => ({
  ...credentials,
  cert: credentials.cert + links.map((link) => link.toPem()).join(""),
});

export interface PkiDoor {
  readonly port: number;
  /** Shows the authorities and the key that have followed. */
  follow(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the office's door. */
export async function startPkiDoor(
  pki: Pki,
  options: {
    readonly host: string;
    readonly port: number;
    /** The key of this moment. */
    readonly tls: () => PrivateKeyHandle;
    readonly clock: Clock;
    readonly onFault: (error: unknown) => void;
  },
): Promise<PkiDoor> {
  const { office, status, updates } = pki;
  updates.start(options.onFault);
  /** What the door shows and whom it knows, as they stand. */
  const secrets = async () => {
    const known = [...office.authority.roots, ...office.authorities("booths"), ...office.authorities("sensors")];
    return {
      credentials: withLinks(options.tls().tls(), await readLinks(join(pki.data, "authority"))),
      authorities: known.map((certificate) => certificate.toPem()),
    };
  };
  const listener = createPkiListener({
    office,
    status,
    updates,
    clock: options.clock,
    recipients: () =>
      readTrust(join(pki.data, "server", "trust")).then(
        (trust) => trust.recipients,
        () => [],
      ),
    schedule: () => readSchedule(join(pki.data, "server")),
    ...(await secrets()),
    onFault: options.onFault,
  });
  const port = await listen(listener, options.port, options.host);
  return {
    port,
    async follow() {
      const { credentials, authorities } = await secrets();
      // Connections that stand go on with what they began with.
      listener.setSecureContext({ ...credentials, ca: authorities, minVersion: "TLSv1.3" });
    },
    close: () => closeListener(listener),
  };
}
