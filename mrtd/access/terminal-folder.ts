/**
 * A terminal's folder: its certificates (`*.cvcert`, in order) and where its key is: `key.pem` (under a passphrase or bare), `token.json` for
 * one in a PKCS#11 token, or `signer.json` for one that a signer elsewhere keeps.
 */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeySecrets } from "../../crypto/keys/open-store.ts";
import { placeSecrets } from "../../crypto/keys/place-secrets.ts";
import { exists } from "../../crypto/keys/private-file.ts";
import { Pkcs11Module } from "../../crypto/pkcs11/module.ts";
import { Token } from "../../crypto/pkcs11/token.ts";
import { readInput } from "../proof/trust-files.ts";
import { terminalIdentity } from "../synthetic/terminals.ts";
import { remoteTerminal, type TerminalSigner } from "./remote-terminal.ts";
import type { TerminalIdentity } from "./terminal-authentication.ts";
import { tokenTerminal } from "./token-terminal.ts";

const TerminalToken = z.strictObject({
  format: z.literal("kabina-terminal-token/1"),
  module: z.string().startsWith("/").max(512),
  token: z.strictObject({ label: z.string().max(64), serial: z.string().max(64).optional() }),
  /** CKA_ID in hex and CKA_LABEL of the key. */
  key: z.strictObject({ id: z.string().regex(/^([0-9a-f]{2})+$/), label: z.string().max(128) }),
});

/** A signer on this machine, by its socket, or elsewhere, by its address and the names of the PEM files that identify it and us. */
const TerminalSignerFile = z.union([
  z.strictObject({ format: z.literal("kabina-terminal-signer/1"), socket: z.string().startsWith("/").max(107) }),
  z.strictObject({
    format: z.literal("kabina-terminal-signer/1"),
    url: z.url({ protocol: /^https$/ }).max(512),
    authority: z.string().max(255),
    certificate: z.string().max(255),
    key: z.string().max(255),
  }),
]);

/** For whoever is called by hand: the PIN comes from a descriptor, systemd's credential `kabina-pin`, or a prompt; the passphrase from a prompt. */
export function askedSecrets(pinFd?: number): TerminalSecrets {
  const { CREDENTIALS_DIRECTORY: credentialsDirectory } = process.env;
  return placeSecrets({ pinFd, credentialsDirectory }, "kabina-passphrase");
}

/** Where the passphrase of `key.pem` and the token's PIN come from; asked for when they are needed. */
export type TerminalSecrets = Partial<Pick<KeySecrets, "passphrase" | "pin">>;

/** Throws `mrtd/input-file` also where there is no certificate, `key/passphrase-missing`, `token/*`. */
export async function loadTerminal(directory: string, secrets: TerminalSecrets): Promise<TerminalIdentity> {
  const names = await terminalCertificates(directory);
  if (names.length === 0) throw new KabinaError("mrtd/input-file", { path: directory, problem: "no *.cvcert" });
  const certificates = await Promise.all(names.map((name) => readInput(join(directory, name))));
  const signerFile = join(directory, "signer.json");
  if (await exists(signerFile)) return remoteTerminal(certificates, await readSigner(directory, signerFile));
  const tokenFile = join(directory, "token.json");
  if (!(await exists(tokenFile))) {
    return terminalIdentity(certificates, await readKey(join(directory, "key.pem"), secrets));
  }
  const { module, token, key } = await readJson(tokenFile, TerminalToken);
  if (secrets.pin === undefined) throw new KabinaError("token/pin-missing", { path: token.label });
  return tokenTerminal(certificates, new Token(Pkcs11Module.load(module), token, secrets.pin), key);
}

/** Names of the certificates, verifier before terminal; none where there is no such folder. */
export async function terminalCertificates(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(".cvcert")).sort();
}

async function readKey(path: string, { passphrase }: TerminalSecrets): Promise<KeyObject> {
  const pem = Buffer.from(await readInput(path));
  const isSealed = pem.includes("ENCRYPTED PRIVATE KEY");
  if (isSealed && passphrase === undefined) throw new KabinaError("key/passphrase-missing", { path });
  try {
    return createPrivateKey({ key: pem, ...(isSealed && { passphrase: Buffer.from(await passphrase!()) }) });
  } catch (cause) {
    throw new KabinaError("mrtd/input-file", { path, problem: "no private key that opens" }, { cause });
  }
}

async function readSigner(directory: string, path: string): Promise<TerminalSigner> {
  const file = await readJson(path, TerminalSignerFile);
  if ("socket" in file) return { socket: file.socket };
  const pem = (name: string) => readInput(join(directory, name));
  const [authority, certificate, key] = await Promise.all([file.authority, file.certificate, file.key].map(pem));
  return { url: new URL(file.url), authority: authority!, certificate: certificate!, key: key! };
}

async function readJson<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
  try {
    return schema.parse(JSON.parse(Buffer.from(await readInput(path)).toString("utf8")));
  } catch (cause) {
    if (cause instanceof KabinaError) throw cause;
    throw new KabinaError("mrtd/input-file", { path, problem: `not a terminal's ${basename(path)}` }, { cause });
  }
}
