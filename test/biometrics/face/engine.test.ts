import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { faceLimits } from "../../../biometrics/face/limits.ts";
import { encodeJpeg } from "../../../biometrics/image/codec.ts";
import type { RgbImage } from "../../../biometrics/image/image.ts";
import { type Scene, Studio, studioBuilt } from "./studio.ts";

// Much is computed here; other work on the machine must not fail it.
jest.setTimeout(600_000);

/** Synthetic people without hair; of very dark skin the network of parts is not sure (docs/faces.md). */
const SHAVEN = [3, 13, 59];

const small = { width: 640, height: 480 };
const plain = (width: number, height: number, value: number): RgbImage => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(value),
});
const when = studioBuilt ? describe : describe.skip;

let studio: Studio;
beforeAll(() => {
  if (studioBuilt) studio = new Studio();
});
afterAll(() => studio?.close());

when("whoever sits down is found", () => {
  test("at least 95 of 100 people are found, alone, with eyes and turn of the head about right", async () => {
    const seeds = Array.from({ length: 40 }, (_, i) => i + 100);
    let right = 0;
    for (const seed of seeds) {
      const { observation, truth } = await studio.look(seed, small);
      const face = observation.faces[0];
      if (observation.faces.length !== 1 || face === undefined) continue;
      const distance = truth.leftEye.x - truth.rightEye.x;
      const off = (a: { x: number; y: number }, b: { x: number; y: number }) =>
        Math.hypot(a.x - b.x, a.y - b.y) / distance;
      if (off(face.eyes.right, truth.rightEye) > 0.1 || off(face.eyes.left, truth.leftEye) > 0.1) continue;
      if (off(face.nose, truth.nose) > 0.25 || off(face.chin, truth.chin) > 0.25) continue;
      if (Math.max(...Object.values(face.pose).map(Math.abs)) < 9) right++;
    }
    expect(right).toBeGreaterThanOrEqual(38);
  });

  test.each([
    { name: "yaw", angles: [-25, -12, 12, 25] },
    { name: "pitch", angles: [-18, 18] },
    { name: "roll", angles: [-20, 20] },
  ] as const)("the turn of the head is measured: $name", async ({ name, angles }) => {
    for (const angle of angles) {
      const { observation } = await studio.look(8, { ...small, [name]: angle });
      expect(Math.abs((observation.faces[0]?.pose[name] ?? 99) - angle)).toBeLessThan(7);
    }
  });

  test("a person who moves is followed, and let go when the seat is empty", async () => {
    const scenes = Array.from({ length: 10 }, (_, step) => ({ ...small, x: 0.35 + step * 0.03, frame: step }));
    const { seen, after } = await studio.follow(9, scenes, plain(640, 480, 120));
    for (const { truth, observation } of seen)
      expect(Math.abs((observation.faces[0]?.eyes.right.x ?? -99) - truth.rightEye.x)).toBeLessThan(10);
    expect(after.faces).toEqual([]);
  });

  test("everybody in the picture is counted", async () => {
    const { observation, assessment } = await studio.crowd([31, 32, 33, 34, 35], {
      width: 320,
      height: 480,
      eyeDistance: 0.09,
    });
    expect(observation.faces.length).toBe(5);
    expect(assessment.measures["SingleFacePresent"]).toMatchObject({ pass: false, hint: "several-faces" });
  });

  test("an empty seat, a covered lens and noise are no face; a face upside down never passes", async () => {
    const empty = await studio.image(plain(640, 480, 128));
    expect(empty.assessment).toMatchObject({ faces: 0, pass: false, score: 0, hint: "no-face" });
    const black = await studio.image(plain(640, 480, 0));
    expect([black.observation.faces.length, black.observation.brightness]).toEqual([0, 0]);
    const grain = plain(640, 480, 0);
    for (let i = 0; i < grain.data.length; i++) grain.data[i] = Math.imul(i, 2654435761) >>> 24;
    expect((await studio.image(grain)).observation.faces).toEqual([]);
    expect((await studio.upsideDown(3, small)).assessment.pass).toBe(false);
  });
});

when("a portrait that would be sent back is not accepted", () => {
  test("good portraits of all kinds of people pass every measure", async () => {
    for (const seed of [1, 3, 5, 8, 16, 19, 21]) {
      const { assessment } = await studio.look(seed);
      const failed = Object.entries(assessment.measures).filter(([, measure]) => !measure.pass);
      expect({ seed, failed }).toEqual({ seed, failed: [] });
    }
  });

  /** What a person or a room may do, the measures that must fail for it, and the hint of the first. */
  const faults: { change: Scene; measures: readonly [string, ...string[]]; hint: string }[] = [
    { change: { yaw: 18 }, measures: ["HeadPoseYaw"], hint: "turn-right" },
    { change: { yaw: -18 }, measures: ["HeadPoseYaw"], hint: "turn-left" },
    { change: { pitch: 24 }, measures: ["HeadPosePitch"], hint: "chin-down" },
    { change: { pitch: -20 }, measures: ["HeadPosePitch"], hint: "chin-up" },
    { change: { roll: 14 }, measures: ["HeadPoseRoll"], hint: "straighten-head" },
    { change: { eyesOpen: 0 }, measures: ["EyesOpen"], hint: "open-eyes" },
    { change: { gazeX: 28 }, measures: ["Gaze"], hint: "look-at-camera" },
    { change: { mouthOpen: 0.8 }, measures: ["MouthClosed"], hint: "close-mouth" },
    { change: { smile: 1 }, measures: ["ExpressionNeutrality"], hint: "neutral-face" },
    { change: { glasses: "dark" }, measures: ["DarkGlasses", "EyesVisible"], hint: "remove-dark-glasses" },
    { change: { glasses: "clear", glare: 1 }, measures: ["GlassesGlare"], hint: "tilt-glasses" },
    { change: { headCovering: 1 }, measures: ["NoHeadCoverings"], hint: "remove-head-covering" },
    { change: { mask: 1 }, measures: ["MouthOcclusionPrevention", "FaceOcclusionPrevention"], hint: "uncover-face" },
    {
      change: { lightIntensity: 0.1 },
      measures: ["UnderExposurePrevention", "LuminanceMean", "LuminanceVariance"],
      hint: "more-light",
    },
    { change: { lightIntensity: 0.04 }, measures: ["DynamicRange"], hint: "more-light" },
    { change: { lightIntensity: 5 }, measures: ["OverExposurePrevention"], hint: "less-light" },
    { change: { sideShadow: 1 }, measures: ["IlluminationUniformity"], hint: "even-light" },
    { change: { background: "cluttered" }, measures: ["BackgroundShadow"], hint: "clear-background" },
    { change: { background: "patterned" }, measures: ["BackgroundUniformity"], hint: "clear-background" },
    { change: { background: "dark" }, measures: ["BackgroundLight"], hint: "clear-background" },
    { change: { blur: 5 }, measures: ["Sharpness"], hint: "hold-still" },
    { change: { redEye: 1 }, measures: ["RedEyes"], hint: "no-flash" },
    { change: { noise: 16 }, measures: ["Noise"], hint: "more-light" },
    { change: { eyeDistance: 0.06 }, measures: ["InterEyeDistance"], hint: "come-closer" },
    { change: { x: 0.93 }, measures: ["RightwardCropOfTheFaceImage"], hint: "move-right" },
    { change: { x: 0.07 }, measures: ["LeftwardCropOfTheFaceImage"], hint: "move-left" },
    { change: { y: 0.12 }, measures: ["MarginAboveOfTheFaceImage"], hint: "sit-lower" },
    { change: { y: 0.85 }, measures: ["MarginBelowOfTheFaceImage"], hint: "sit-higher" },
    { change: { saturation: 0 }, measures: ["ColourPresent"], hint: "colour-needed" },
    { change: { cast: 1 }, measures: ["NaturalColour"], hint: "even-light" },
  ];
  test.each(faults)("$measures fail for $change", async ({ change, measures, hint }) => {
    const { assessment } = await studio.look(8, change);
    for (const measure of measures)
      expect([measure, assessment.measures[measure]]).toEqual([measure, expect.objectContaining({ pass: false })]);
    expect(assessment.measures[measures[0]]?.hint).toBe(hint);
    expect(assessment.pass).toBe(false);
  });

  test("a picture that was stored too small shows its blocks", async () => {
    const { assessment } = await studio.file(await encodeJpeg((await studio.picture(8)).image, { quality: 8 }));
    expect(assessment.measures["CompressionArtifacts"]).toMatchObject({ pass: false, hint: "better-file" });
  });

  test("there is no measure with a limit that nothing here makes fail", () => {
    const elsewhere = ["SingleFacePresent", "OriginalPixels", "CompressionArtifacts"];
    const made = new Set([...faults.flatMap(({ measures }) => measures as readonly string[]), ...elsewhere]);
    expect(Object.keys(faceLimits.pass).filter((name) => !made.has(name))).toEqual([]);
  });

  test("a picture that was scaled up is not the camera's own", async () => {
    const { assessment } = await studio.scaledUp(8);
    expect(assessment.measures["OriginalPixels"]).toMatchObject({ pass: false, hint: "better-file" });
  });

  test("eyes and chin are found where they are: mostly within 2 % of the eye distance, all within 2.5 %, and 4.5 % of the head's height", async () => {
    let near = 0;
    const seeds = [1, 8, 16, 19];
    for (const seed of seeds) {
      const { observation, truth } = await studio.look(seed);
      const face = observation.faces[0]!;
      const distance = truth.leftEye.x - truth.rightEye.x;
      const off = (a: { x: number; y: number }, b: { x: number; y: number }) =>
        Math.hypot(a.x - b.x, a.y - b.y) / distance;
      const offs = [off(face.eyes.right, truth.rightEye), off(face.eyes.left, truth.leftEye)];
      near += offs.filter((one) => one <= 0.02).length;
      expect(Math.max(...offs)).toBeLessThan(0.025);
      expect(Math.abs(face.chin.y - truth.chin.y) / (2 * (truth.chin.y - truth.leftEye.y))).toBeLessThan(0.045);
    }
    expect(near / (2 * seeds.length)).toBeGreaterThanOrEqual(0.85);
  });

  test("a shaven head is no head covering, however it is held", async () => {
    const values: number[] = [];
    for (const seed of SHAVEN)
      for (const scene of [{}, { yaw: 2, frame: 2 }, { pitch: 2, frame: 3 }])
        values.push((await studio.look(seed, scene)).assessment.measures.NoHeadCoverings?.value ?? 0);
    expect(Math.min(...values)).toBeGreaterThan(90);
  });

  test("clear glasses are allowed", async () => {
    expect((await studio.look(8, { glasses: "clear" })).assessment.pass).toBe(true);
  });
});

when("a person who comes, sits aside and looks away", () => {
  test("is led to the picture, one hint at a time; at this small size only pixels are missing", async () => {
    const { hints, seconds, assessment } = await studio.film(7);
    expect(hints).toEqual(["come-closer", "move-left", "ready", "turn-left", "ready"]);
    expect(seconds).toBeLessThan(6);
    expect(assessment).toMatchObject({ faces: 1, pass: false, hint: "come-closer" });
  });
});
