/**
 * What the devices room costs: a command to a card through our child process against the bare addon in this process, over the same
 * pcscd and card; and the camera parser against a plain search for the same byte in the same memory.
 *
 *     npm run build && node dist/test/bench/devices.js
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type pcscFactory from "pcsclite";
import sharp from "sharp";
import { systemClock } from "../../crypto/system-environment.ts";
import { MjpegParser } from "../../devices/camera/mjpeg-parser.ts";
import { cameraLimits } from "../../devices/limits.ts";
import { pcscReaders } from "../../devices/smartcard/pcsc.ts";
import { startPrivateDaemon } from "../../devices/smartcard/private-daemon.ts";

/** Ours and the bare addon take turns, and the best turn of each counts: other work on the machine slows both. */
const TURNS = 4;
const COMMANDS = 300;
const STREAM_MB = 200;
const SELECT = Uint8Array.of(0, 0xa4, 4, 0, 2, 0x3f, 0);
const CARD = fileURLToPath(new URL("../../../test/devices/smartcard/vpcd-card.mjs", import.meta.url));
const round = (value: number) => Math.round(value * 1000) / 1000;

async function perCommand(transmit: () => Promise<unknown>): Promise<number> {
  for (let warm = 0; warm < 50; warm += 1) await transmit();
  const began = performance.now();
  for (let count = 0; count < COMMANDS; count += 1) await transmit();
  return (performance.now() - began) / COMMANDS;
}

type BareReader = Parameters<Parameters<ReturnType<typeof pcscFactory>["on"]>[1]>[0];

/** The first reader, once it has told of its card, through the addon in this process. */
function bareReader(socket: string): Promise<BareReader> {
  process.env.PCSCLITE_CSOCK_NAME = socket;
  const service = (createRequire(import.meta.url)("pcsclite") as typeof pcscFactory)();
  service.on("error", () => {});
  return new Promise((resolve) => {
    service.on("reader", (reader) => {
      reader.on("error", () => {});
      reader.on("status", ({ state }) => {
        if ((state & reader.SCARD_STATE_PRESENT) !== 0) resolve(reader);
      });
    });
  });
}

async function barePerCommand(reader: BareReader): Promise<number> {
  const protocol = await new Promise<number>((resolve, reject) =>
    reader.connect((error, agreed) => (error ? reject(error) : resolve(agreed))),
  );
  const time = await perCommand(
    () =>
      new Promise<void>((resolve, reject) =>
        reader.transmit(Buffer.from(SELECT), 300, protocol, (error) => (error ? reject(error) : resolve())),
      ),
  );
  await new Promise<void>((resolve) => reader.disconnect(reader.SCARD_LEAVE_CARD, () => resolve()));
  return time;
}

async function commands(): Promise<void> {
  const daemon = await startPrivateDaemon();
  const [program, ...args] = [...daemon.enter, process.execPath, CARD, daemon.host, String(daemon.port)];
  const card = spawn(program as string, args, { stdio: ["pipe", "ignore", "inherit"] });
  const driver = pcscReaders({ clock: systemClock, socket: daemon.socket });
  const [info] = await driver.list();
  const reader = await driver.open(info?.id ?? "");
  const bare = await bareReader(daemon.socket);
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let turn = 0; turn < TURNS; turn += 1) {
    const channel = await reader.connect();
    times.ours.push(await perCommand(() => channel.transmit(SELECT)));
    await channel.close();
    times.bare.push(await barePerCommand(bare));
  }
  const [ours, addon] = [Math.min(...times.ours), Math.min(...times.bare)];
  console.log(
    JSON.stringify({
      bench: "card-command",
      oursMs: round(ours),
      bareAddonMs: round(addon),
      ratio: round(ours / addon),
    }),
  );
  card.stdin?.end();
  await driver.close();
  await daemon.close();
}

async function parser(): Promise<void> {
  const noise = { type: "gaussian" as const, mean: 128, sigma: 20 };
  const picture = { width: 1920, height: 1080, channels: 3 as const, background: "#888", noise };
  const jpeg = await sharp({ create: picture }).jpeg({ quality: 80 }).toBuffer();
  const chunk = Buffer.concat(Array.from({ length: 20 }, () => jpeg));
  const rounds = Math.max(1, Math.round((STREAM_MB * 1e6) / chunk.length));
  let frames = 0;
  const mjpeg = new MjpegParser({
    maxFrameBytes: cameraLimits.frameBytes,
    maxSide: cameraLimits.framePixelsPerSide,
    onFrame: () => {
      frames += 1;
    },
  });
  let began = performance.now();
  for (let count = 0; count < rounds; count += 1) mjpeg.push(chunk);
  const ours = performance.now() - began;
  began = performance.now();
  let found = 0;
  for (let count = 0; count < rounds; count += 1) {
    const copy = Buffer.from(chunk);
    for (let at = copy.indexOf(0xff); at >= 0; at = copy.indexOf(0xff, at + 1)) found += 1;
  }
  const search = performance.now() - began;
  const speed = (milliseconds: number) => Math.round((rounds * chunk.length) / milliseconds / 1000);
  console.log(
    JSON.stringify({
      bench: "mjpeg-parser",
      frames,
      markers: found,
      oursMbPerS: speed(ours),
      plainSearchMbPerS: speed(search),
      ratio: round(search / ours),
    }),
  );
}

await parser();
await commands();
process.exit(0);
