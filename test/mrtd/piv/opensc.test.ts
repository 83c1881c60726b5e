/**
 * A member of staff's PIV card, in software, through the real pcscd and OpenSC's own module: if this fails, cards that work with everybody
 * else's programs do not sign in or sign with us, or a program locks somebody's card.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { systemClock, systemRandom } from "../../../crypto/system-environment.ts";
import { type PrivateDaemon, startPrivateDaemon } from "../../../devices/smartcard/private-daemon.ts";
import { makePivFolder } from "../../../mrtd/virtual/piv/folder.ts";
import { openssl } from "../../crypto/cms/openssl.ts";
import { hasPrivateDaemon } from "../../devices/present.ts";

const openscModule = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";
const present = existsSync(openscModule) && (await hasPrivateDaemon());
if (!present) console.warn("skipped: OpenSC's PKCS#11 module or a private pcscd is not here, so no PIV card is read");

const pin = "246810";
const environment = { clock: systemClock, random: systemRandom };

(present ? describe : describe.skip)("a PIV card through OpenSC and pcscd", () => {
  let folder: string;
  let daemon: PrivateDaemon;
  let card: ChildProcess | undefined;
  let terminal: ChildProcess;
  let answers: AsyncIterator<string>;
  const at = (name: string) => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kabina-piv-"));
    await makePivFolder(at("card"), "Operator One", pin, environment);
    await writeFile(at("document"), "a decision");
    daemon = await startPrivateDaemon();
    const env = { ...process.env, PCSCLITE_CSOCK_NAME: daemon.socket };
    const commands = join(import.meta.dirname, "commands.mjs");
    terminal = spawn(process.execPath, [commands], { env, stdio: ["pipe", "pipe", "inherit"] });
    answers = createInterface({ input: terminal.stdout! })[Symbol.asyncIterator]();
  }, 30_000);

  afterEach(async () => {
    const leaving = card;
    card = undefined;
    if (leaving === undefined || leaving.exitCode !== null) return;
    const gone = new Promise((resolve) => leaving.once("exit", resolve));
    leaving.stdin?.end();
    await gone;
  });

  afterAll(async () => {
    terminal?.stdin?.end();
    await daemon?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  async function insert(...fault: string[]) {
    const program = join(import.meta.dirname, "card.mjs");
    const args = [...daemon.enter, process.execPath, program, daemon.host, String(daemon.port), at("card"), ...fault];
    const child = spawn(args[0]!, args.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
    card = child;
    await new Promise((resolve) => child.stdout.once("data", resolve));
    for (let tries = 0; tries < 100; tries++) {
      const { cards } = await kabina("list");
      if ((cards as unknown[]).length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("no card");
  }

  /** `kabina card …`; the PIN through a descriptor. */
  async function kabina(verb: string, pin?: string, ...args: string[]): Promise<Record<string, unknown>> {
    const answer = answers.next();
    terminal.stdin!.write(`${JSON.stringify({ args: [verb, ...args], pin })}\n`);
    return JSON.parse((await answer).value as string);
  }

  const sign = (typed: string, id: string) =>
    kabina("sign", typed, "--id", id, "--out", at("signature"), at("document"));

  it("is listed, opened, and signs with both keys, as openssl confirms", async () => {
    await insert();
    const { cards } = await kabina("list");
    expect(cards).toMatchObject([
      {
        label: "Operator One",
        pin: "ok",
        certificates: [
          { id: "01", subject: "CN=Operator One" },
          { id: "02", subject: "CN=Operator One" },
        ],
      },
    ]);
    expect(await kabina("login", pin)).toMatchObject({ loggedIn: true });
    // 01 is an elliptic key that wants the PIN once, 02 an RSA key that wants it for every signature.
    for (const id of ["01", "02"]) {
      expect(await sign(pin, id)).toMatchObject({ subject: "CN=Operator One" });
      const files = ["-in", at("signature"), "-content", at("document")];
      const checked = await openssl("cms", "-verify", "-binary", "-noverify", "-inform", "DER", ...files);
      expect(checked.toString()).toBe("a decision");
    }
  }, 60_000);

  it("is not locked by a program: the last try is for a person, and the third wrong PIN locks it", async () => {
    await insert();
    const pinState = async () => ((await kabina("list")).cards as { pin: string }[])[0]!.pin;
    for (const code of ["token/pin-wrong", "token/pin-wrong-final-try"])
      expect(await kabina("login", "999999")).toMatchObject({ code });
    expect(await pinState()).toBe("final-try");
    expect(await kabina("login", pin)).toMatchObject({ code: "token/pin-final-try" });
    expect(await kabina("login", "999999", "--last-try")).toMatchObject({ code: "token/pin-locked" });
    expect(await pinState()).toBe("locked");
    expect(await kabina("login", pin, "--last-try")).toMatchObject({ code: "token/pin-locked" });
  }, 60_000);

  it("that is pulled out while it signs has signed nothing, and says so", async () => {
    await insert("pulled");
    await rm(at("signature"), { force: true });
    expect(await sign(pin, "01")).toMatchObject({ code: "token/removed" });
    expect(existsSync(at("signature"))).toBe(false);
  }, 60_000);
});
