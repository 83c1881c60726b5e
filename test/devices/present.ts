/** What this machine has of the programs that some tests need. A test without its program skips and says why. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

function canUse(path: string, mode = constants.R_OK): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

export function hasProgram(name: string): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.some((folder) => canUse(join(folder, name), constants.X_OK));
  if (!found) process.stderr.write(`skipped: needs the program ${name}\n`);
  return found;
}

export function hasFile(path: string, what: string): boolean {
  const found = canUse(path);
  if (!found) process.stderr.write(`skipped: needs ${what}\n`);
  return found;
}
