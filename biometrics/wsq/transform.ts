/** Splitting a picture into subbands and joining them again, in single precision. */
import { BiometricsError } from "../errors.ts";
import {
  ANALYSIS_HIGH,
  ANALYSIS_LOW,
  analysisPlan,
  type LinePlan,
  type SynthesisFilters,
  synthesisPlan,
} from "./filters.ts";
import { splits } from "./subbands.ts";

// Taken out once: in a test runner with its own context every look-up of a global is slow.
const { fround } = Math;

/** Joins the subbands in place. @throws `wsq/picture-size` when the picture is smaller than the filters need */
export function join(pixels: Float32Array, width: number, height: number, filters: SynthesisFilters): void {
  const scratch = new Float32Array(pixels.length);
  const plan = remembered((length, invert) => synthesisPlan(length, filters, invert));
  for (const node of splits(width, height).reverse()) {
    const base = node.y * width + node.x;
    columns(scratch, 0, pixels, base, node.width, width, plan(node.height, node.invertColumns));
    rows(pixels, base, scratch, 0, node.height, width, plan(node.width, node.invertRows));
  }
}

/** Splits the picture into its subbands in place. */
export function split(pixels: Float32Array, width: number, height: number): void {
  const scratch = new Float32Array(pixels.length);
  const plan = remembered((length, invert) => analysisPlan(length, ANALYSIS_LOW, ANALYSIS_HIGH, invert));
  for (const node of splits(width, height)) {
    const base = node.y * width + node.x;
    rows(scratch, 0, pixels, base, node.height, width, plan(node.width, node.invertRows));
    columns(pixels, base, scratch, 0, node.width, width, plan(node.height, node.invertColumns));
  }
}

function remembered(make: (length: number, invert: boolean) => LinePlan) {
  const known = new Map<number, LinePlan>();
  return (length: number, invert: boolean): LinePlan => {
    const key = 2 * length + (invert ? 1 : 0);
    let plan = known.get(key);
    if (plan === undefined) {
      plan = make(length, invert);
      known.set(key, plan);
    }
    return plan;
  };
}

/** Runs the plan down every one of `count` columns, a whole row of them at a time. */
function columns(
  out: Float32Array,
  outBase: number,
  from: Float32Array,
  fromBase: number,
  count: number,
  pitch: number,
  plan: LinePlan,
): void {
  if (fromBase + plan.reach * pitch + count > from.length)
    throw new BiometricsError("wsq/picture-size", { pixels: from.length });
  for (let k = 0; k < plan.length; k++) {
    const o = outBase + k * pitch;
    let t = plan.start[k]!;
    const end = plan.start[k + 1]!;
    let s = fromBase + plan.source[t]! * pitch;
    let f = plan.factor[t]!;
    for (let c = 0; c < count; c++) out[o + c] = fround(from[s + c]! * f);
    // Two terms a turn: half the traffic, the same order of sums.
    for (t++; t + 1 < end; t += 2) {
      s = fromBase + plan.source[t]! * pitch;
      f = plan.factor[t]!;
      const s2 = fromBase + plan.source[t + 1]! * pitch;
      const f2 = plan.factor[t + 1]!;
      for (let c = 0; c < count; c++) {
        const sum = fround(out[o + c]! + fround(from[s + c]! * f));
        out[o + c] = fround(sum + fround(from[s2 + c]! * f2));
      }
    }
    if (t < end) {
      s = fromBase + plan.source[t]! * pitch;
      f = plan.factor[t]!;
      for (let c = 0; c < count; c++) out[o + c] = fround(out[o + c]! + fround(from[s + c]! * f));
    }
  }
}

/** Runs the plan along every one of `count` rows. */
function rows(
  out: Float32Array,
  outBase: number,
  from: Float32Array,
  fromBase: number,
  count: number,
  pitch: number,
  plan: LinePlan,
): void {
  if (fromBase + (count - 1) * pitch + plan.reach >= from.length) {
    throw new BiometricsError("wsq/picture-size", { pixels: from.length });
  }
  const { length, start, source, factor } = plan;
  for (let r = 0; r < count; r++) {
    const s = fromBase + r * pitch;
    const o = outBase + r * pitch;
    let t = 0;
    for (let k = 0; k < length; k++) {
      const end = start[k + 1]!;
      let sum = fround(from[s + source[t]!]! * factor[t]!);
      for (t++; t < end; t++) sum = fround(sum + fround(from[s + source[t]!]! * factor[t]!));
      out[o + k] = sum;
    }
  }
}
