/** Error rates of a matcher over a set of fingers: every pair of impressions is compared once. */

export interface ErrorRates {
  readonly genuine: number;
  readonly impostors: number;
  /** Percent. */
  readonly eer: number;
  readonly fnmr_at_fmr_1e2: number;
  readonly fnmr_at_fmr_1e3: number;
  readonly fnmr_at_fmr_1e4: number;
}

/**
 * Error rates of two lists of scores (larger = more alike), in percent. FNMR at a false-match rate r is taken at the lowest
 * threshold that lets at most the share r of the impostors pass; with fewer than 1/r impostors that is above all of them.
 */
export function errorRates(genuine: readonly number[], impostor: readonly number[]): ErrorRates {
  const g = Float64Array.from(genuine).sort();
  const m = Float64Array.from(impostor).sort();
  const fnmrAt = (rate: number) => {
    if (g.length === 0 || m.length === 0) return Number.NaN;
    const passing = Math.floor(rate * m.length);
    const threshold = m[m.length - 1 - passing]!;
    return (100 * countUpTo(g, threshold)) / g.length;
  };
  return {
    genuine: g.length,
    impostors: m.length,
    eer: equalErrorRate(g, m),
    fnmr_at_fmr_1e2: fnmrAt(1e-2),
    fnmr_at_fmr_1e3: fnmrAt(1e-3),
    fnmr_at_fmr_1e4: fnmrAt(1e-4),
  };
}

/** Where the shares of refused genuine and of accepted impostor pairs cross; percent. */
function equalErrorRate(g: Float64Array, m: Float64Array): number {
  if (g.length === 0 || m.length === 0) return Number.NaN;
  let best = Number.POSITIVE_INFINITY;
  let rate = 50;
  for (const threshold of g) {
    // A pair passes at `threshold` or above.
    const fnmr = countBelow(g, threshold) / g.length;
    const fmr = 1 - countBelow(m, threshold) / m.length;
    if (Math.abs(fnmr - fmr) < best) {
      best = Math.abs(fnmr - fmr);
      rate = (fnmr + fmr) / 2;
    }
  }
  return 100 * rate;
}

function countBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function countUpTo(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
