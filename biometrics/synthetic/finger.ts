/** A made-up finger: its whole ridge pattern, from which any number of impressions can be taken. */

import { findMinutiae } from "../finger/minutiae.ts";
import { type FingerPosition, fingerPositions } from "../finger/position.ts";
import { emptyRidgeMap } from "../finger/ridge-map.ts";
import { thin } from "../finger/skeleton.ts";
import { repairSkeleton } from "../finger/skeleton-repair.ts";
import type { Minutia } from "../finger/template.ts";
import { drawClass, type FingerClass, makeFlow, type Place } from "./finger-flow.ts";
import { growRidges } from "./finger-growth.ts";
import { seededRandom } from "./random.ts";

/** The pattern of one finger, pixels at 500 ppi. */
export interface FingerMaster {
  readonly seed: number;
  readonly position: FingerPosition;
  readonly kind: FingerClass;
  readonly width: number;
  readonly height: number;
  readonly ppi: 500;
  /** -1 (middle of a valley) to 1 (middle of a ridge), row by row. */
  readonly wave: Float32Array;
  readonly minutiae: readonly Minutia[];
  readonly cores: readonly Place[];
  readonly deltas: readonly Place[];
}

const WIDTH = 416;
const HEIGHT = 560;

/** Makes the finger at a position of the person with this seed; always the same one. About a second of work. */
export function makeFinger(seed: number, position: FingerPosition): FingerMaster {
  const random = seededRandom(seed, "finger", fingerPositions[position]);
  const kind = drawClass(random, position.startsWith("left") ? "left" : "right");
  const flow = makeFlow(kind, WIDTH, HEIGHT, random);
  const wave = growRidges(flow, WIDTH, HEIGHT, random);
  const minutiae = masterMinutiae(wave, flow.angle);
  const { cores, deltas } = flow;
  return { seed, position, kind, width: WIDTH, height: HEIGHT, ppi: 500, wave, minutiae, cores, deltas };
}

/** The true minutiae of a clean pattern: the ends and forks of its thinned ridges. */
function masterMinutiae(wave: Float32Array, angle: (x: number, y: number) => number): Minutia[] {
  const map = emptyRidgeMap(WIDTH, HEIGHT);
  for (let i = 0; i < map.mask.length; i++) {
    const x = ((i % map.columns) + 0.5) * map.cell;
    const y = (Math.floor(i / map.columns) + 0.5) * map.cell;
    map.mask[i] = 1;
    map.cos2[i] = Math.cos(2 * angle(x, y));
    map.sin2[i] = Math.sin(2 * angle(x, y));
  }
  const skeleton = Uint8Array.from(wave, (v) => (v > 0 ? 1 : 0));
  thin(skeleton, WIDTH, HEIGHT);
  repairSkeleton(skeleton, WIDTH, HEIGHT);
  return findMinutiae(skeleton, WIDTH, HEIGHT, map, new Float32Array(map.mask.length).fill(1));
}
