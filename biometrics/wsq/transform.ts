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
import { compiledPasses, type Passes } from "./passes.ts";
import { splits } from "./subbands.ts";

/** Joins the subbands; the passes hold the picture. @throws `wsq/picture-size` when the picture is smaller than the filters need */
export function join(
  pixels: Float32Array,
  width: number,
  height: number,
  filters: SynthesisFilters,
  make = compiledPasses,
): Passes {
  const passes = make(pixels, width);
  const { columns, rows } = passes;
  const known = plansFor(`${filters.low}|${filters.high}`);
  const plan = (length: number, invert: boolean) => known(length, invert, () => synthesisPlan(length, filters, invert));
  for (const node of splits(width, height).reverse()) {
    const base = node.y * width + node.x;
    const down = plan(node.height, node.invertColumns);
    const along = plan(node.width, node.invertRows);
    inside(base + down.reach * width + node.width, pixels.length);
    columns("pixels", base, 0, node.width, down);
    inside((node.height - 1) * width + along.reach + 1, pixels.length);
    rows("scratch", 0, base, node.height, along);
  }
  return passes;
}

/** Splits the picture that the passes hold into its subbands. */
export function split({ columns, rows }: Passes, width: number, height: number): void {
  const size = width * height;
  const known = plansFor("analysis");
  const plan = (length: number, invert: boolean) =>
    known(length, invert, () => analysisPlan(length, ANALYSIS_LOW, ANALYSIS_HIGH, invert));
  for (const node of splits(width, height)) {
    const base = node.y * width + node.x;
    const along = plan(node.width, node.invertRows);
    const down = plan(node.height, node.invertColumns);
    inside(base + (node.height - 1) * width + along.reach + 1, size);
    rows("pixels", base, 0, node.height, along);
    inside(down.reach * width + node.width, size);
    columns("scratch", 0, base, node.width, down);
  }
}

/** Nothing may be read past the end. */
function inside(end: number, size: number): void {
  if (end > size) throw new BiometricsError("wsq/picture-size", { pixels: size });
}

/** Plans are kept between pictures; a sensor's pictures all have the same few line lengths. */
const MOST_PLANS = 400;
const plans = new Map<string, LinePlan>();

function plansFor(filters: string) {
  return (length: number, invert: boolean, make: () => LinePlan): LinePlan => {
    const key = `${length} ${invert} ${filters}`;
    let plan = plans.get(key);
    if (plan === undefined) {
      plan = make();
      if (plans.size >= MOST_PLANS) plans.clear();
      plans.set(key, plan);
    }
    return plan;
  };
}
