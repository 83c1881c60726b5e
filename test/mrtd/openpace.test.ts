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
import type { MrzAccessKey } from "../../mrtd/access/access-key.ts";
import { checkDigit } from "../../mrtd/mrz/check-digit.ts";
import { writePassport } from "../../mrtd/synthetic/passport.ts";
import { hasPrivateDaemon, hasProgram } from "../devices/present.ts";
import { allowTypescriptChildren } from "../typescript-children.mjs";
import { specimenPassport } from "./fixture.ts";

const libraries = spawnSync("pkg-config", ["--cflags", "--libs", "libeac", "libpcsclite"], { encoding: "utf8" });
const hasLibrary = libraries.status === 0;
/** OpenSC's program over the same library; Debian's OpenSC is built without it (docs/chip.md says how to build it). */
const hasNpaTool = hasProgram("npa-tool");
const present = (hasLibrary || hasNpaTool) && (await hasPrivateDaemon());
if (!present) console.warn("skipped: libeac-dev or a private pcscd is not here, so OpenPACE reads nothing");

(present ? describe : describe.skip)("OpenPACE reads our chip", () => {
  const data = specimenPassport();
  let folder: string;
  let library: string;
  let daemon: PrivateDaemon;
  let card: ChildProcess | undefined;

  beforeAll(async () => {
    allowTypescriptChildren();
    folder = await mkdtemp(join(tmpdir(), "kabina-openpace-"));
    library = join(folder, "reader");
    const source = join(import.meta.dirname, "openpace-reader.c");
    const linked = libraries.stdout.trim().split(/\s+/);
    if (hasLibrary) execFileSync("cc", ["-o", library, source, ...linked, "-lcrypto"], { stdio: "pipe" });
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

  /** What a program of OpenPACE says of a chip of this profile. */
  async function read(profile: string, program: string, ...options: string[]) {
    const chip = join(import.meta.dirname, "passport-card.mjs");
    const args = [...daemon.enter, process.execPath, chip, daemon.host, String(daemon.port), folder, profile];
    card = spawn(args[0]!, args.slice(1), { stdio: ["pipe", "ignore", "inherit"] });
    for (;;) {
      const outcome = await run(program, options);
      // Our own reader waits until the card lies there and has power, npa-tool does not.
      if (!/Card not present|Transmit failed/.test(outcome.said)) return outcome;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  function run(program: string, options: readonly string[]) {
    const env = { ...process.env, PCSCLITE_CSOCK_NAME: daemon.socket };
    return new Promise<{ said: string; code: number | null }>((resolve) => {
      const reader = spawn(program, options, { env, stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      for (const stream of [reader.stdout, reader.stderr]) stream.on("data", (chunk) => (said += chunk));
      reader.once("close", (code) => resolve({ said, code }));
    });
  }

  const { can } = data.access;
  const wrongCan = can === "000000" ? "000001" : "000000";
  const withLibrary = hasLibrary ? it : it.skip;
  // Generic mapping with every cipher and three curves; OpenPACE as Debian has it speaks no integrated mapping.
  for (const profile of ["standard", "pace-gm-3des", "pace-gm-aes192", "pace-gm-p521"]) {
    withLibrary(
      `PACE and secure messaging: ${profile}`,
      async () => {
        const { said, code } = await read(profile, library, can);
        expect(said).toMatch(/^PACE: both tokens verified\nSELECT: its MAC verified\nEF\.COM: 60[0-9a-f]+\n$/);
        expect(code).toBe(0);
      },
      40_000,
    );
  }

  withLibrary(
    "is refused with another card access number",
    async () => {
      const { said, code } = await read("standard", library, wrongCan);
      expect(said).not.toContain("both tokens verified");
      expect(code).not.toBe(0);
    },
    40_000,
  );

  const withNpaTool = hasNpaTool ? it : it.skip;
  for (const [profile, password] of [
    ["as-is", `--can=${can}`],
    ["pace-gm-3des", `--mrz=${inThreeLines(data.access.mrz)}`],
    ["pace-short", `--can=${can}`],
  ] as const) {
    withNpaTool(
      `npa-tool reads every data group: ${profile}`,
      async () => {
        const { said } = await read(profile, "npa-tool", password, "--application=eMRTD", "--read-all-dgs");
        expect(said).toContain("Established PACE channel");
        const read1 = dumped(said);
        for (const name of ["DG1", "DG2"] as const)
          expect(read1[name]).toBe(Buffer.from(data.files[name]!).toString("hex"));
      },
      60_000,
    );
  }

  withNpaTool(
    "npa-tool is refused with another card access number",
    async () => {
      const { said, code } = await read("as-is", "npa-tool", `--can=${wrongCan}`, "--application=eMRTD");
      expect(said).toContain("Card command failed");
      expect(code).not.toBe(0);
    },
    40_000,
  );
});

/** npa-tool takes the three values of an MRZ from where an identity card has them. */
function inThreeLines({ documentNumber, dateOfBirth, dateOfExpiry }: MrzAccessKey): string {
  const number = documentNumber.padEnd(9, "<");
  const parts = ["I<UTO", number, checkDigit(number), "<".repeat(15), dateOfBirth, checkDigit(dateOfBirth), "<"];
  return [...parts, dateOfExpiry, checkDigit(dateOfExpiry)].join("").padEnd(90, "<");
}

/** The data groups in a hexadecimal dump, by name. */
function dumped(said: string): Record<string, string> {
  const groups: Record<string, string> = {};
  for (const [, number, dump] of said.matchAll(/Read DG (\d+)[^\n]*\n((?:[0-9A-F]{2} [^\n]*\n?)+)/g))
    groups[`DG${Number(number)}`] = dump!
      .split("\n")
      .map((line) => line.slice(0, 48).replace(/ /g, ""))
      .join("")
      .toLowerCase();
  return groups;
}
