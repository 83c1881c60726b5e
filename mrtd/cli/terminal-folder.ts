/**
 * A terminal's folder: its certificates (`*.cvcert`, in order) and where its key is: `key.pem`, `token.json` for one in a PKCS#11 token, or
 * `signer.json` for one that a signer elsewhere keeps.
 */
import { createPrivateKey } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { placeSecrets } from "../../crypto/keys/place-secrets.ts";
import { exists } from "../../crypto/keys/private-file.ts";
import { Pkcs11Module } from "../../crypto/pkcs11/module.ts";
import { Token } from "../../crypto/pkcs11/token.ts";
import { remoteTerminal, type TerminalSigner } from "../access/remote-terminal.ts";
import type { TerminalIdentity } from "../access/terminal-authentication.ts";
import { tokenTerminal } from "../access/token-terminal.ts";
import { readInput } from "../proof/trust-files.ts";
import { terminalIdentity } from "../synthetic/terminals.ts";

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

/** Throws `mrtd/input-file`, `token/*`. The PIN comes from a descriptor, systemd's credential `kabina-pin`, or a prompt. */
export async function loadTerminal(directory: string, pinFd: number | undefined): Promise<TerminalIdentity> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(".cvcert")).sort();
  const certificates = await Promise.all(names.map((name) => readInput(join(directory, name))));
  const signerFile = join(directory, "signer.json");
  if (await exists(signerFile)) return remoteTerminal(certificates, await readSigner(directory, signerFile));
  const tokenFile = join(directory, "token.json");
  if (!(await exists(tokenFile))) {
    const key = await readInput(join(directory, "key.pem"));
    return terminalIdentity(certificates, createPrivateKey(Buffer.from(key)));
  }
  const { module, token, key } = await readJson(tokenFile, TerminalToken);
  const { CREDENTIALS_DIRECTORY: credentialsDirectory } = process.env;
  const { pin } = placeSecrets({ pinFd, credentialsDirectory }, "kabina-passphrase");
  return tokenTerminal(certificates, new Token(Pkcs11Module.load(module), token, pin!), key);
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
