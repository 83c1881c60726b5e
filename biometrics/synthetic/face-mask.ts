/** A cloth mask, laid over the finished face: from under the chin up, as high as the scene has it. */
import { convexHull, polygonMask } from "../image/polygon.ts";
import type { FaceScene } from "./face-scene.ts";
import { headPoint } from "./face-shape.ts";
import type { FaceTraits } from "./face-traits.ts";

/** Height of its upper edge when it hides the nose, and of the lower one, in face units below the eyes. */
const upper = 0.16;
const lower = 1.08;
/** How far it goes round the face, longitude. */
const around = 1.25;
/** How far it stands off the face. */
const off = 0.05;
const cloth = [0.42, 0.55, 0.62] as const;

/** @param place maps face coordinates (before the head is turned) to pixels. */
export function layMask(
  out: Float32Array,
  width: number,
  height: number,
  { mask }: FaceScene,
  traits: FaceTraits,
  place: (x: number, y: number, z: number) => { x: number; y: number },
): void {
  const top = lower - (lower - upper) * mask;
  const corners = [];
  for (let i = 0; i <= 24; i++) {
    const longitude = -around + (2 * around * i) / 24;
    for (const y of [top + 0.12 * (1 - Math.cos(longitude)), lower - 0.35 * (1 - Math.cos(longitude))]) {
      const [x, , z] = headPoint(traits, longitude, y);
      corners.push(place(x * (1 + off), y, z - off));
    }
  }
  const covered = polygonMask(convexHull(corners), width, height);
  for (let i = 0; i < covered.length; i++) {
    if (covered[i] === 0) continue;
    // Folds across, and what light there was on the skin below.
    const light = 0.3 + 1.6 * (0.3 * out[i * 3]! + 0.6 * out[i * 3 + 1]! + 0.1 * out[i * 3 + 2]!);
    const fold = 1 + 0.08 * Math.cos(Math.floor(i / width) * (90 / height));
    for (let k = 0; k < 3; k++) out[i * 3 + k] = cloth[k]! * Math.min(1.1, light) * fold;
  }
}
