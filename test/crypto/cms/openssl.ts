/** Runs the openssl command line, the judge of everything that claims to be CMS or X.509. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Standard output of `openssl …`; rejects when it exits non-zero. */
export async function openssl(...args: readonly string[]): Promise<Buffer> {
  const { stdout } = await run("openssl", args, { encoding: "buffer", maxBuffer: 1 << 28 });
  return stdout;
}
