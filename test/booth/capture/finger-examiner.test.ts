/**
 * Whose finger it is, with real prints: synthetic people, the engine in its thread, and the booth's own rule. Who gives a wrong
 * finger unnoticed has a passport that they cannot use; who is told so of a right one does not get one.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "@jest/globals";
import { decodeGrey, encodeGreyPng } from "../../../biometrics/image/codec.ts";
import type { GreyImage } from "../../../biometrics/image/image.ts";
import { makeFinger } from "../../../biometrics/synthetic/finger.ts";
import { makeImpression } from "../../../biometrics/synthetic/finger-impression.ts";
import { FingerExaminer } from "../../../booth/capture/finger-examiner.ts";
import { type Impression, judgeFingers } from "../../../booth/session/finger-evidence.ts";
import type { FingerPosition } from "../../../crypto/package/enrolment.ts";

const built = existsSync(
  fileURLToPath(new URL("../../../dist/booth/capture/finger-examiner-thread.js", import.meta.url)),
);
if (!built) console.warn("skipped: the examiner's thread is not built (npm run build)");

(built ? describe : describe.skip)("prints of a person, as the booth takes them", () => {
  const examiner = new FingerExaminer();
  afterAll(() => examiner.rest());

  const touch = (seed: number, finger: FingerPosition, impression: number): GreyImage =>
    makeImpression(makeFinger(seed, finger), { seed: impression }).image;

  /** What the booth would make of these touches, in order: which finger was asked for, which was given. */
  const judge = async (seed: number, touches: readonly [asked: FingerPosition, given: FingerPosition][]) => {
    const taken: (Impression & { readonly png: Uint8Array })[] = [];
    for (const [index, [position, given]] of touches.entries()) {
      const image = touch(seed, given, index + 1);
      const blob = `${seed} ${position} ${index}`;
      const known = taken.map(({ print, png }) => ({ id: print.blob, picture: () => decodeGrey(png, { ppi: 500 }) }));
      const { assessment, scores } = await examiner.examine(blob, image, known);
      taken.push({ position, print: { blob, quality: assessment.score, scores }, png: await encodeGreyPng(image) });
    }
    const order = ["right-index", "left-index"];
    const asked = [...taken].sort((a, b) => order.indexOf(a.position) - order.indexOf(b.position));
    const verdicts = judgeFingers(asked);
    return taken.map(({ print }) => {
      const { kind, position } = verdicts.get(print.blob)!;
      return position === null ? kind : `${kind} ${position}`;
    });
  };
  const [right, left] = ["right-index", "left-index"] as const;

  test.each([1, 2])("person %i: the right fingers are each their own", async (seed) => {
    expect(
      await judge(seed, [
        [right, right],
        [right, right],
        [left, left],
        [left, left],
      ]),
    ).toEqual(["own", "own", "own", "own"]);
  });

  test.each([1, 2])("person %i: the same finger twice, as the other hand's", async (seed) => {
    const found = await judge(seed, [
      [right, right],
      [right, right],
      [left, right],
    ]);
    expect(found).toEqual(["own", "own", "other-finger right-index"]);
  });

  test.each([1, 2])("person %i: left for right, mended when the right one comes", async (seed) => {
    const found = await judge(seed, [
      [right, left],
      [right, left],
      [left, left],
      [right, right],
      [right, right],
    ]);
    expect(found).toEqual(["other-finger left-index", "other-finger left-index", "own", "own", "own"]);
  });

  test.each([1, 2])("person %i: a wrong finger between two right ones", async (seed) => {
    expect(
      await judge(seed, [
        [right, right],
        [right, "right-middle"],
        [right, right],
      ]),
    ).toEqual(["own", "unlike", "own"]);
  });

  test("live pictures are dropped, never queued, and a print is not kept waiting by them", async () => {
    const image = touch(1, "right-index", 1);
    const began = performance.now();
    const frames = Array.from({ length: 30 }, () => examiner.observe(image));
    const print = examiner.examine("last", image, []);
    const seen = (await Promise.all(frames)).filter((sight) => sight !== undefined);
    expect((await print).assessment.present).toBe(true);
    expect(seen.length).toBeLessThanOrEqual(2);
    expect(seen.at(-1)).toMatchObject({ present: true, centred: true });
    expect(performance.now() - began).toBeGreaterThan(0);
  });

  test("a thread that died is another one at the next finger", async () => {
    await examiner.rest();
    await expect(examiner.examine("again", touch(2, "right-index", 1), [])).resolves.toMatchObject({
      assessment: { present: true },
    });
  });

  test("a picture that is none is refused with its code, and the next one is judged", async () => {
    const empty: GreyImage = { width: 0, height: 0, data: new Uint8Array(), ppi: 500 };
    await expect(examiner.examine("none", empty, [])).rejects.toMatchObject({ code: expect.stringMatching(/\//) });
    await expect(examiner.observe(touch(1, "left-index", 1))).resolves.toMatchObject({ present: true });
  });
});
