/** A template made ready for matching: flat arrays in one scale, and a local descriptor for each minutia. */
import { describe, popcount, WORDS } from "./cylinder.ts";
import { MAX_MATCHED_MINUTIAE, WORKING_PPI } from "./limits.ts";
import { type Footprint, footprintOf } from "./overlap.ts";
import type { Template } from "./template.ts";

export interface PreparedTemplate {
  readonly count: number;
  /** Pixels at 500 ppi, y upwards, so that angles turn as in mathematics. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly angle: Float32Array;
  /** Minutiae are sorted by x; for each strip of `STRIP` pixels the first of them at or right of its left edge. */
  readonly strips: Int32Array;
  /** The descriptors, `WORDS` 32-bit words a minutia, and how many bits are set in each. */
  readonly bits: Int32Array;
  readonly ones: Uint16Array;
  readonly footprint: Footprint;
  readonly template: Template;
}

const prepared = new WeakMap<Template, PreparedTemplate>();

/** Prepares a template once; later calls with the same value are free. */
export function prepare(template: Template): PreparedTemplate {
  const known = prepared.get(template);
  if (known !== undefined) return known;
  const scale = WORKING_PPI / template.ppi;
  const kept = [...template.minutiae]
    .sort((a, b) => b.quality - a.quality)
    .slice(0, MAX_MATCHED_MINUTIAE)
    .sort((a, b) => a.x - b.x);
  const count = kept.length;
  const x = Float32Array.from(kept, (m) => m.x * scale);
  const y = Float32Array.from(kept, (m) => -m.y * scale);
  const angle = Float32Array.from(kept, (m) => m.direction);
  const bits = new Int32Array(count * WORDS);
  const ones = new Uint16Array(count);
  for (let i = 0; i < count; i++) describe(i, x, y, angle, bits);
  for (let w = 0; w < bits.length; w++) ones[Math.floor(w / WORDS)]! += popcount(bits[w]!);
  const result: PreparedTemplate = {
    count,
    x,
    y,
    angle,
    strips: stripsOf(x, template.width * scale),
    bits,
    ones,
    footprint: footprintOf(template),
    template,
  };
  prepared.set(template, result);
  return result;
}

/** Width of a strip of the index by x, pixels. */
export const STRIP = 8;

function stripsOf(x: Float32Array, width: number): Int32Array {
  const strips = new Int32Array(Math.max(1, Math.ceil(Math.min(width, 20_000) / STRIP)));
  let first = 0;
  for (let s = 0; s < strips.length; s++) {
    while (first < x.length && x[first]! < s * STRIP) first++;
    strips[s] = first;
  }
  return strips;
}
