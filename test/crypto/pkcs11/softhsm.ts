/** A token in software for one test process: SoftHSM, in a folder of its own. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { runInThisContext } from "node:vm";
import { describe, it } from "@jest/globals";

const run = promisify(execFile);
export const softhsmModule = "/usr/lib/softhsm/libsofthsm2.so";
export const pin = "246810";
export const pinSource = async (): Promise<Uint8Array> => Buffer.from(pin);

/** `describe` where SoftHSM is installed; elsewhere the reason is printed and nothing of the body runs. */
export const describeSoftHsm = (title: string, tests: () => void): void => {
  if (existsSync(softhsmModule)) {
    describe(title, tests);
    return;
  }
  process.stderr.write(`skipped: ${title}: SoftHSM is not installed (Debian: softhsm2)\n`);
  describe.skip(title, () => it("needs SoftHSM", () => {}));
};

/** Another test of this process may have had tokens of its own: the module reads its settings anew when it begins anew. */
function forgetTokens(): void {
  const { PKCS11 } = createRequire(import.meta.url)("pkcs11js") as typeof import("pkcs11js");
  const module = new PKCS11();
  module.load(softhsmModule);
  try {
    module.C_Finalize();
  } catch {} // it had not begun
}

export interface SoftHsm {
  readonly folder: string;
  /** For programs that are to see the same tokens. */
  readonly env: NodeJS.ProcessEnv;
  away(): Promise<void>;
  back(): Promise<void>;
}

/** SoftHSM reads its settings when the module is loaded, which a process does once: one folder for all of them. */
export async function softHsm(...labels: readonly string[]): Promise<SoftHsm> {
  const folder = await mkdtemp(join(tmpdir(), "kabina-softhsm-"));
  const tokens = join(folder, "tokens");
  await mkdir(tokens, { mode: 0o700 });
  const settings = join(folder, "softhsm2.conf");
  await writeFile(
    settings,
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = true\n`,
  );
  // The module asks the process itself, of which jest gives tests a copy.
  const { env } = runInThisContext("process") as NodeJS.Process;
  env.SOFTHSM2_CONF = settings;
  forgetTokens();
  for (const label of labels)
    await run("softhsm2-util", ["--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", pin], {
      env: { ...env },
    });
  const aside = join(folder, "aside");
  await mkdir(aside);
  const move = async (from: string, to: string) => {
    for (const name of await readdir(from)) await rename(join(from, name), join(to, name));
  };
  return { folder, env: { ...env }, away: () => move(tokens, aside), back: () => move(aside, tokens) };
}
