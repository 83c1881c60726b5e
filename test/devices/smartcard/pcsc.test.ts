/** If this failed, no passport could be read, or one taken off too early would stop the booth. The real pcscd with a virtual reader. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { systemClock } from "../../../crypto/system-environment.ts";
import type { CardReader } from "../../../devices/port.ts";
import { pcscReaders } from "../../../devices/smartcard/pcsc.ts";
import { type PrivateDaemon, startPrivateDaemon } from "../../../devices/smartcard/private-daemon.ts";
import { pause } from "../../../devices/wait.ts";
import { allowTypescriptChildren } from "../../typescript-children.mjs";
import { hasPrivateDaemon } from "../present.ts";

// Processes start and end here; other work on the machine must not fail the test.
jest.setTimeout(90_000);

allowTypescriptChildren();

const suite = (await hasPrivateDaemon()) ? describe : describe.skip;
const CARD = fileURLToPath(new URL("./vpcd-card.mjs", import.meta.url));
const SELECT = Uint8Array.of(0, 0xa4, 4, 0, 2, 0x3f, 0);
const LEAVE = Uint8Array.of(0, 0xee, 0, 0);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

suite("a reader over PC/SC", () => {
  let daemon: PrivateDaemon;
  let driver: ReturnType<typeof pcscReaders>;
  let reader: CardReader;
  let card: ChildProcess | null = null;
  const pids: number[] = [];

  const placeCard = () => {
    const [program, ...args] = [...daemon.enter, process.execPath, CARD, daemon.host, String(daemon.port)];
    card = spawn(program!, args, { stdio: ["pipe", "ignore", "inherit"], env: { PATH: process.env.PATH } });
  };
  const takeCard = async () => {
    const leaving = card;
    card = null;
    if (leaving === null || leaving.exitCode !== null) return;
    leaving.stdin?.end();
    await once(leaving, "exit");
  };
  const openReader = async () => {
    const [info] = await driver.list();
    return driver.open(info!.id);
  };

  beforeAll(async () => {
    daemon = await startPrivateDaemon();
  });
  afterAll(async () => {
    await daemon.close();
    expect(() => process.kill(daemon.pid, 0)).toThrow();
  });
  beforeEach(async () => {
    driver = pcscReaders({
      clock: systemClock,
      socket: daemon.socket,
      simulated: true,
      onProcess: (pid) => pids.push(pid),
    });
    reader = await openReader();
    await reader.waitForRemoval();
  });
  afterEach(async () => {
    await takeCard();
    await driver.close();
    for (const pid of pids.splice(0)) expect(() => process.kill(pid, 0)).toThrow();
  });

  test("waits for a card, talks to it in short and extended length, and sees it go", async () => {
    const events: string[] = [];
    reader.on(({ type }) => events.push(type));
    expect(reader.atr).toBeNull();
    placeCard();
    expect(hex(await reader.waitForCard())).toBe("3b80800101");
    const channel = await reader.connect();
    expect(hex(await channel.transmit(SELECT))).toBe("9000");
    const extended = await channel.transmit(Uint8Array.of(0, 0xb0, 0, 0, 0, 0xff, 0));
    expect(extended.length).toBe(0xff00 + 2);
    await expect(reader.connect({ timeoutMs: 100 })).rejects.toMatchObject({ code: "device/busy" });
    await expect(channel.transmit(Uint8Array.of(0))).rejects.toMatchObject({ code: "device/bad-data" });
    await expect(channel.transmit(new Uint8Array(70_000))).rejects.toMatchObject({ code: "device/bad-data" });
    await channel.close();
    await channel.close();
    await expect(channel.transmit(SELECT)).rejects.toMatchObject({ code: "device/closed" });
    await takeCard();
    await reader.waitForRemoval();
    expect(events).toEqual(["card-inserted", "card-removed"]);
  });

  test("commands that are sent at once are answered in their order", async () => {
    placeCard();
    const channel = await reader.connect();
    const lengths = [1, 7, 3, 200, 5];
    const answers = await Promise.all(lengths.map((length) => channel.transmit(Uint8Array.of(0, 0xb0, 0, 0, length))));
    expect(answers.map(({ length }) => length - 2)).toEqual(lengths);
    await channel.close();
  });

  test("a card that leaves in the middle of a command: its own failure, and the same document can be read again", async () => {
    placeCard();
    const channel = await reader.connect();
    await expect(channel.transmit(LEAVE)).rejects.toMatchObject({ code: "device/card-removed" });
    await expect(channel.transmit(SELECT)).rejects.toMatchObject({ code: "device/card-removed" });
    await channel.close();
    card = null;
    placeCard();
    const again = await reader.connect();
    expect(hex(await again.transmit(SELECT))).toBe("9000");
    await again.close();
  });

  test("waiting for a card can be given up, and has an end", async () => {
    const stop = new AbortController();
    const waiting = reader.connect({ signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "device/cancelled" });
    await expect(reader.waitForCard({ timeoutMs: 30 })).rejects.toMatchObject({ code: "device/timeout" });
    placeCard();
    const channel = await reader.connect();
    await channel.close();
  });

  test("a chip that never answers: giving up costs the booth nothing, the process that hangs is replaced", async () => {
    placeCard();
    const channel = await reader.connect();
    const stop = new AbortController();
    const silent = channel.transmit(Uint8Array.of(0, 0xef, 0, 0), stop.signal);
    await pause(100);
    stop.abort();
    await expect(silent).rejects.toMatchObject({ code: "device/cancelled" });
    expect((await reader.ended)?.code).toBe("device/hung");
    await takeCard();
    reader = await openReader();
    await reader.waitForRemoval();
    placeCard();
    const again = await reader.connect();
    expect(hex(await again.transmit(SELECT))).toBe("9000");
    await again.close();
  });

  test("the daemon goes and comes back: said, and found again", async () => {
    await daemon.close();
    // Whichever word of the dying daemon comes first.
    expect((await reader.ended)?.code).toMatch(/^device\/(service-down|unplugged)$/);
    await expect(driver.list()).rejects.toMatchObject({ code: "device/service-down" });
    daemon = await startPrivateDaemon();
    await driver.close();
    driver = pcscReaders({ clock: systemClock, socket: daemon.socket, onProcess: (pid) => pids.push(pid) });
    reader = await openReader();
    expect(reader.health().state).toBe("ready");
  });

  test("two private daemons run side by side, however long the first has run; what a dead one left goes", async () => {
    const running = dirname(dirname(daemon.socket));
    const left = await mkdtemp(join(tmpdir(), "kabina-pcscd-"));
    const longAgo = new Date(Date.now() - 600_000);
    for (const folder of [running, left]) await utimes(folder, longAgo, longAgo);
    const other = await startPrivateDaemon({ readerName: "Other" });
    expect(existsSync(daemon.socket)).toBe(true);
    expect(existsSync(left)).toBe(false);
    const others = pcscReaders({ clock: systemClock, socket: other.socket });
    const names = (await others.list()).map(({ name }) => name);
    expect(names[0]).toMatch(/^Other/);
    expect((await driver.list())[0]?.name).toMatch(/^Kabina/);
    await others.close();
    await other.close();
  });
});
