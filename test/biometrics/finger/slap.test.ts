import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { cropFinger, type FingerPosition, fingerPositions, segmentSlap } from "../../../biometrics/finger/finger.ts";
import { decodeGrey } from "../../../biometrics/image/codec.ts";
import type { GreyImage } from "../../../biometrics/image/image.ts";
import { press } from "./prints.ts";

/** A hand on the glass: prints pasted where the tips of a right hand lie. */
function slap(fingers: readonly (readonly [FingerPosition, number, number])[]): GreyImage {
  const [width, height] = [1600, 1200];
  const data = new Uint8Array(width * height).fill(250);
  for (const [position, left, top] of fingers) {
    const { image } = press(1, position, { seed: 2, noise: 0.1 });
    for (let y = 0; y < image.height; y++) {
      for (let x = 0; x < image.width; x++) {
        const at = (y + top) * width + x + left;
        data[at] = Math.min(data[at]!, image.data[y * image.width + x]! > 215 ? 250 : image.data[y * image.width + x]!);
      }
    }
  }
  return { width, height, ppi: 500, data };
}

const HAND = [
  ["right-index", 0, 220],
  ["right-middle", 400, 100],
  ["right-ring", 800, 120],
  ["right-little", 1200, 340],
] as const;

/** How far each tip lies below the middle finger's, pixels. */
const BELOW = { index: 110, middle: 0, ring: 25, little: 240 } as const;

/** A hand that lies turned on the glass (clockwise), one finger perhaps missing; `apart` pixels from finger to finger, which are some 350 wide. */
function turnedSlap(hand: "left" | "right", degrees: number, absent?: string, apart = 410): GreyImage {
  const [width, height] = [1900, 1700];
  const data = new Uint8Array(width * height).fill(250);
  const turn = (degrees * Math.PI) / 180;
  const names = ["index", "middle", "ring", "little"] as const;
  for (const [k, name] of (hand === "right" ? names : [...names].reverse()).entries()) {
    if (name === absent) continue;
    const [across, down] = [(k - 1.5) * apart, (BELOW[name] * apart) / 410 - 120];
    const cx = width / 2 + across * Math.cos(turn) - down * Math.sin(turn);
    const cy = height / 2 - 80 + across * Math.sin(turn) + down * Math.cos(turn);
    const { image } = press(1, `${hand}-${name}`, { seed: k, noise: 0.15, rotation: degrees });
    for (let i = 0; i < image.data.length; i++) {
      const x = Math.round(cx - image.width / 2 + (i % image.width));
      const y = Math.round(cy - image.height / 2 + Math.floor(i / image.width));
      if (image.data[i]! > 215 || x < 0 || y < 0 || x >= width || y >= height) continue;
      data[y * width + x] = Math.min(data[y * width + x]!, image.data[i]!);
    }
  }
  return { width, height, ppi: 500, data };
}

describe("slaps", () => {
  test("four fingers are found, named and told apart from the other hand: else a left finger is enrolled as a right one", () => {
    const found = segmentSlap(slap(HAND));
    expect(found.hand).toBe("right");
    expect(found.fingers.map((f) => f.position)).toEqual(HAND.map(([position]) => position));
    expect(found.missing).toEqual([]);
  });

  test.each([1, 2, 3])("a missing finger is named and never invented (%i)", (absent) => {
    const found = segmentSlap(slap(HAND.filter((_, i) => i !== absent)));
    expect(found.fingers).toHaveLength(3);
    expect(found.missing).toEqual([HAND[absent]![0]]);
  });

  test.each([
    ["right", -14],
    ["right", 14],
    ["left", -14],
    ["left", 14],
  ] as const)(
    "a %s hand that lies turned by %i degrees is still that hand, each finger named, a missing one too",
    (hand, degrees) => {
      for (const absent of [undefined, "ring", "index"]) {
        const order = hand === "right" ? ["index", "middle", "ring", "little"] : ["little", "ring", "middle", "index"];
        const kept = order.filter((name) => name !== absent).map((name) => `${hand}-${name}`);
        const found = segmentSlap(turnedSlap(hand, degrees, absent));
        expect([absent, found.hand, found.fingers.map((f) => f.position)]).toEqual([absent, hand, kept]);
        expect(found.missing).toEqual(absent === undefined ? [] : [`${hand}-${absent}`]);
        // A partial outline tells its turn only roughly.
        for (const { rotation } of found.fingers) expect(Math.abs(rotation + degrees)).toBeLessThan(16);
      }
    },
  );

  test.each([
    ["right", 0],
    ["left", -12],
  ] as const)(
    "fingers of a %s hand (turned by %i degrees) that touch are told apart, and nobody is named where they lie over each other",
    (hand, degrees) => {
      const order = hand === "right" ? ["index", "middle", "ring", "little"] : ["little", "ring", "middle", "index"];
      const touching = segmentSlap(turnedSlap(hand, degrees, undefined, 330));
      expect(touching.fingers.map((f) => f.position)).toEqual(order.map((name) => `${hand}-${name}`));
      for (const { box } of touching.fingers) expect(box.x1 - box.x0).toBeLessThan(440);
      const over = segmentSlap(turnedSlap(hand, degrees, undefined, 230));
      expect([over.hand, over.missing]).toEqual([undefined, []]);
    },
  );

  test("an empty glass shows no finger, and a finger cut out is a whole finger", () => {
    expect(segmentSlap(slap([])).fingers).toEqual([]);
    const image = slap(HAND);
    const crop = cropFinger(image, segmentSlap(image).fingers[1]!);
    expect(crop.width).toBeGreaterThan(250);
    expect(crop.data.filter((v) => v < 128).length / crop.data.length).toBeGreaterThan(0.2);
  });
});

const shared = new URL("../../../../shared/data/biometrics/slaps/composite/", import.meta.url);
const present = existsSync(shared);
if (!present)
  console.log("skipped: ../shared/data/biometrics/slaps is absent, so slaps with known truth are not tried");
(present ? describe : describe.skip)("slaps with known truth", () => {
  const truth = present ? readFileSync(new URL("truth.csv", shared), "latin1").trim().split("\n").slice(1) : [];
  const files = present ? readdirSync(shared).filter((name) => name.endsWith(".png")) : [];
  test.each(files)("%s: all fingers, none invented, each named", async (name) => {
    const { fingers } = segmentSlap(await decodeGrey(readFileSync(new URL(name, shared)), { ppi: 500 }));
    const expected = truth.map((line) => line.split(",")).filter((fields) => fields[0] === name);
    expect(fingers).toHaveLength(expected.length);
    for (const fields of expected) {
      const [x, y] = [Number(fields[8]), Number(fields[9])];
      const hit = fingers.find((f) => x > f.box.x0 && x < f.box.x1 && y > f.box.y0 && y < f.box.y1);
      expect(hit?.position === undefined ? 0 : fingerPositions[hit.position]).toBe(Number(fields[1]));
    }
  });
});
