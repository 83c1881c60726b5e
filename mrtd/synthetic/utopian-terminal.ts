/**
 * A terminal that synthetic people's passports believe, as a folder that `loadTerminal` reads. Its root's key is in everybody's hands
 * (`utopia.ts`), so it opens nothing but specimens; like a real inspection system's its certificate lives briefly, and is replaced before it ends.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { terminalCertificates } from "../access/terminal-folder.ts";
import { parseCvCertificate } from "../cvc/certificate.ts";
import { issueTerminal } from "./terminals.ts";
import { utopiaTerminals } from "./utopia.ts";

const day = 86_400_000;
/** Days that a certificate is good for. */
const days = 30;
/** Part of its life after which it is replaced. */
const replacedAfter = 2 / 3;
/** Fingerprints: there is no camera here to compare irises with. */
const access = 1;

export interface UtopianTerminal {
  /** Last day, midnight UTC. */
  readonly expiration: Date;
  /** Whether it was made now. */
  readonly made: boolean;
}

/** Makes the folder, or anew when most of its certificate's life is over. `passphrase`: what the key is kept under. */
export async function keepUtopianTerminal(
  folder: string,
  { clock, random, passphrase }: { clock: Clock; random: RandomBytes; passphrase: Uint8Array },
): Promise<UtopianTerminal> {
  const standing = await lastDay(folder);
  const now = clock.now().getTime();
  if (standing !== undefined && standing.getTime() - now > (1 - replacedAfter) * days * day)
    return { expiration: standing, made: false };
  const expiration = new Date(Math.floor(now / day + days) * day);
  const { certificates, key } = issueTerminal(utopiaTerminals(), { clock, random, name: "OPIA", access, expiration });
  // A reader finds the old set or the new one, never a certificate beside another one's key.
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  for (const [at, certificate] of certificates.entries()) await writeFile(join(draft, `${at + 1}.cvcert`), certificate);
  const cipher = { cipher: "aes-256-cbc", passphrase: Buffer.from(passphrase) };
  await writeFile(join(draft, "key.pem"), key.export({ format: "pem", type: "pkcs8", ...cipher }), { mode: 0o600 });
  const former = `${folder}.old`;
  await rm(former, { recursive: true, force: true });
  if (standing !== undefined) await rename(folder, former);
  else await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
  await rm(former, { recursive: true, force: true });
  return { expiration, made: true };
}

/** Of the terminal's own certificate; undefined where there is none that can be read. */
async function lastDay(folder: string): Promise<Date | undefined> {
  const own = (await terminalCertificates(folder)).at(-1);
  if (own === undefined) return undefined;
  return readFile(join(folder, own))
    .then((bytes) => parseCvCertificate(bytes).expiration)
    .catch(() => undefined);
}
