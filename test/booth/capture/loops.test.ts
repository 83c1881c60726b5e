import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { FaceDetector } from "../../../biometrics/face/detector.ts";
import { MotionWatch } from "../../../biometrics/face/presentation/motion-watch.ts";
import { decodeImage, encodeJpeg } from "../../../biometrics/image/codec.ts";
import { encodeJp2 } from "../../../biometrics/image/jpeg2000.ts";
import { chipLoop } from "../../../booth/capture/chip-loop.ts";
import type { BoothDevices, WatchedDevice } from "../../../booth/capture/devices.ts";
import { portraitBurst } from "../../../booth/capture/portrait-burst.ts";
import { shownPicture } from "../../../booth/capture/shown-picture.ts";
import { readZone } from "../../../booth/capture/zone.ts";
import { KabinaError } from "../../../crypto/errors/kabina-error.ts";
import { systemClock, systemRandom } from "../../../crypto/system-environment.ts";
import type { DeviceKind } from "../../../devices/port.ts";
import type { CardChannel } from "../../../mrtd/card/channel.ts";
import { parseMrz } from "../../../mrtd/mrz/parse.ts";
import { makePassport } from "../../../mrtd/synthetic/passport.ts";
import { VirtualPassport } from "../../../mrtd/virtual/passport.ts";
import { FakeStage } from "../fake-stage.ts";
import { at, begun, send, specimenLines, way } from "../session/sample-events.ts";

/** A device that is there, with these methods only. */
function present<Kind extends DeviceKind>(device: unknown): WatchedDevice<Kind> {
  return {
    current: device as never,
    info: null,
    health: () => ({ state: "ready", problem: null, since: new Date() }),
    ready: async () => device as never,
    on: () => () => {},
  };
}
const only = (kind: DeviceKind, device: unknown) => ({ [kind]: present(device) }) as unknown as BoothDevices;

describe("portrait burst", () => {
  test("a camera unplugged in the middle of the burst gives no half burst, and the reason goes on", async () => {
    const camera = { burst: async () => Promise.reject(new KabinaError("device/unplugged", { device: "camera" })) };
    const stage = new FakeStage(send(way.face(begun()), { type: "face.take" }));
    const tools = {
      motion: new MotionWatch(),
      devices: only("camera", camera),
      browser: present<"camera">(null),
      previewUrl: () => "",
      clock: systemClock,
      random: systemRandom,
    };
    const detector = {} as FaceDetector;
    await expect(portraitBurst({ ...tools, detector })(stage)).rejects.toMatchObject({ code: "device/unplugged" });
    expect(stage.told).toEqual([]);
    expect(stage.blobs.size).toBe(0);
  });

  test("a still that is no picture is refused with its own code", async () => {
    const camera = {
      burst: async () => [{ jpeg: new Uint8Array([1, 2, 3]), width: 1, height: 1, takenAt: 0, sequence: 0 }],
    };
    const stage = new FakeStage(send(way.face(begun()), { type: "face.take" }));
    const tools = {
      motion: new MotionWatch(),
      devices: only("camera", camera),
      browser: present<"camera">(null),
      previewUrl: () => "",
      clock: systemClock,
      random: systemRandom,
    };
    const detector = {} as FaceDetector;
    await expect(portraitBurst({ ...tools, detector })(stage)).rejects.toMatchObject({ code: "image/format-unknown" });
    expect(stage.told).toEqual([]);
  });
});

describe("the portrait", () => {
  test("is cut out of the still, and the still stays: every pixel can be told where it comes from", async () => {
    const still = await encodeJpeg({ width: 640, height: 480, data: new Uint8Array(640 * 480 * 3).fill(120) });
    const camera = { burst: async () => [{ jpeg: still, width: 640, height: 480, takenAt: 0, sequence: 0 }] };
    const seen = { eyes: { right: { x: 290, y: 200 }, left: { x: 350, y: 200 } }, chin: { x: 320, y: 280 } };
    const detector = {
      assess: async () => ({ measures: {}, presentation: [], score: 70, pass: true, observation: { faces: [seen] } }),
    } as unknown as FaceDetector;
    const stage = new FakeStage(send(way.face(begun()), { type: "face.take" }));
    await portraitBurst({
      devices: only("camera", camera),
      browser: present<"camera">(null),
      previewUrl: () => "",
      clock: systemClock,
      random: systemRandom,
      motion: new MotionWatch(),
      detector,
    })(stage);
    const [told] = stage.told;
    if (told?.type !== "face.taken") throw new Error("nothing taken");
    const { blob, cut } = told.candidates[0]!;
    expect(stage.blobs.get(blob)).toEqual(still);
    const portrait = stage.blobs.get(cut!.blob)!;
    const { width, height } = await decodeImage(portrait);
    expect(width / height).toBeCloseTo(35 / 45, 1);
    const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
    expect(cut!.record.still).toEqual({ bytes: still.length, sha256: sha256(still) });
    expect(cut!.record.portrait).toEqual({ width, height, bytes: portrait.length, sha256: sha256(portrait) });
  });
});

describe("chip loop", () => {
  const zone = readZone(specimenLines, new Date(at)).reading!;
  const jpeg = encodeJpeg({ width: 64, height: 80, data: new Uint8Array(64 * 80 * 3).map((_, index) => index % 251) });
  const passport = async () =>
    makePassport({
      mrz: parseMrz(zone.lines.join("\n")),
      portrait: await jpeg,
      clock: systemClock,
      random: systemRandom,
    });
  const placed = () => new FakeStage(send(way.document(begun()), { type: "document.mrz", lines: specimenLines }));
  const tools = (reader: unknown) => ({
    devices: only("smartcard", reader),
    clock: systemClock,
    random: systemRandom,
    csca: [],
    inspection: async () => ({
      mayRead: { prints: false, irises: false },
      why: { code: "inspection/absent", details: {} },
    }),
  });
  /** A reader on which the passport lies; `spoil` may change what the chip answers, by the number of the command. */
  const readerOf = async (
    spoil: (n: number, response: Uint8Array) => Uint8Array = (_n, response) => response,
    data?: Awaited<ReturnType<typeof passport>>,
  ) => {
    const card = new VirtualPassport({ data: data ?? (await passport()), random: systemRandom });
    let commands = 0;
    return {
      connect: async (): Promise<CardChannel> => {
        card.reset();
        return {
          atr: card.atr,
          transmit: async (apdu: Uint8Array) => spoil(commands++, card.process(apdu)),
          close: async () => {},
        };
      },
    };
  };

  test("reads COM, SOD, DG1 and DG2, and says what was proved", async () => {
    const stage = placed();
    await chipLoop(tools(await readerOf()))(stage);
    expect(stage.told.map(({ type }) => type)).toEqual(["chip.placed", "chip.read"]);
    const [, read] = stage.told;
    expect([...stage.blobs.keys()].sort()).toEqual([
      "chip-card-access",
      "chip-com",
      "chip-dg1",
      "chip-dg14",
      "chip-dg15",
      "chip-dg2",
      "chip-portrait",
      "chip-sod",
    ]);
    if (read?.type !== "chip.read") throw new Error("no reading");
    expect(read.chip.fields).toEqual(zone.fields);
    expect(read.chip.proofs.find(({ name }) => name === "passive-authentication/hashes")?.outcome).toBe("passed");
    expect(read.chip.proofs.find(({ name }) => name === "passive-authentication/chain")?.outcome).not.toBe("passed");
    expect(stage.shown.document.groups.every(({ state }) => state === "done")).toBe(true);
  });

  test("a JPEG 2000 portrait is shown as a browser can, and goes into the package as it is", async () => {
    const picture = { width: 64, height: 80, data: new Uint8Array(64 * 80 * 3).map((_, index) => index % 251) };
    const data = await makePassport({
      mrz: parseMrz(zone.lines.join("\n")),
      portrait: await encodeJp2(picture, 4000),
      clock: systemClock,
      random: systemRandom,
    });
    const stage = placed();
    await chipLoop(tools(await readerOf(undefined, data)))(stage);
    const read = stage.told.at(-1);
    if (read?.type !== "chip.read") throw new Error("no reading");
    expect(read.chip.portrait).toBe("chip-portrait");
    expect(await decodeImage(stage.blobs.get("chip-portrait")!)).toMatchObject({ width: 64, height: 80 });
    expect([...stage.blobs.get("chip-portrait")!.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
  });

  test("a picture that no browser shows is left out, and costs the reading nothing", async () => {
    expect(await shownPicture({ mediaType: "image/jp2", data: systemRandom(500) })).toBeNull();
  });

  test("taken away and laid back, it goes on", async () => {
    const stage = placed();
    let removed = false;
    const reader = await readerOf((n, response) => {
      if (n !== 6 || removed) return response;
      removed = true;
      throw new KabinaError("device/card-removed", {});
    });
    await chipLoop(tools(reader))(stage);
    expect(stage.told.map(({ type }) => type)).toEqual(["chip.placed", "chip.removed", "chip.placed", "chip.read"]);
  });

  test.each([
    [
      "lies about a length",
      (n: number, r: Uint8Array) => (n === 4 ? Uint8Array.of(0x60, 0x84, 0xff, 0xff, 0xff, 0xff, 0x90, 0) : r),
    ],
    ["answers noise", (n: number, r: Uint8Array) => (n >= 3 ? systemRandom(64) : r)],
    ["answers nothing but its status", (n: number, r: Uint8Array) => (n >= 1 ? Uint8Array.of(0x69, 0x82) : r)],
    ["cuts its answers short", (n: number, r: Uint8Array) => (n >= 4 ? r.subarray(0, 1) : r)],
  ])("a chip that %s ends in a message, and the person can go on", async (_what, spoil) => {
    const stage = placed();
    await chipLoop(tools(await readerOf(spoil)))(stage);
    const last = stage.told.at(-1);
    expect(last?.type).toBe("chip.failed");
    if (last?.type === "chip.failed") expect(last.code).toMatch(/^(mrtd|card|device|chip)\//);
    expect(stage.blobs.size).toBe(0);
  });

  test("another person's zone does not open the passport", async () => {
    const other = [specimenLines[0]!, "L898902C<3UTO6908061F9406236ZE184226B<<<<<14"];
    const stage = new FakeStage(send(way.document(begun()), { type: "document.mrz", lines: other }));
    expect(stage.session.mrz).not.toBeNull();
    await chipLoop(tools(await readerOf()))(stage);
    expect(stage.told.at(-1)?.type).toBe("chip.failed");
  });
});
