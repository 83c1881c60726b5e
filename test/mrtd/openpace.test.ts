/**
 * Our virtual passport read by OpenPACE over the real pcscd: if this fails, a reader that is not ours cannot open our chip, and what ours opens may be a
 * mistake that both sides share.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { type PrivateDaemon, startPrivateDaemon } from "../../devices/smartcard/private-daemon.ts";
import { writePassport } from "../../mrtd/synthetic/passport.ts";
import { hasPrivateDaemon } from "../devices/present.ts";
import { allowTypescriptChildren } from "../typescript-children.mjs";
import { specimenPassport } from "./fixture.ts";

const libraries = spawnSync("pkg-config", ["--cflags", "--libs", "libeac", "libpcsclite"], { encoding: "utf8" });
const present = libraries.status === 0 && (await hasPrivateDaemon());
if (!present) console.warn("skipped: libeac-dev or a private pcscd is not here, so OpenPACE reads nothing");

(present ? describe : describe.skip)("OpenPACE reads our chip", () => {
  const data = specimenPassport();
  let folder: string;
  let program: string;
  let daemon: PrivateDaemon;
  let card: ChildProcess | undefined;

  beforeAll(async () => {
    allowTypescriptChildren();
    folder = await mkdtemp(join(tmpdir(), "kabina-openpace-"));
    program = join(folder, "reader");
    const source = join(import.meta.dirname, "openpace-reader.c");
    execFileSync("cc", ["-o", program, source, ...libraries.stdout.trim().split(/\s+/), "-lcrypto"], { stdio: "pipe" });
    await writePassport(folder, data);
    daemon = await startPrivateDaemon();
  }, 60_000);

  afterEach(async () => {
    const leaving = card;
    card = undefined;
    if (leaving === undefined || leaving.exitCode !== null) return;
    const gone = new Promise((resolve) => leaving.once("exit", resolve));
    leaving.stdin?.end();
    await gone;
  });

  afterAll(async () => {
    await daemon?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  /** What OpenPACE says of a chip of this profile. */
  function read(profile: string, can = data.access.can) {
    const chip = join(import.meta.dirname, "passport-card.mjs");
    const args = [...daemon.enter, process.execPath, chip, daemon.host, String(daemon.port), folder, profile];
    card = spawn(args[0]!, args.slice(1), { stdio: ["pipe", "ignore", "inherit"] });
    const env = { ...process.env, PCSCLITE_CSOCK_NAME: daemon.socket };
    return new Promise<{ said: string; code: number | null }>((resolve) => {
      const reader = spawn(program, [can], { env, stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      for (const stream of [reader.stdout, reader.stderr]) stream.on("data", (chunk) => (said += chunk));
      reader.once("close", (code) => resolve({ said, code }));
    });
  }

  // Generic mapping with every cipher and three curves; OpenPACE as Debian has it speaks no integrated mapping.
  for (const profile of ["standard", "pace-gm-3des", "pace-gm-aes192", "pace-gm-p521"]) {
    it(`PACE and secure messaging: ${profile}`, async () => {
      const { said, code } = await read(profile);
      expect(said).toMatch(/^PACE: both tokens verified\nSELECT: its MAC verified\nEF\.COM: 60[0-9a-f]+\n$/);
      expect(code).toBe(0);
    }, 40_000);
  }

  it("is refused with another card access number", async () => {
    const { said, code } = await read("standard", data.access.can === "000000" ? "000001" : "000000");
    expect(said).not.toContain("both tokens verified");
    expect(code).not.toBe(0);
  }, 40_000);
});
