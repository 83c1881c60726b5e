/** A person before the camera, frame by frame: a script of moments, with the small unrest of a living body in between. */
import type { ChallengeKind } from "../face/presentation/challenge.ts";
import { step } from "./curve.ts";
import type { FaceModel, SyntheticFace } from "./face.ts";
import type { FaceScene } from "./face-scene.ts";
import { noise } from "./noise.ts";

/** What the person does until a moment, in seconds from the start; what is left out stays as it was. */
export interface FaceMoment {
  readonly at: number;
  readonly scene: Partial<FaceScene>;
}

/** Comes from afar, sits off the middle, looks aside, then faces the camera and holds. */
export const approachScript: readonly FaceMoment[] = [
  { at: 0, scene: { eyeDistance: 0.062, x: 0.34, y: 0.36, yaw: 14, pitch: -4 } },
  { at: 0.9, scene: { eyeDistance: 0.078, x: 0.36, y: 0.37, yaw: 8 } },
  { at: 1.7, scene: { eyeDistance: 0.15, x: 0.35, y: 0.43, yaw: 4, pitch: 0 } },
  { at: 2.3, scene: { eyeDistance: 0.152, x: 0.36, y: 0.44, yaw: 2 } },
  { at: 2.9, scene: { eyeDistance: 0.155, x: 0.5, y: 0.44, yaw: -20 } },
  { at: 3.5, scene: { yaw: -19 } },
  { at: 4, scene: { yaw: 0 } },
  { at: 7, scene: { yaw: 0 } },
];

/** Already in place, and holds. */
export const holdScript: readonly FaceMoment[] = [
  { at: 0, scene: {} },
  { at: 2.4, scene: {} },
];

/** What a person does when they are asked to, picture by picture; the last one is held. */
export const answerScenes: Readonly<Record<"rest" | ChallengeKind, readonly Partial<FaceScene>[]>> = {
  rest: [{}],
  "turn-left": [{ yaw: 8 }, { yaw: 16 }, { yaw: 23 }],
  "turn-right": [{ yaw: -8 }, { yaw: -16 }, { yaw: -23 }],
  "close-eyes": [{ eyesOpen: 0 }],
};

/** How much of a screen's light reaches a face before it, as `screenGain` of the scene, and a wall a step behind. */
export const screenReach = { face: 0.12, behind: 0.02 } as const;

/** Frames of a script, in order. @param fps frames a second */
export function* filmFace(
  model: FaceModel,
  script: readonly FaceMoment[],
  fps: number,
  base: Partial<FaceScene> = {},
): Generator<SyntheticFace & { readonly seconds: number }> {
  const end = script.at(-1)?.at ?? 0;
  const count = Math.round(end * fps);
  for (let frame = 0; frame < count; frame++) {
    const seconds = frame / fps;
    const scene = { ...base, ...moment(script, seconds) };
    const sway = (n: number) => noise(seconds * 0.7, n * 7.7, model.traits.seed + n);
    // A blink now and then, a fifth of a second long.
    const blink = Math.abs(((seconds + 0.6) % 2.9) - 0.1) < 0.09 ? 0.05 : 1;
    yield {
      ...model.photograph({
        ...scene,
        x: (scene.x ?? 0.5) + sway(1) * 0.004,
        y: (scene.y ?? 0.44) + sway(2) * 0.003,
        yaw: (scene.yaw ?? 0) + sway(3) * 1.2,
        pitch: (scene.pitch ?? 0) + sway(4) * 1,
        roll: (scene.roll ?? 0) + sway(5) * 0.8,
        eyesOpen: (scene.eyesOpen ?? 1) * blink,
        frame,
      }),
      seconds,
    };
  }
}

/** The scene at a time: numbers move smoothly from moment to moment. */
function moment(script: readonly FaceMoment[], seconds: number): Partial<FaceScene> {
  let held: Record<string, unknown> = {};
  for (const { at, scene } of script) {
    if (at <= seconds) {
      held = { ...held, ...scene };
      continue;
    }
    const before = script.filter((one) => one.at <= seconds).at(-1)?.at ?? 0;
    const share = step(before, at, seconds);
    for (const [name, value] of Object.entries(scene)) {
      const from = held[name];
      if (typeof from === "number" && typeof value === "number") held[name] = from + (value - from) * share;
    }
    break;
  }
  return held as Partial<FaceScene>;
}
