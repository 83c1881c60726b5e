import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type FaceComparer, openFaceDetector } from "../../../biometrics/face/detector.ts";
import { evaluateFaces } from "../../../biometrics/face/evaluation.ts";
import { type FaceLikeness, fmrAt, leastFmr, likenessOf, verdictOf } from "../../../biometrics/face/likeness.ts";
import { faceLimits } from "../../../biometrics/face/limits.ts";
import { Studio, studioBuilt } from "./studio.ts";

const folder = "../shared/data/biometrics/faces";
const present = existsSync(folder) && studioBuilt;
if (!present) console.warn(`skipped: ${folder} or dist/ is not here, so no real faces are compared`);

describe("what is claimed of two faces", () => {
  test("falls with their distance, and never goes beyond what the data show", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true }), (a, b) => {
        const [near, far] = [Math.min(a, b), Math.max(a, b)];
        expect(fmrAt(near)).toBeLessThanOrEqual(fmrAt(far));
        expect(fmrAt(near)).toBeGreaterThanOrEqual(leastFmr);
        expect(fmrAt(far)).toBeLessThanOrEqual(1);
      }),
    );
    expect(likenessOf(new Float32Array(128), new Float32Array(128))).toMatchObject({
      distance: 0,
      fmr: 0.001,
      score: 30,
    });
    expect(fmrAt(0.501)).toBeCloseTo(0.01, 10);
    const verdict = (score: number) => verdictOf({ score } as FaceLikeness, faceLimits.likeness);
    expect([verdict(20), verdict(19.9), verdict(10), verdict(9.9)]).toEqual(["agrees", "unsure", "unsure", "differs"]);
  });

  test("an evaluation counts every pair once and states no rate that fewer than three pairs stand for", () => {
    const at = (person: string, ...place: number[]) => ({ person, descriptor: Float32Array.from(place) });
    const figures = evaluateFaces([at("a", 0, 0), at("a", 0.1, 0), at("b", 1, 0), at("c", 0, 1)]);
    expect(figures).toMatchObject({ genuine: 1, impostors: 5, people: 3, pictures: 4, eer: 0 });
    expect(figures.distances.every(({ fmr }) => fmr * 5 >= 3)).toBe(true);
  });
});

(studioBuilt ? describe : describe.skip)("the person before the camera and the one in the chip", () => {
  let comparer: FaceComparer;
  let studio: Studio;
  beforeAll(async () => {
    comparer = await openFaceDetector();
    studio = new Studio();
  });
  afterAll(async () => {
    await comparer?.close();
    await studio?.close();
  });

  test("a picture without a face is not compared, and it is said which one that was", async () => {
    const { image } = await studio.picture(4, { width: 640, height: 480 });
    const empty = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3) };
    await expect(comparer.compare(image, empty)).rejects.toMatchObject({ code: "face/none", details: { file: "2" } });
    expect((await comparer.compare(image, image)).distance).toBeLessThan(1e-6);
  });

  (present ? test : test.skip)(
    "of 80 different people hardly one in a hundred pairs agrees; damaged pictures of one person do",
    async () => {
      const descriptors = async (sub: string, pattern: RegExp, person: (name: string) => string) => {
        const names = readdirSync(join(folder, sub)).filter((name) => pattern.test(name));
        const described = [];
        for (const name of names) {
          const descriptor = await studio.descriptor(readFileSync(join(folder, sub, name)));
          if (descriptor !== undefined) described.push({ person: person(name), descriptor });
        }
        return described;
      };
      const people = [
        ...(await descriptors("photos_cc0", /jpg$/, (name) => name)),
        ...(await descriptors("portraits_ai", /jpg$/, (name) => name)),
      ];
      const figures = evaluateFaces(people);
      expect(figures.impostors).toBeGreaterThan(3000);
      for (const { fmr, measured } of figures.calibration) if (fmr >= 0.01) expect(measured).toBeLessThan(fmr * 1.3);
      const damaged = evaluateFaces([
        ...(await descriptors("icao_crops", /png$/, (name) => name.replace(/\..*/, ""))),
        ...(await descriptors(
          "degraded",
          /(jpeg_quality_15|noise|roll_deg_8|side_shadow_0.5|blur_sigma_2|greyscale)/,
          (name) => name.replace(/__.*/, ""),
        )),
      ]);
      expect(damaged.calibration.find(({ fmr }) => fmr === 0.01)!.fnmr).toBeLessThan(0.02);
    },
    120_000,
  );
});
