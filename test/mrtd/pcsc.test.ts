/**
 * Our reader against our virtual passport through the real pcscd and vpcd: if this fails, what works in memory does not work with a
 * reader on the table.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import type { CardReader } from "../../devices/port.ts";
import { pcscReaders } from "../../devices/smartcard/pcsc.ts";
import { type PrivateDaemon, startPrivateDaemon } from "../../devices/smartcard/private-daemon.ts";
import { PartialReading } from "../../mrtd/reader/partial-reading.ts";
import { readPassport } from "../../mrtd/reader/read-passport.ts";
import { writePassport } from "../../mrtd/synthetic/passport.ts";
import { hasPrivateDaemon } from "../devices/present.ts";
import { allowTypescriptChildren } from "../typescript-children.mjs";
import { specimen, specimenPassport } from "./fixture.ts";

const suite = (await hasPrivateDaemon()) ? describe : describe.skip;

suite("passport over pcscd and vpcd (skipped where no private pcscd runs)", () => {
  const data = specimenPassport();
  const options = () => ({ clock: systemClock, random: systemRandom, csca: [data.csca.certificate] });
  let folder: string;
  let daemon: PrivateDaemon;
  let readers: ReturnType<typeof pcscReaders>;
  let reader: CardReader;
  let card: ChildProcess | undefined;

  beforeAll(async () => {
    allowTypescriptChildren();
    folder = await mkdtemp(join(tmpdir(), "kabina-passport-"));
    await writePassport(folder, data);
    daemon = await startPrivateDaemon();
    readers = pcscReaders({ clock: systemClock, socket: daemon.socket, simulated: true });
    for (let tries = 0; ; tries++) {
      const [first] = await readers.list();
      if (first !== undefined) {
        reader = await readers.open(first.id);
        break;
      }
      if (tries > 100) throw new Error("no reader");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }, 30_000);

  afterEach(async () => {
    const leaving = card;
    card = undefined;
    if (leaving === undefined || leaving.exitCode !== null) return;
    const gone = new Promise((resolve) => leaving.once("exit", resolve));
    leaving.stdin?.end();
    await gone;
    await reader.waitForRemoval({ timeoutMs: 10_000 });
  });

  afterAll(async () => {
    await reader?.close();
    await readers?.close();
    await daemon?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  async function insert(profile = "as-is", fault?: string) {
    const program = join(import.meta.dirname, "passport-card.mjs");
    const args = [...daemon.enter, process.execPath, program, daemon.host, String(daemon.port), folder, profile];
    if (fault !== undefined) args.push(fault);
    card?.stdin?.end();
    card = spawn(args[0]!, args.slice(1), { stdio: ["pipe", "ignore", "inherit"] });
    return reader.connect({ timeoutMs: 20_000 });
  }

  for (const profile of ["as-is", "short"]) {
    it(`reads and proves a passport (${profile})`, async () => {
      const channel = await insert(profile);
      const reading = await readPassport(channel, data.access.mrz, options());
      await channel.close();
      expect(reading.mrz).toMatchObject(specimen);
      expect(reading.files).toEqual(data.files);
      expect(reading.proof.passiveAuthentication.verdict).toBe("passed");
    }, 30_000);
  }

  it("names a document whose portrait was exchanged", async () => {
    const channel = await insert("as-is", "wrong-hash");
    const reading = await readPassport(channel, data.access.mrz, options());
    await channel.close();
    expect(reading.proof.passiveAuthentication).toMatchObject({
      verdict: "failed",
      reasons: [{ code: "proof/hash-wrong", details: { dataGroup: "DG2" } }],
    });
  }, 30_000);

  it("refuses a chip that says DG2 has two gigabytes", async () => {
    const channel = await insert("as-is", "lies-about-length");
    await expect(readPassport(channel, data.access.mrz, options())).rejects.toMatchObject({
      code: "mrtd/file-length-implausible",
    });
    await channel.close();
  }, 30_000);

  it("says that the card was taken away in the middle of DG2, and goes on when it is back", async () => {
    const partial = new PartialReading();
    const channel = await insert("short", "drops-out");
    await expect(readPassport(channel, data.access.mrz, { ...options(), partial })).rejects.toMatchObject({
      code: "device/card-removed",
    });
    await channel.close();
    expect(partial.complete()).toContain("EF.COM");
    const back = await insert("short");
    const reading = await readPassport(back, data.access.mrz, { ...options(), partial });
    await back.close();
    expect(reading.files).toEqual(data.files);
    expect(reading.proof.passiveAuthentication.verdict).toBe("passed");
  }, 30_000);
});
