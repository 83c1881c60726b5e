/**
 * Ridge counts: how many ridges the straight line between two minutiae crosses (ISO/IEC 19794-2 §7.5.2, ANSI INCITS 378 §6.6.2),
 * from each minutia to its nearest neighbour in each octant around its direction. The ridges on which the two minutiae lie are
 * not counted. Counted on the enhanced picture, not on its skeleton: a line that runs along a skeleton meets it many times.
 */
import type { Extraction } from "./extract.ts";
import type { Minutia, RidgeCount, Template } from "./template.ts";

const OCTANTS = 8;
/** Neighbours beyond this are not counted to, pixels at 500 ppi: between lies skin that both know too little of. */
const MOST_DISTANCE = 180;
/** Steps of the line, pixels. */
const STEP = 0.8;
/** The wave must go this far past zero before the line has changed between ridge and valley: else it only grazes. */
const SURE = 0.05;
/** A ridge that the line meets within this distance of a minutia is the one on which the minutia lies, pixels. */
const OWN_REACH = 3;

/** Counts on the enhanced picture (below 0 = ridge); `minutiae` in its pixels. */
export function countRidges(enhanced: Float32Array, width: number, minutiae: readonly Minutia[]): RidgeCount[] {
  const counts: RidgeCount[] = [];
  minutiae.forEach((minutia, from) => {
    for (const to of octantNeighbours(minutiae, from)) {
      counts.push({ from, to, count: crossings(enhanced, width, minutia, minutiae[to]!) });
    }
  });
  return counts;
}

/** The template of an extraction with its ridge counts, which matching does not need and records do. */
export function withRidgeCounts({
  template,
  enhanced,
  image,
}: Pick<Extraction, "template" | "enhanced" | "image">): Template {
  return { ...template, ridgeCounts: countRidges(enhanced, image.width, template.minutiae) };
}

/** The nearest other minutia in each octant; the first octant is centred on the minutia's direction. */
export function octantNeighbours(minutiae: readonly Minutia[], from: number): number[] {
  const { x, y, direction } = minutiae[from]!;
  const nearest = new Int32Array(OCTANTS).fill(-1);
  const distance = new Float64Array(OCTANTS).fill(MOST_DISTANCE * MOST_DISTANCE);
  for (let to = 0; to < minutiae.length; to++) {
    if (to === from) continue;
    const dx = minutiae[to]!.x - x;
    const dy = y - minutiae[to]!.y;
    const d2 = dx * dx + dy * dy;
    if (d2 === 0) continue;
    const turn = (Math.atan2(dy, dx) - direction) / (2 * Math.PI) + 0.5 / OCTANTS;
    const octant = Math.min(OCTANTS - 1, Math.floor((turn - Math.floor(turn)) * OCTANTS));
    if (d2 >= distance[octant]!) continue;
    distance[octant] = d2;
    nearest[octant] = to;
  }
  return [...nearest].filter((to) => to >= 0);
}

/** Ridges that the line meets and leaves again between the two places. */
function crossings(
  enhanced: Float32Array,
  width: number,
  a: { readonly x: number; readonly y: number },
  b: { readonly x: number; readonly y: number },
): number {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  const steps = Math.ceil(length / STEP);
  const own = OWN_REACH / STEP;
  const stepX = (b.x - a.x) / steps;
  const stepY = (b.y - a.y) / steps;
  let { x, y } = a;
  let count = 0;
  let begun = -1;
  for (let k = 0; k <= steps; k++) {
    const column = x | 0;
    const row = y | 0;
    const at = row * width + column;
    const fx = x - column;
    const fy = y - row;
    const top = enhanced[at]! + fx * (enhanced[at + 1]! - enhanced[at]!);
    const bottom = enhanced[at + width]! + fx * (enhanced[at + width + 1]! - enhanced[at + width]!);
    const value = top + fy * (bottom - top);
    const ridge = value < (begun < 0 ? -SURE : SURE);
    x += stepX;
    y += stepY;
    if (ridge && begun < 0) begun = k;
    if (ridge || begun < 0) continue;
    if (begun > own && k - 1 < steps - own) count++;
    begun = -1;
  }
  return count;
}
