/** Where a passphrase comes from: a file that only its owner reads, or systemd's credentials folder. Never an argument or a variable's value. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileDurably } from "../durable-file.ts";
import type { RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { checkPrivate } from "./private-file.ts";

const shortestPassphrase = 12; // bytes
const longestPassphrase = 1024; // bytes
/** Bytes of randomness in a passphrase that Kabina makes. */
const generatedEntropy = 32;

/**
 * Reads a passphrase file; one line end at its end is not part of it. Throws `key/passphrase-missing`, `key/permissions`,
 * `key/passphrase-unfit`.
 */
export async function readPassphrase(path: string): Promise<Uint8Array> {
  const passphrase = await readSecretFile(path, "key/passphrase-missing");
  if (passphrase.length < shortestPassphrase || passphrase.length > longestPassphrase)
    throw new KabinaError("key/passphrase-unfit", { path, least: shortestPassphrase, most: longestPassphrase });
  return passphrase;
}

/** A private file's contents without one line end. Throws `missingCode`, `key/permissions`. */
export async function readSecretFile(path: string, missingCode: string): Promise<Uint8Array> {
  await checkPrivate(path, missingCode);
  const bytes = await readFile(path);
  const end = bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? -2 : -1) : bytes.length;
  return bytes.subarray(0, end);
}

/** The named file, else the credential of that name in systemd's folder (`$CREDENTIALS_DIRECTORY`), else the fallback file. */
export function findPassphrase(places: {
  readonly file?: string | undefined;
  readonly credentialsDirectory?: string | undefined;
  readonly credential?: string | undefined;
  readonly fallback?: string | undefined;
}): Promise<Uint8Array> {
  const { file, credentialsDirectory, credential, fallback } = places;
  const path = file ?? (credentialsDirectory && credential ? join(credentialsDirectory, credential) : fallback);
  if (path === undefined) throw new KabinaError("key/passphrase-missing", { path: "--passphrase-file" });
  return readPassphrase(path);
}

/** Makes a passphrase file (0600) unless there is one, and reads it. */
export async function ensurePassphrase(path: string, random: RandomBytes): Promise<Uint8Array> {
  try {
    return await readPassphrase(path);
  } catch (error) {
    if (!(error instanceof KabinaError && error.code === "key/passphrase-missing")) throw error;
  }
  await writeFileDurably(path, `${Buffer.from(random(generatedEntropy)).toString("base64url")}\n`, 0o600);
  return readPassphrase(path);
}
