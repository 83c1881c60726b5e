/** What can be wrong with pictures although they show ridges: of another scale than they say, or one after another of a finger that moves. */
import type { GreyImage } from "../image/image.ts";
import { CELL } from "./limits.ts";
import type { NormalisedImage } from "./normalise.ts";
import type { RidgeMap } from "./ridge-map.ts";

const { abs, floor, sqrt, PI } = Math;

/** Side of the blocks in which two frames are compared, pixels as captured. */
const BLOCK = 16;

/**
 * Ridge period of the print in working pixels, from how steep its waves are: 2π · deviation / slope. Unlike the period map it is not bound to the
 * periods that a finger may have, so it tells when the stated resolution cannot be true. 0 when there is no finger.
 */
export function steepnessPeriod({ value, width, height }: NormalisedImage, map: RidgeMap): number {
  let slopes = 0;
  let squares = 0;
  for (let y = 2; y < height - 2; y += 2) {
    const row = floor(y / CELL) * map.columns;
    for (let x = 2; x < width - 2; x += 2) {
      if (map.mask[row + ((x / CELL) | 0)] === 0) continue;
      const i = y * width + x;
      const dx = (value[i + 1]! - value[i - 1]!) / 2;
      const dy = (value[i + width]! - value[i - width]!) / 2;
      slopes += dx * dx + dy * dy;
      squares += value[i]! * value[i]!;
    }
  }
  return slopes > 0 ? 2 * PI * sqrt(squares / slopes) : 0;
}

/** Every so many pixels are compared. */
const STEP = 3;
/** Blocks that differ by less than this from their mean show no finger, grey levels. */
const LEAST_CONTRAST = 8;

/**
 * How much two pictures in a row differ where either shows a finger, as a share of its contrast: about 0.1 (noise) when it lies still, 0.5 and more
 * when it moved by a quarter of a ridge. 0 when neither shows anything, 1 when their sizes differ.
 */
export function movementBetween(before: GreyImage, now: GreyImage): number {
  const { width, height } = now;
  if (before.width !== width || before.height !== height) return 1;
  let difference = 0;
  let contrast = 0;
  for (let top = 0; top + BLOCK <= height; top += BLOCK) {
    for (let left = 0; left + BLOCK <= width; left += BLOCK) {
      let [sumA, sumB, count] = [0, 0, 0];
      for (let y = top; y < top + BLOCK; y += STEP) {
        for (let x = left; x < left + BLOCK; x += STEP) {
          sumA += before.data[y * width + x]!;
          sumB += now.data[y * width + x]!;
          count++;
        }
      }
      const [meanA, meanB] = [sumA / count, sumB / count];
      let [spread, apart] = [0, 0];
      for (let y = top; y < top + BLOCK; y += STEP) {
        for (let x = left; x < left + BLOCK; x += STEP) {
          const a = before.data[y * width + x]! - meanA;
          const b = now.data[y * width + x]! - meanB;
          spread += (abs(a) + abs(b)) / 2;
          apart += abs(a - b);
        }
      }
      if (spread / count < LEAST_CONTRAST) continue;
      difference += apart;
      contrast += 2 * spread;
    }
  }
  return contrast > 0 ? difference / contrast : 0;
}

/** From this share of change on, a finger is moving. */
export const MOVING_SHARE = 0.35;
