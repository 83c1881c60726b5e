/** What this machine has of the programs that some tests need. A test without its program skips and says why. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { startPrivateDaemon } from "../../devices/smartcard/private-daemon.ts";

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function hasProgram(name: string): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.some((folder) => canRun(join(folder, name)));
  if (!found) process.stderr.write(`skipped: needs the program ${name}\n`);
  return found;
}

/** Whether a private pcscd with a virtual reader runs here: its packages, and the right to separate it. */
export async function hasPrivateDaemon(): Promise<boolean> {
  try {
    await (await startPrivateDaemon()).close();
    return true;
  } catch (error) {
    process.stderr.write(`skipped: no private pcscd here (${String(error)})\n`);
    return false;
  }
}
