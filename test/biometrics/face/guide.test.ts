import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PortraitGuide } from "../../../biometrics/face/guide.ts";
import { faceLimits } from "../../../biometrics/face/limits.ts";
import type { FaceObservation, ObservedFace } from "../../../biometrics/face/observation.ts";

const { holdMs, hintMs } = faceLimits.guide;

/** A face in a 640 × 480 frame: perfect unless changed. */
function face(change: Partial<ObservedFace> & { x?: number; y?: number; distance?: number } = {}): ObservedFace {
  const { x = 320, y = 211, distance = 75, ...rest } = change;
  const toChin = distance * 1.65;
  return {
    box: { x: x - distance, y: y - distance, width: distance * 2, height: distance * 2.8 },
    confidence: 0.95,
    meshConfidence: 1,
    eyes: { right: { x: x - distance / 2, y }, left: { x: x + distance / 2, y } },
    interEyeDistance: distance,
    nose: { x, y: y + distance * 0.6 },
    mouth: { x, y: y + distance },
    chin: { x, y: y + toChin },
    crown: { x, y: y - toChin },
    mesh: new Float32Array(0),
    pose: { yaw: 0, pitch: 0, roll: 0 },
    eyesOpen: 0.09,
    gaze: 0,
    parts: null,
    hand: null,
    mouthOpen: 0.01,
    exposure: { mean: 0.3, under: 0, over: 0, balance: 0 },
    cheeks: { red: 0.4, green: 0.3, blue: 0.2 },
    sharpness: 0.2,
    ...rest,
  };
}

let frame = 0;
const seen = (faces: readonly ObservedFace[], brightness = 0.3): FaceObservation => ({
  width: 640,
  height: 480,
  faces,
  brightness,
  fingerprint: ++frame,
  milliseconds: 1,
});

/** The hint that stands after two seconds of this. */
function settled(faces: readonly ObservedFace[], brightness?: number): string {
  const guide = new PortraitGuide();
  let hint = "";
  for (let t = 0; t <= 2000; t += 100) hint = guide.observe(seen(faces, brightness), t).hint;
  return hint;
}

describe("the guide says the one thing that helps", () => {
  const cases: [string, readonly ObservedFace[], number?][] = [
    ["no-face", []],
    ["camera-black", [], 0.0001],
    ["several-faces", [face(), face({ x: 500 })]],
    ["come-closer", [face({ distance: 30 })]],
    ["move-back", [face({ distance: 130 })]],
    ["move-right", [face({ x: 430 })]],
    ["move-left", [face({ x: 210 })]],
    ["sit-lower", [face({ y: 90 })]],
    ["sit-higher", [face({ y: 330 })]],
    ["turn-right", [face({ pose: { yaw: 20, pitch: 0, roll: 0 } })]],
    ["turn-left", [face({ pose: { yaw: -20, pitch: 0, roll: 0 } })]],
    ["chin-down", [face({ pose: { yaw: 0, pitch: 20, roll: 0 } })]],
    ["chin-up", [face({ pose: { yaw: 0, pitch: -20, roll: 0 } })]],
    ["straighten-head", [face({ pose: { yaw: 0, pitch: 0, roll: 15 } })]],
    ["open-eyes", [face({ eyesOpen: 0.01 })]],
    ["look-at-camera", [face({ gaze: 40 })]],
    ["close-mouth", [face({ mouthOpen: 0.3 })]],
    ["more-light", [face({ exposure: { mean: 0.01, under: 1, over: 0, balance: 0 } })]],
    ["less-light", [face({ exposure: { mean: 0.9, under: 0, over: 0.6, balance: 0 } })]],
    ["even-light", [face({ exposure: { mean: 0.3, under: 0, over: 0, balance: 0.9 } })]],
    ["ready", [face()]],
  ];
  test.each(cases.map(([hint, faces, brightness]) => ({ hint, faces, brightness })))(
    "$hint",
    ({ hint, faces, brightness }) => {
      expect(settled(faces, brightness)).toBe(hint);
    },
  );

  test("a camera that shows the same picture for two seconds is called frozen", () => {
    const guide = new PortraitGuide();
    const still = seen([face()]);
    let hint = "";
    for (let t = 0; t <= 4000; t += 100) hint = guide.observe(still, t).hint;
    expect(hint).toBe("camera-frozen");
  });
});

describe("the picture is taken by itself", () => {
  test("after a steady half second, once, and again after a reset", () => {
    const guide = new PortraitGuide();
    const taken: number[] = [];
    for (let t = 0; t <= 3000; t += 50) if (guide.observe(seen([face()]), t).take) taken.push(t);
    expect(taken).toEqual([holdMs]);
    guide.reset();
    for (let t = 3050; t <= 6000; t += 50) if (guide.observe(seen([face()]), t).take) taken.push(t);
    expect(taken.length).toBe(2);
  });

  test("not while the head wanders, and not across a gap in the frames", () => {
    const guide = new PortraitGuide();
    for (let t = 0; t <= 3000; t += 100)
      expect(guide.observe(seen([face({ x: 290 + (t / 100) * 5 })]), t).take).toBe(false);
    const gaps = new PortraitGuide();
    for (let t = 0; t <= 9000; t += 900) expect(gaps.observe(seen([face()]), t).take).toBe(false);
  });
});

describe("whatever the camera shows", () => {
  const anything = fc.array(
    fc.record({
      wait: fc.integer({ min: -50, max: 400 }),
      kind: fc.constantFrom("good", "good", "good", "none", "two", "far", "left", "turned", "blink", "dark", "drift"),
    }),
    { maxLength: 120 },
  );
  const made = (kind: string): FaceObservation => {
    if (kind === "none") return seen([]);
    if (kind === "two") return seen([face(), face({ x: 520 })]);
    if (kind === "far") return seen([face({ distance: 40 })]);
    if (kind === "left") return seen([face({ x: 200 })]);
    if (kind === "turned") return seen([face({ pose: { yaw: 14, pitch: 0, roll: 0 } })]);
    if (kind === "blink") return seen([face({ eyesOpen: 0.01 })]);
    if (kind === "dark") return seen([face({ exposure: { mean: 0.01, under: 1, over: 0, balance: 0 } })]);
    if (kind === "drift") return seen([face({ x: 345 })]);
    return seen([face()]);
  };

  test("hints never follow each other faster than a person can read, and a picture is only taken after half a second of good frames", () => {
    fc.assert(
      fc.property(anything, (steps) => {
        const guide = new PortraitGuide();
        let clock = 0;
        let now = Number.NEGATIVE_INFINITY;
        let shown: { hint: string; since: number } | undefined;
        let goodSince: number | undefined;
        let takes = 0;
        for (const { wait, kind } of steps) {
          clock += wait;
          now = Math.max(now, clock);
          const state = guide.observe(made(kind), clock);
          if (shown !== undefined && state.hint !== shown.hint)
            expect(now - shown.since).toBeGreaterThanOrEqual(hintMs);
          if (shown?.hint !== state.hint) shown = { hint: state.hint, since: now };
          const good = kind === "good" || kind === "drift";
          goodSince = good ? (goodSince ?? now) : undefined;
          expect(state.hold).toBeGreaterThanOrEqual(0);
          expect(state.hold).toBeLessThanOrEqual(1);
          if (!state.take) continue;
          takes++;
          expect(state.hint).toBe("ready");
          expect(goodSince).toBeDefined();
          expect(now - goodSince!).toBeGreaterThanOrEqual(holdMs);
        }
        expect(takes).toBeLessThanOrEqual(1);
      }),
      { numRuns: 200 },
    );
  });
});
