/** How a picture splits into the 64 subbands (IAFIS-IC-0110 figure 2): 20 splits, each of rows and of columns. */

/** One split of a rectangle into low and high halves, both ways; inverted where the high half comes first. */
export interface Split {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly invertRows: boolean;
  readonly invertColumns: boolean;
}

export interface Subband {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Subbands 60..63 are never sent. */
export const SENT_SUBBANDS = 60;
/** First subband of blocks 2 and 3. */
export const BLOCK_2 = 19;
export const BLOCK_3 = 52;

const low = (length: number) => Math.ceil(length / 2);
const high = (length: number) => Math.floor(length / 2);
const INVERT_ROWS = new Set([2, 4, 7, 9, 11, 13, 16, 18]);
const INVERT_COLUMNS = new Set([3, 5, 8, 9, 12, 13, 17, 18]);

/** The splits in the order in which an encoder does them; a decoder undoes them backwards. */
export function splits(width: number, height: number): Split[] {
  const [w, h] = [low(width), low(height)];
  const [ww, hh] = [low(w), low(h)];
  const rectangles: Subband[] = [];
  const put = (node: number, x: number, y: number, wide: number, tall: number) => {
    rectangles[node] = { x, y, width: wide, height: tall };
  };
  /** The four quarters of a rectangle; `first` lengths are those of the left and upper ones. */
  const quarters = (node: number, x: number, y: number, wide: number, tall: number, left: number, top: number) => {
    put(node, x, y, left, top);
    put(node + 1, x + left, y, wide - left, top);
    put(node + 2, x, y + top, left, tall - top);
    put(node + 3, x + left, y + top, wide - left, tall - top);
  };
  put(0, 0, 0, width, height);
  put(1, 0, 0, w, h);
  put(2, w, 0, width - w, h);
  put(3, 0, h, w, height - h);
  put(4, ww, 0, high(w), hh);
  put(5, 0, hh, ww, high(h));
  quarters(6, ww, 0, high(w), hh, high(high(w)), low(hh));
  quarters(10, 0, hh, ww, high(h), low(ww), high(high(h)));
  put(14, 0, 0, ww, hh);
  quarters(15, 0, 0, ww, hh, low(ww), low(hh));
  put(19, 0, 0, low(low(ww)), low(low(hh)));
  return rectangles.map((r, node) => ({
    ...r,
    invertRows: INVERT_ROWS.has(node),
    invertColumns: INVERT_COLUMNS.has(node),
  }));
}

/** The last size asked for: a sensor's pictures all have the same. */
let last: { readonly width: number; readonly height: number; readonly bands: readonly Subband[] } | undefined;

/** Where the 64 subbands lie, in the order in which they are sent. */
export function subbands(width: number, height: number): readonly Subband[] {
  if (last?.width !== width || last.height !== height) last = { width, height, bands: makeSubbands(width, height) };
  return last.bands;
}

function makeSubbands(width: number, height: number): Subband[] {
  const s = splits(width, height);
  const bands: Subband[] = [];
  sixteen(bands, 3, s[14]!, false, false);
  sixteen(bands, 19, s[4]!, false, true);
  sixteen(bands, 48, s[0]!, false, false);
  sixteen(bands, 35, s[5]!, true, false);
  const least = s[19]!;
  const [left, top] = [low(least.width), low(least.height)];
  grid(bands, 0, [0, left, least.width], [0, top, least.height], least);
  return bands;
}

/** A rectangle split twice both ways; the second halves were split with low and high exchanged. */
function sixteen(bands: Subband[], start: number, r: Subband, invertY: boolean, invertX: boolean): void {
  const cuts = (length: number, invert: boolean) => {
    const first = invert ? high(length) : low(length);
    return [0, low(first), first, first + high(length - first), length];
  };
  const x = cuts(r.width, invertX);
  const y = cuts(r.height, invertY);
  for (let quarter = 0; quarter < 4; quarter++) {
    const cx = 2 * (quarter & 1);
    const cy = 2 * (quarter >> 1);
    grid(bands, start + 4 * quarter, x.slice(cx, cx + 3), y.slice(cy, cy + 3), r);
  }
}

/** Two by two rectangles between the cuts, row by row. */
function grid(bands: Subband[], start: number, x: readonly number[], y: readonly number[], at: Subband): void {
  for (let k = 0; k < 4; k++) {
    const i = k & 1;
    const j = k >> 1;
    bands[start + k] = { x: at.x + x[i]!, y: at.y + y[j]!, width: x[i + 1]! - x[i]!, height: y[j + 1]! - y[j]! };
  }
}
