/**
 * Where passphrases and PINs come from: a file that only its owner reads, a file descriptor, systemd's credentials, or a person at the
 * terminal. Never an argument or a variable's value.
 */
import { readSync } from "node:fs";
import { join } from "node:path";
import { KabinaError } from "../errors/kabina-error.ts";
import { readPassphrase, readSecretFile } from "./passphrase.ts";
import { exists } from "./private-file.ts";

export interface SecretPlaces {
  /** A private file. */
  readonly file?: string | undefined;
  /** A descriptor that this process was started with (`--pin-fd 3 3<file`); read to its end, once. */
  readonly fd?: number | undefined;
  /** `$CREDENTIALS_DIRECTORY`, and the names to look for in it, the most particular first. */
  readonly credentialsDirectory?: string | undefined;
  readonly credentials: readonly string[];
  /** A private file that is used when there is none of the above. */
  readonly fallback?: string | undefined;
  /** Asks a person; absent where there is none. */
  readonly prompt?: ((question: string) => Promise<Uint8Array>) | undefined;
}

const longestSecret = 1024; // bytes

/** The passphrase of a key folder. Throws `key/passphrase-missing`, `key/passphrase-unfit`, `key/permissions`. */
export async function passphraseFrom(places: SecretPlaces, what: string): Promise<Uint8Array> {
  const path = await pathOf(places);
  if (path !== undefined) return readPassphrase(path);
  const given = await fromFdOrPrompt(places, `Passphrase of ${what}: `);
  if (given === undefined) throw new KabinaError("key/passphrase-missing", { path: "--passphrase-file" });
  return given;
}

/** The PIN of a token. Throws `token/pin-missing`, `key/permissions`. */
export async function pinFrom(places: SecretPlaces, token: string): Promise<Uint8Array> {
  const path = await pathOf(places);
  if (path !== undefined) return readSecretFile(path, "token/pin-missing");
  const given = await fromFdOrPrompt(places, `PIN of ${token}: `);
  if (given === undefined || given.length === 0) throw new KabinaError("token/pin-missing", { path: token });
  return given;
}

async function pathOf({
  file,
  fd,
  credentialsDirectory,
  credentials,
  fallback,
}: SecretPlaces): Promise<string | undefined> {
  if (file !== undefined) return file;
  if (fd !== undefined) return undefined;
  for (const name of credentialsDirectory ? credentials : []) {
    const path = join(credentialsDirectory!, name);
    if (await exists(path)) return path;
  }
  return fallback !== undefined && (await exists(fallback)) ? fallback : undefined;
}

async function fromFdOrPrompt({ fd, prompt }: SecretPlaces, question: string): Promise<Uint8Array | undefined> {
  if (fd !== undefined) return readDescriptor(fd);
  return prompt?.(question);
}

/** Read once and kept for the process: a pipe gives its bytes only once. Callers get copies, which they wipe. */
const descriptors = new Map<number, Uint8Array>();

function readDescriptor(fd: number): Uint8Array {
  const known = descriptors.get(fd);
  if (known) return Uint8Array.from(known);
  const bytes = Buffer.alloc(longestSecret + 1);
  let length = 0;
  try {
    for (let more = 1; more > 0 && length < bytes.length; length += more)
      more = readSync(fd, bytes, length, bytes.length - length, null);
  } catch (cause) {
    throw new KabinaError("key/passphrase-missing", { path: `descriptor ${fd}` }, { cause });
  }
  if (length > longestSecret)
    throw new KabinaError("key/passphrase-unfit", { path: `descriptor ${fd}`, least: 1, most: longestSecret });
  while (length > 0 && (bytes[length - 1] === 0x0a || bytes[length - 1] === 0x0d)) length--;
  const secret = Uint8Array.from(bytes.subarray(0, length));
  bytes.fill(0);
  descriptors.set(fd, secret);
  return Uint8Array.from(secret);
}
