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
  /** Of radians. */
  readonly turn: number;
  readonly flow: number;
  readonly odds: number;
  readonly period: number;
  readonly constant: number;
  /** Score = slope · log-odds + offset, fitted to the impostors' tail between FMR 1e-2 and 1e-4. */
  readonly slope: number;
  readonly offset: number;
}

/** Both prints have ridge flow (our own extractor). */
const WITH_FLOW: Weights = {
  pairs: 1.78,
  weight: 3.98,
  reach: -5.01,
  distance: 0.0134,
  turn: -4.12,
  flow: -0.247,
  odds: 0.374,
  period: -23.6,
  constant: 6.13,
  slope: 4.9,
  offset: 27.5,
};

/** At least one print is minutiae only (another maker's record). */
const MINUTIAE_ONLY: Weights = {
  pairs: 6.26,
  weight: -0.751,
  reach: -6.91,
  distance: -0.691,
  turn: -20,
  flow: 0,
  odds: 0,
  period: 0,
  constant: 11.3,
  slope: 5.55,
  offset: 20.8,
};

/** A few pairs in a small common area fit by chance more often than the weights know: so many pairs prove no more than this. */
const PROVEN = { by: 24, byPair: 4 } as const;

/** Prints that the first look dropped: score = slope · its log-odds + offset, measured likewise; such scores stay below this. */
const DROPPED = { slope: 2.2, offset: 18, most: 13 } as const;
/** Fewer points of common flow than this say nothing. */
const LEAST_FLOW_CELLS = 12;
/** Added to the mean square of the difference of ridge direction before its logarithm is taken. */
const FLOW_FLOOR = 100;
/** Differences of ridge period above this share tell no more. */
const MOST_PERIOD_DIFFERENCE = 0.15;
/** First looks better than this tell no more: fingers of one pattern have the same flow. */
const MOST_ODDS = 2;
const RADIANS = (2 * Math.PI) / 65_536;

/** Score of a comparison: 10 · -log10 of the false-match rate at which it would just pass; never below 0. */
export function decide(e: Evidence): number {
  if (e.pairs === 0) {
    // Without flow nothing is dropped: there was no pair at all.
    return e.odds === 0 ? 0 : Math.max(0, Math.min(DROPPED.most, DROPPED.slope * e.odds + DROPPED.offset));
  }
  const w = e.flowCells >= LEAST_FLOW_CELLS ? WITH_FLOW : MINUTIAE_ONLY;
  return Math.max(0, Math.min(PROVEN.by + PROVEN.byPair * e.pairs, w.slope * logOdds(e, w) + w.offset));
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
    w.turn * e.turn * RADIANS +
    w.flow * Math.log(e.flow + FLOW_FLOOR) +
    w.odds * Math.min(MOST_ODDS, e.odds) +
    w.period * Math.min(e.period, MOST_PERIOD_DIFFERENCE)
  );
}

/** Several fingers of one person: their false-match rates multiply, so their scores add up. */
export function fuse(scores: readonly number[]): number {
  return scores.reduce((sum, score) => sum + score, 0);
}
