import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type FaceDetector, openFaceDetector } from "../../../biometrics/face/detector.ts";
import { rankPortraits } from "../../../biometrics/face/rank.ts";
import type { RgbImage } from "../../../biometrics/image/image.ts";
import { Studio } from "./studio.ts";

const built = existsSync("dist/biometrics/face/detector-worker.js");
if (!built) console.warn("skipped: dist/ is not built, so the detector's thread cannot be started");

(built ? describe : describe.skip)("the detector's thread", () => {
  let detector: FaceDetector;
  let studio: Studio;
  let image: RgbImage;
  beforeAll(async () => {
    detector = await openFaceDetector();
    studio = new Studio();
    image = (await studio.picture(4, { width: 640, height: 480 })).image;
  });
  afterAll(async () => {
    await detector?.close();
    await studio?.close();
  });

  test("drops frames that are out of date, and never a still", async () => {
    const [first, stale, still, newest] = await Promise.all([
      detector.observe(image),
      detector.observe(image),
      detector.assess(image),
      detector.observe(image),
    ]);
    expect(first?.faces.length).toBe(1);
    expect(stale).toBeUndefined();
    expect(still.faces).toBe(1);
    expect(newest?.faces.length).toBe(1);
  });

  test("judges a still by the limits that come with it, and the next one by its own again", async () => {
    const usual = await detector.assess(image);
    const [name, { value }] = Object.entries(usual.measures).find(([, one]) => one.pass && one.value < 99)!;
    const strict = await detector.assess(image, { [name]: value + 1 });
    expect(strict.measures[name]).toMatchObject({ pass: false, value, hint: expect.any(String) });
    expect([strict.pass, (await detector.assess(image)).measures[name]!.pass]).toEqual([false, true]);
  });

  test("leaves the caller's picture alone and the event loop free", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await detector.observe(image);
    clearInterval(timer);
    expect(image.data.length).toBe(640 * 480 * 3);
    expect(turns).toBeGreaterThan(0);
  });

  test("a frame whose size is a lie is refused, and the next one is served", async () => {
    await expect(detector.observe({ width: 640, height: 480, data: new Uint8Array(10) })).rejects.toMatchObject({
      code: "face/engine-failed",
    });
    expect((await detector.observe(image))?.faces.length).toBe(1);
  });

  test("of several portraits the best is ranked first", async () => {
    const scenes = [{ yaw: 12 }, {}, { eyesOpen: 0 }, { blur: 4 }];
    const judged = await Promise.all(
      scenes.map(async (scene) => detector.assess((await studio.picture(8, scene)).image)),
    );
    expect(rankPortraits(judged)[0]).toMatchObject({ index: 1, pass: true });
  });

  test("calls that are open when it is closed end with a code", async () => {
    const other = await openFaceDetector();
    const open = other.assess(image);
    const settled = expect(open).rejects.toMatchObject({ code: "face/engine-closed" });
    await other.close();
    await settled;
    await expect(other.observe(image)).rejects.toMatchObject({ code: "face/engine-closed" });
  });
});
