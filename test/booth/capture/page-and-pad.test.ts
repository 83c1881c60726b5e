/** A page on the scanner and a signature on a pad, as the session takes them. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import sharp from "sharp";
import type { BoothDevices, WatchedDevice } from "../../../booth/capture/devices.ts";
import { pageLoop } from "../../../booth/capture/page-loop.ts";
import { signLoop } from "../../../booth/capture/sign-loop.ts";
import { systemClock } from "../../../crypto/system-environment.ts";
import type { DeviceKind } from "../../../devices/port.ts";
import { fileScanners } from "../../../devices/scanner/file.ts";
import { simulatedPad } from "../../../devices/simulator/signature.ts";
import { parseMrz } from "../../../mrtd/mrz/parse.ts";
import { documentPageSvg } from "../../../mrtd/synthetic/document-page.ts";
import { FakeStage } from "../fake-stage.ts";
import { begun, drawn, send, specimenLines, way } from "../session/sample-events.ts";

const font = "/usr/share/fonts/opentype/ocr-b/OCRB.otf";
if (!existsSync(font)) console.warn("skipped: no OCR B to draw a page with (fonts-ocr-b)");
const withFont = existsSync(font) ? test : test.skip;

function present<Kind extends DeviceKind>(device: unknown): WatchedDevice<Kind> {
  return {
    current: device as never,
    info: null,
    health: () => ({ state: "ready", problem: null, since: new Date() }),
    ready: async () => device as never,
    on: () => () => {},
  };
}

describe("scanner and pad", () => {
  const folder = mkdtempSync(join(tmpdir(), "kabina-page-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const scannerOf = async (image: Uint8Array) => {
    const file = join(folder, "page.jpg");
    writeFileSync(file, image);
    const driver = fileScanners({ clock: systemClock, files: [file] });
    return present<"scanner">(await driver.open((await driver.list())[0]!.id));
  };

  withFont("a scanned page gives its zone; the person sees it before anything is opened with it", async () => {
    const svg = documentPageSvg(parseMrz(specimenLines.join("\n")));
    const page = await sharp(Buffer.from(svg), { density: 850 }).flatten({ background: "#fff" }).jpeg().toBuffer();
    const session = send(way.document(begun()), { type: "document.scan" });
    const stage = new FakeStage(session);
    await pageLoop(await scannerOf(page))(stage);
    expect(stage.told).toEqual([{ type: "document.scanned", lines: specimenLines }]);
    const shown = send(session, ...stage.told);
    expect(shown.context).toMatchObject({ mrz: null, mrzLines: specimenLines, mrzFaults: [] });
    const accepted = send(shown, { type: "document.mrz", lines: specimenLines });
    expect(accepted.context).toMatchObject({ mrzSource: "scanned", mrz: { lines: specimenLines } });
    const typed = send(way.document(begun()), { type: "document.mrz", lines: specimenLines });
    expect(typed.context.mrzSource).toBe("typed");
  });

  test("a page without a zone, and what is no picture, are said with their codes; the lines can be typed", async () => {
    const blank = await sharp({ create: { width: 900, height: 600, channels: 3, background: "#ddd" } })
      .jpeg()
      .toBuffer();
    const session = send(way.document(begun()), { type: "document.scan" });
    for (const [image, code] of [
      [blank, "mrtd/mrz-not-found"],
      [Buffer.from("no picture at all"), "device/bad-data"],
    ] as const) {
      const stage = new FakeStage(session);
      await pageLoop(await scannerOf(image))(stage);
      expect(stage.told).toMatchObject([{ type: "document.unread", code }]);
      const after = send(session, ...stage.told);
      expect(after.context.problem?.code).toBe(code);
      expect(send(after, { type: "document.mrz", lines: specimenLines }).context.mrz).not.toBeNull();
    }
  });

  test("what is drawn on a pad shows on the screen and is sent only when the person says so", async () => {
    const file = join(folder, "signature.json");
    writeFileSync(file, JSON.stringify(drawn));
    const driver = simulatedPad(systemClock, file);
    const pad = await driver.open((await driver.list())[0]!.id);
    const session = way.signature(begun());
    const stage = new FakeStage(session);
    await signLoop({ signature: present<"signature">(pad) } as unknown as BoothDevices)(stage);
    expect(stage.told).toEqual([{ type: "signature.drawn", signature: drawn }]);
    const shown = send(session, ...stage.told);
    expect(shown.context).toMatchObject({ step: "signature", signature: drawn, padRead: true });
    expect(send(shown, { type: "signature.done", signature: drawn }).context.step).toBe("review");
  });
});
