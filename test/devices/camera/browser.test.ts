/** If this failed, a person trying Kabina on a laptop could not enrol their own face, or a hostile page could feed the booth rubbish. */
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { systemClock } from "../../../crypto/system-environment.ts";
import { type BrowserCamera, type BrowserCameraWish, browserCamera } from "../../../devices/camera/browser.ts";
import { cameraLimits } from "../../../devices/limits.ts";
import type { Camera, CameraFrame } from "../../../devices/port.ts";
import { joined, picture } from "../pictures.ts";

describe("the browser's camera", () => {
  let browser: BrowserCamera;
  let camera: Camera;
  let wishes: BrowserCameraWish[];

  beforeEach(async () => {
    browser = browserCamera(systemClock);
    wishes = [];
    browser.onWish((wish) => wishes.push(wish));
    browser.setPresent(true);
    const [info] = await browser.list();
    camera = await browser.open(info!.id);
  });
  afterEach(() => camera.close());

  test("asks for a preview while somebody looks, and for exactly as many stills as are wanted", async () => {
    const preview = camera.preview()[Symbol.asyncIterator]();
    const first = preview.next();
    browser.push(await picture(1), "preview");
    expect(((await first).value as CameraFrame).width).toBe(320);
    const burst = camera.burst(3);
    expect(browser.wish()).toEqual({ preview: true, stillsWanted: 3 });
    browser.push(await picture(2), "preview");
    for (let number = 0; number < 3; number += 1) browser.push(await picture(number, 640, 480), "still");
    expect((await burst).map(({ width }) => width)).toEqual([640, 640, 640]);
    await preview.return?.(undefined);
    expect(browser.wish()).toEqual({ preview: false, stillsWanted: 3 });
    const still = camera.still();
    expect(wishes.at(-1)?.stillsWanted).toBe(4);
    browser.push(await picture(5), "still");
    await still;
  });

  test("refuses what is no whole picture before anything decodes it", async () => {
    const whole = await picture(1);
    const refused = [
      new Uint8Array(0),
      Uint8Array.of(0xff, 0xd8, 0xff, 0xd9),
      whole.subarray(0, -2),
      joined(whole, whole),
      joined(Uint8Array.of(1), whole),
      new TextEncoder().encode("<script>alert(1)</script>"),
    ];
    const still = camera.still();
    for (const bytes of refused) {
      expect(() => browser.push(bytes, "still")).toThrow(expect.objectContaining({ code: "device/bad-data" }));
    }
    expect(() => browser.push(new Uint8Array(cameraLimits.frameBytes + 1), "still")).toThrow(
      expect.objectContaining({ code: "device/too-large" }),
    );
    browser.push(whole, "still");
    expect((await still).width).toBe(320);
  });

  test("a page that is closed in the middle of a burst ends the camera, and another page brings it back", async () => {
    const burst = expect(camera.burst(2)).rejects.toMatchObject({ code: "device/unplugged" });
    browser.setPresent(false);
    await burst;
    expect(await browser.list()).toEqual([]);
    await expect(browser.open("browser:camera")).rejects.toMatchObject({ code: "device/no-camera" });
    browser.setPresent(true);
    expect(await browser.list()).toHaveLength(1);
  });
});
