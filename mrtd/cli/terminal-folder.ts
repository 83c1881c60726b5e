/** A terminal's folder: its certificates (`*.cvcert`, in order) and where its key is: `key.pem`, or `token.json` for one in a PKCS#11 token. */
import { createPrivateKey } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { placeSecrets } from "../../crypto/keys/place-secrets.ts";
import { exists } from "../../crypto/keys/private-file.ts";
import { Pkcs11Module } from "../../crypto/pkcs11/module.ts";
import { Token } from "../../crypto/pkcs11/token.ts";
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

/** Throws `mrtd/input-file`, `token/*`. The PIN comes from a descriptor, systemd's credential `kabina-pin`, or a prompt. */
export async function loadTerminal(directory: string, pinFd: number | undefined): Promise<TerminalIdentity> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(".cvcert")).sort();
  const certificates = await Promise.all(names.map((name) => readInput(join(directory, name))));
  const tokenFile = join(directory, "token.json");
  if (!(await exists(tokenFile))) {
    const key = await readInput(join(directory, "key.pem"));
    return terminalIdentity(certificates, createPrivateKey(Buffer.from(key)));
  }
  const { module, token, key } = await readTokenFile(tokenFile);
  const { CREDENTIALS_DIRECTORY: credentialsDirectory } = process.env;
  const { pin } = placeSecrets({ pinFd, credentialsDirectory }, "kabina-passphrase");
  return tokenTerminal(certificates, new Token(Pkcs11Module.load(module), token, pin!), key);
}

async function readTokenFile(path: string): Promise<z.infer<typeof TerminalToken>> {
  try {
    return TerminalToken.parse(JSON.parse(Buffer.from(await readInput(path)).toString("utf8")));
  } catch (cause) {
    if (cause instanceof KabinaError) throw cause;
    throw new KabinaError("mrtd/input-file", { path, problem: "not a terminal's token.json" }, { cause });
  }
}
