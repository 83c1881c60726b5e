/**
 * From the evidence of a comparison to its score: a logistic weighing of the evidence, laid on the scale of false-match rates.
 * docs/fingers.md says how both were measured.
 */
import type { Evidence } from "./evidence.ts";

interface Weights {
  readonly pairs: number;
  readonly weight: number;
  readonly reach: number;
  readonly distance: number;
  readonly turn: number;
  readonly flow: number;
  readonly period: number;
  readonly constant: number;
  /** Score = slope · log-odds + offset, fitted to the impostors' tail between FMR 1e-2 and 1e-4. */
  readonly slope: number;
  readonly offset: number;
}

/** Both prints have ridge flow (our own extractor). */
const WITH_FLOW: Weights = {
  pairs: 3.81,
  weight: 1.41,
  reach: -5.51,
  distance: -0.363,
  turn: -7.02,
  flow: 0.823,
  period: -29.7,
  constant: 7.12,
  slope: 6,
  offset: 25,
};

/** At least one print is minutiae only (another maker's record). */
const MINUTIAE_ONLY: Weights = {
  pairs: 4.71,
  weight: 1.32,
  reach: -6.51,
  distance: -0.439,
  turn: -15.8,
  flow: 0,
  period: 0,
  constant: 9.7,
  slope: 6.2,
  offset: 21.3,
};

/** Fewer cells of common flow than this say nothing. */
const LEAST_FLOW_CELLS = 12;
/** Differences of ridge period above this share tell no more. */
const MOST_PERIOD_DIFFERENCE = 0.15;

/** Score of a comparison: 10 · -log10 of the false-match rate at which it would just pass; never below 0. */
export function decide(e: Evidence): number {
  const w = e.flowCells >= LEAST_FLOW_CELLS ? WITH_FLOW : MINUTIAE_ONLY;
  return Math.max(0, w.slope * logOdds(e, w) + w.offset);
}

/** Log-odds for "the same finger" in a set with as many genuine as impostor pairs. */
function logOdds(e: Evidence, w: Weights): number {
  const reach = Math.sqrt((e.reachA + 5) * (e.reachB + 5));
  return (
    w.constant +
    w.pairs * Math.sqrt(e.pairs) +
    w.weight * Math.log1p(e.weight) +
    w.reach * Math.log(reach) +
    w.distance * e.distance +
    w.turn * e.turn +
    w.flow * -Math.log(1.02 - Math.max(0, e.flow)) +
    w.period * Math.min(e.period, MOST_PERIOD_DIFFERENCE)
  );
}

/** Several fingers of one person: their false-match rates multiply, so their scores add up. */
export function fuse(scores: readonly number[]): number {
  return scores.reduce((sum, score) => sum + score, 0);
}
