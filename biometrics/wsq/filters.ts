/** The wavelet filters of a file and what one line of a split or a join does with them. */

/** Synthesis filters as a decoder uses them, single precision. */
export interface SynthesisFilters {
  readonly high: Float32Array;
  readonly low: Float32Array;
}

/** The 9/7 analysis filters (Cohen, Daubechies and Feauveau) that every known encoder uses. */
export const ANALYSIS_LOW = Float32Array.of(
  0.03782845550699546,
  -0.02384946501938,
  -0.11062440441842342,
  0.3774028556126538,
  0.85269867900940344,
  0.3774028556126538,
  -0.11062440441842342,
  -0.02384946501938,
  0.03782845550699546,
);
export const ANALYSIS_HIGH = Float32Array.of(
  0.06453888262893845,
  -0.04068941760955844,
  -0.41809227322221221,
  0.78848561640566439,
  -0.41809227322221221,
  -0.04068941760955844,
  0.06453888262893845,
);

/** What makes one output sample: inputs by their index on the line, in the order in which they are summed. */
export interface LinePlan {
  readonly length: number;
  /** Terms of output k are those from start[k] up to start[k + 1]. */
  readonly start: Int32Array;
  readonly source: Int32Array;
  readonly factor: Float32Array;
  /** Largest index read; it may lie beyond the line when the line is shorter than the filter. */
  readonly reach: number;
}

/** A walk over a line that turns back at both ends; `hold` ends repeat their last sample once before turning. */
class Walk {
  at: number;
  step: number;
  holdFirst: boolean;
  holdLast: boolean;
  private readonly first: number;
  private readonly last: number;

  constructor(first: number, last: number, at: number, holdFirst: boolean, holdLast: boolean) {
    this.first = first;
    this.last = last;
    this.at = at;
    this.step = -1;
    this.holdFirst = holdFirst;
    this.holdLast = holdLast;
  }

  copy(): Walk {
    const walk = new Walk(this.first, this.last, this.at, this.holdFirst, this.holdLast);
    walk.step = this.step;
    return walk;
  }

  turnAtFirst(): void {
    if (this.at !== this.first) return;
    if (this.holdFirst) {
      this.step = 0;
      this.holdFirst = false;
    } else this.step = 1;
  }

  turnAtLast(): void {
    if (this.at !== this.last) return;
    if (this.holdLast) {
      this.step = 0;
      this.holdLast = false;
    } else this.step = -1;
  }

  advance(): void {
    this.at += this.step;
  }

  get atFirst(): boolean {
    return this.at === this.first;
  }

  get atLast(): boolean {
    return this.at === this.last;
  }
}

interface Term {
  readonly source: number;
  readonly factor: number;
}

function planOf(outputs: readonly (readonly Term[])[]): LinePlan {
  const terms = outputs.flat();
  const start = new Int32Array(outputs.length + 1);
  outputs.forEach((output, k) => {
    start[k + 1] = start[k]! + output.length;
  });
  return {
    length: outputs.length,
    start,
    source: Int32Array.from(terms, (t) => t.source),
    factor: Float32Array.from(terms, (t) => t.factor),
    reach: terms.reduce((most, t) => Math.max(most, t.source), 0),
  };
}

/** Splits a line of `length` samples: the low half, then the high one; the other way round when inverted. */
export function analysisPlan(length: number, low: Float32Array, high: Float32Array, invert: boolean): LinePlan {
  const lowCount = Math.ceil(length / 2);
  const highCount = length - lowCount;
  const filtered = (filter: Float32Array, centre: number, count: number) => {
    const outputs: Term[][] = [];
    const lead = new Walk(0, length - 1, centre, false, false);
    for (let k = 0; k < count; k++) {
      const walk = lead.copy();
      const terms: Term[] = [{ source: walk.at, factor: filter[0]! }];
      for (let i = 1; i < filter.length; i++) {
        walk.turnAtFirst();
        walk.turnAtLast();
        walk.advance();
        terms.push({ source: walk.at, factor: filter[i]! });
      }
      outputs.push(terms);
      for (let i = 0; i < 2; i++) {
        lead.turnAtFirst();
        lead.advance();
      }
    }
    return outputs;
  };
  const lows = filtered(low, (low.length - 1) / 2, lowCount);
  const highs = filtered(high, (high.length - 1) / 2 - 1, highCount);
  return planOf(invert ? [...highs, ...lows] : [...lows, ...highs]);
}

/**
 * Joins a low and a high half to a line of `length` samples. The order of the sums is that of the reference decoder, so that
 * single precision gives its bytes.
 */
export function synthesisPlan(length: number, { low, high }: SynthesisFilters, invert: boolean): LinePlan {
  const odd = length % 2 === 1;
  const whole = low.length % 2 === 1;
  const lowCount = Math.ceil(length / 2);
  const highCount = length - lowCount;
  const lowStart = invert ? highCount : 0;
  const highStart = invert ? 0 : lowCount;
  const lowEnds = whole ? { first: false, last: !odd } : { first: true, last: !odd };
  const highEnds = whole ? { first: true, last: odd } : { first: true, last: true };
  let lowCentre = whole ? (low.length - 1) / 4 : low.length / 4 - 1;
  let highCentre = whole ? (high.length + 1) / 4 - 1 : high.length / 4 - 1;
  lowCentre = Math.trunc(lowCentre);
  highCentre = Math.trunc(highCentre);
  if (!whole && lowCentre === -1) {
    lowCentre = 0;
    lowEnds.first = false;
  }
  if (!whole && highCentre === -1) {
    highCentre = 0;
    highEnds.first = false;
  }
  const lowTap = Math.trunc(whole ? (low.length - 1) / 2 : low.length / 2) % 2;
  const highTap = Math.trunc(whole ? (high.length + 1) / 2 : high.length / 2) % 2;
  const signed = whole ? high : high.map((v) => -v);
  const outputs: Term[][] = Array.from({ length }, () => []);
  const lowLead = new Walk(lowStart, lowStart + lowCount - 1, lowStart + lowCentre, lowEnds.first, lowEnds.last);
  const highLead = new Walk(
    highStart,
    highStart + highCount - 1,
    highStart + highCentre,
    highEnds.first,
    highEnds.last,
  );
  let lowAt = 0;
  let highAt = 0;
  let leadSign = whole ? 1 : -1;
  const rest = whole ? 0 : 2;

  const addLow = (tap: number) => {
    const walk = lowLead.copy();
    const terms: Term[] = [{ source: walk.at, factor: low[tap]! }];
    for (let i = tap + 2; i < low.length; i += 2) {
      walk.turnAtFirst();
      walk.turnAtLast();
      walk.advance();
      terms.push({ source: walk.at, factor: low[i]! });
    }
    // Setting a sample forgets what the high half may have put there before.
    if (lowAt < length) outputs[lowAt] = terms;
    lowAt++;
  };
  const addHigh = (tap: number, held: number) => {
    const walk = highLead.copy();
    let sign = leadSign;
    let left = held;
    for (let i = tap; i < high.length; i += 2) {
      if (walk.atFirst) {
        if (!walk.holdFirst) sign = 1;
        walk.turnAtFirst();
      }
      if (walk.atLast) {
        const holding = walk.holdLast;
        walk.turnAtLast();
        if (holding && !whole && odd) {
          left--;
          sign = left;
          walk.holdLast = left !== 0;
        } else if (!holding && !whole) sign = -1;
      }
      if (highAt < length) outputs[highAt]!.push({ source: walk.at, factor: signed[i]! * sign });
      walk.advance();
    }
    highAt++;
  };

  let firstLow = lowTap;
  let firstHigh = highTap;
  for (let k = 0; k < highCount; k++) {
    for (let tap = firstLow; tap >= 0; tap--) addLow(tap);
    lowLead.turnAtFirst();
    lowLead.advance();
    firstLow = 1;
    for (let tap = firstHigh; tap >= 0; tap--) addHigh(tap, rest);
    if (highLead.atFirst && !highLead.holdFirst) leadSign = 1;
    highLead.turnAtFirst();
    highLead.advance();
    firstHigh = 1;
  }
  const lastLow = odd ? lowTap : lowTap + 1;
  for (let tap = 1; tap >= lastLow; tap--) addLow(tap);
  let held = rest;
  if (odd && high.length === 2) {
    highLead.at -= highLead.step;
    held = 1;
  }
  const lastHigh = odd ? highTap : highTap + 1;
  for (let tap = 1; tap >= lastHigh; tap--) addHigh(tap, held);
  return planOf(outputs);
}
