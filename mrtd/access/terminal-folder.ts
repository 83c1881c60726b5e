/** A terminal's folder: its certificates (`*.cvcert`, verifier before terminal by name) and its key (`key.pem`, P-256). */
import { createPrivateKey } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { terminalIdentity } from "../synthetic/terminals.ts";
import type { TerminalIdentity } from "./terminal-authentication.ts";

/** Undefined where the folder holds no certificate. Throws what reading a file throws. */
export async function readTerminal(folder: string): Promise<TerminalIdentity | undefined> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".cvcert")).sort();
  if (names.length === 0) return undefined;
  const certificates = await Promise.all(names.map(async (name) => new Uint8Array(await readFile(join(folder, name)))));
  return terminalIdentity(certificates, createPrivateKey(await readFile(join(folder, "key.pem"))));
}
