/** If this failed, a slip could not open a session, or a bar code could smuggle control characters into it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { systemClock } from "../../../crypto/system-environment.ts";
import { scannerLimits } from "../../../devices/limits.ts";
import type { DeviceEvent } from "../../../devices/port.ts";
import { fileScanners } from "../../../devices/scanner/file.ts";
import { screenScanner } from "../../../devices/scanner/screen.ts";
import { picture } from "../pictures.ts";

describe("a bar-code reader at the screen", () => {
  test("gives the next code, and every code as an event", async () => {
    const driver = screenScanner(systemClock);
    const scanner = await driver.open("screen:scanner");
    const events: DeviceEvent[] = [];
    scanner.on((event) => events.push(event));
    const next = scanner.scanCode();
    driver.push("KAB-1234\r\n");
    expect((await next).text).toBe("KAB-1234");
    driver.push("Слип № 7");
    expect(events).toMatchObject([{ code: { text: "KAB-1234" } }, { code: { text: "Слип № 7" } }]);
    await expect(scanner.scanPage()).rejects.toMatchObject({ code: "device/unsupported" });
  });

  test("refuses codes that no slip can carry, and goes on", async () => {
    const driver = screenScanner(systemClock);
    const scanner = await driver.open("screen:scanner");
    const next = scanner.scanCode();
    for (const text of ["", "\n", "a\u0000b", "a\u001b[2Jb", "\ud800"]) {
      expect(() => driver.push(text)).toThrow(expect.objectContaining({ code: "device/bad-data" }));
    }
    expect(() => driver.push("x".repeat(scannerLimits.codeLength + 1))).toThrow(
      expect.objectContaining({ code: "device/too-large" }),
    );
    driver.push("' OR 1=1; --<script>");
    expect((await next).text).toBe("' OR 1=1; --<script>");
    const waiting = expect(scanner.scanCode()).rejects.toMatchObject({ code: "device/closed" });
    await scanner.close();
    await waiting;
  });
});

describe("a scanner made of a file", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kabina-scan-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("gives the page that lies there now", async () => {
    const page = join(folder, "page.jpg");
    const driver = fileScanners({ clock: systemClock, files: [page] });
    expect(await driver.list()).toEqual([]);
    writeFileSync(page, await picture(1, 640, 480));
    const [info] = await driver.list();
    const scanner = await driver.open(info!.id);
    expect(await scanner.scanPage()).toMatchObject({ mediaType: "image/jpeg", width: 640, height: 480 });
    writeFileSync(page, "no picture");
    await expect(scanner.scanPage()).rejects.toMatchObject({ code: "device/bad-data" });
    rmSync(page);
    await expect(scanner.scanPage()).rejects.toMatchObject({ code: "device/unplugged" });
  });
});
