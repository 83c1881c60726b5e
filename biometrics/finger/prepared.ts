/** A template made ready for matching, once: packed for the matcher's loops. */
import { cylinderCodes } from "./cylinder.ts";
import { MAX_MATCHED_MINUTIAE, SEED_MINUTIAE, WORKING_PPI } from "./limits.ts";
import { flowOf } from "./overlap.ts";
import { type PlacedMinutiae, packTemplate } from "./packed-template.ts";
import type { Template } from "./template.ts";

export interface PreparedTemplate {
  /** See packed-template.ts. */
  readonly packed: Uint8Array;
  readonly hasFlow: boolean;
  /** Cylinder codes, made when the template first meets one that has no ridge flow. */
  cylinders(): Int32Array;
}

const prepared = new WeakMap<Template, PreparedTemplate>();

/** Prepares a template once; later calls with the same value are free. */
export function prepare(template: Template): PreparedTemplate {
  const known = prepared.get(template);
  if (known !== undefined) return known;
  const placed = place(template);
  let codes: Int32Array | undefined;
  const result: PreparedTemplate = {
    packed: packTemplate(template, placed),
    hasFlow: flowOf(template) !== undefined,
    cylinders: () => {
      codes ??= cylinderCodes(placed);
      return codes;
    },
  };
  prepared.set(template, result);
  return result;
}

/** The best minutiae at 500 ppi, y upwards so that angles turn as in mathematics, sorted by x. */
function place(template: Template): PlacedMinutiae {
  const scale = WORKING_PPI / template.ppi;
  const kept = [...template.minutiae]
    .sort((a, b) => b.quality - a.quality)
    .slice(0, MAX_MATCHED_MINUTIAE)
    .map((minutia, rank) => ({ ...minutia, rank }))
    .sort((a, b) => a.x - b.x);
  return {
    count: kept.length,
    seeds: Uint8Array.from(kept.flatMap(({ rank }, i) => (rank < SEED_MINUTIAE ? [i] : []))),
    x: Float32Array.from(kept, (m) => m.x * scale),
    y: Float32Array.from(kept, (m) => -m.y * scale),
    angle: Float32Array.from(kept, (m) => m.direction),
  };
}
