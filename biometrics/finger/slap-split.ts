/**
 * Fingers that touch on the glass are one blob of ink. Seen along the fingers, such a blob is thick through each finger and thin where
 * two round sides meet: it is cut there, each time at the thinnest place, for the lean at which the cuts are clearest.
 */
const { floor, max, min, round, tan } = Math;

/** Narrower blobs are one finger, cells (20 mm at 8 pixels of 500 ppi). */
const LEAST_WIDTH = 50;
/** A finger cut off is at least so wide, cells. */
const LEAST_PART = 20;
/** Where two fingers meet, the ink is at most this share of the thinner one's thickness; more of it when the whole is too wide for one finger. */
const MOST_NECK = 0.8;
const MOST_NECK_OF_WIDE = 0.88;
/** Leans that are tried, degrees. */
const LEANS = [-24, -18, -12, -6, 0, 6, 12, 18, 24];

/**
 * @param cells indices of the blob's cells, row by row over `columns`
 * @param widest no finger is wider, cells
 * @param least a part with fewer cells is no finger, and is not cut off
 * @returns the parts from left to right, or the blob alone
 */
export function splitTouching(
  cells: readonly number[],
  columns: number,
  widest: number,
  least: number,
): readonly (readonly number[])[] {
  const across = range(cells.map((cell) => cell % columns));
  if (across.most - across.least + 1 < LEAST_WIDTH) return [cells];
  const limits = { least, widest };
  let best: readonly (readonly number[])[] = [cells];
  let clearest = 0;
  for (const lean of LEANS) {
    const slope = tan((lean * Math.PI) / 180);
    const place = cells.map((cell) => round((cell % columns) + slope * floor(cell / columns)));
    const { least: from, most: to } = range(place);
    const thickness = new Float32Array(to - from + 1);
    for (const x of place) thickness[x - from]!++;
    const cuts: Cut[] = [];
    cut(smooth(thickness), thickness, 0, thickness.length, limits, cuts);
    const clearness = cuts.reduce((sum, { neck }) => sum + 1 - neck, 0);
    if (clearness <= clearest) continue;
    clearest = clearness;
    const edges = [...cuts.map(({ at }) => at + from).sort((a, b) => a - b), Number.POSITIVE_INFINITY];
    best = edges.map((edge, i) => cells.filter((_, k) => place[k]! < edge && (i === 0 || place[k]! >= edges[i - 1]!)));
  }
  return best;
}

interface Cut {
  readonly at: number;
  /** Thickness here as a share of the thinner finger's. */
  readonly neck: number;
}

/** Cuts between `start` and `end` at the thinnest place, then each side again; none where nothing is thin enough. */
function cut(
  smoothed: Float32Array,
  thickness: Float32Array,
  start: number,
  end: number,
  limits: { readonly least: number; readonly widest: number },
  cuts: Cut[],
): void {
  const most = end - start > limits.widest ? MOST_NECK_OF_WIDE : MOST_NECK;
  let found: Cut | undefined;
  for (let at = start + LEAST_PART; at <= end - LEAST_PART; at++) {
    const thick = (a: number, b: number) => range(smoothed.subarray(a, b)).most;
    const neck = smoothed[at]! / min(thick(start, at), thick(at + 1, end));
    if (neck > most || (found !== undefined && neck >= found.neck)) continue;
    const area = (a: number, b: number) => thickness.subarray(a, b).reduce((sum, n) => sum + n, 0);
    if (min(area(start, at), area(at, end)) >= limits.least) found = { at, neck };
  }
  if (found === undefined) return;
  cuts.push(found);
  cut(smoothed, thickness, start, found.at, limits, cuts);
  cut(smoothed, thickness, found.at, end, limits, cuts);
}

function range(values: Iterable<number>): { least: number; most: number } {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) {
    least = min(least, v);
    most = max(most, v);
  }
  return { least, most };
}

/** Mean of three neighbours. */
function smooth(values: Float32Array): Float32Array {
  return values.map((v, i) => (values[max(0, i - 1)]! + v + values[min(values.length - 1, i + 1)]!) / 3);
}
