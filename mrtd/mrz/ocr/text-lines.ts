/** Straight rows of blobs of one size, which lines of text are. */
import type { Blob } from "./blobs.ts";

/** A row: `y = slope · x + offset` goes through the middle of its characters. Lengths in pixels. */
export interface TextLine {
  readonly slope: number;
  readonly offset: number;
  readonly left: number;
  readonly right: number;
  readonly height: number;
  readonly blobs: readonly Blob[];
}

/** A neighbour's height against this blob's. */
const heightRatio = 1.75;
/** The white between neighbours, and how far the neighbour may lie higher or lower, in heights. */
const maxGap = 1.6;
const maxShift = 0.55;
/** A line is at least this many heights long: three lines of 30 characters are the shortest that there are, 27 heights, less what is lost. */
const minLength = 9;
/** Rows of one line that a break separates are joined over at most this many heights when they agree to this part of a height. */
const maxBreak = 9;
const maxDisagreement = 0.45;

/** Finds rows of text that run from left to right, turned by up to some 20°. */
export function findTextLines(blobs: readonly Blob[]): TextLine[] {
  const rows = chain(blobs)
    .filter((row) => row.length >= 3)
    .map(lineThrough);
  return joinRows(rows).filter((line) => line.right - line.left >= line.height * minLength);
}

/** Links each blob to the nearest fitting one at its right, and follows the links. */
function chain(blobs: readonly Blob[]): Blob[][] {
  const sorted = [...blobs].sort((a, b) => a.left - b.left);
  const next = new Array<number>(sorted.length).fill(-1);
  const taken = new Array<boolean>(sorted.length).fill(false);
  for (let i = 0; i < sorted.length; i++) {
    const blob = sorted[i]!;
    let best = -1;
    let bestGap = Number.POSITIVE_INFINITY;
    for (let j = i + 1; j < sorted.length; j++) {
      const other = sorted[j]!;
      const gap = other.left - blob.right;
      const reach = Math.max(blob.height, other.height);
      if (other.left - blob.right > blob.height * maxGap * heightRatio) break;
      if (gap < -blob.height * 0.3 || gap > reach * maxGap || other.x <= blob.x) continue;
      const ratio = other.height / blob.height;
      if (ratio > heightRatio || ratio < 1 / heightRatio) continue;
      if (Math.abs(middle(other) - middle(blob)) > reach * maxShift) continue;
      if (gap < bestGap) {
        best = j;
        bestGap = gap;
      }
    }
    if (best >= 0 && !taken[best]) {
      next[i] = best;
      taken[best] = true;
    }
  }
  const rows: Blob[][] = [];
  for (let i = 0; i < sorted.length; i++) {
    if (taken[i]) continue;
    const row: Blob[] = [];
    for (let at = i; at >= 0; at = next[at]!) row.push(sorted[at]!);
    rows.push(row);
  }
  return rows;
}

const middle = (blob: Blob) => (blob.top + blob.bottom) / 2;

function lineThrough(blobs: readonly Blob[]): TextLine {
  const heights = blobs.map((blob) => blob.height).sort((a, b) => a - b);
  // The upper quarter: fillers are lower than letters.
  const height = heights[Math.floor(heights.length * 0.75)]!;
  let kept = blobs;
  let fit = leastSquares(kept);
  for (let round = 0; round < 2; round++) {
    const near = kept.filter((blob) => Math.abs(middle(blob) - (fit.slope * blob.x + fit.offset)) < height * 0.4);
    if (near.length < 3 || near.length === kept.length) break;
    kept = near;
    fit = leastSquares(kept);
  }
  return {
    ...fit,
    left: Math.min(...kept.map((blob) => blob.left)),
    right: Math.max(...kept.map((blob) => blob.right)),
    height,
    blobs: kept,
  };
}

function leastSquares(blobs: readonly Blob[]): { slope: number; offset: number } {
  // A wide blob is several characters, and counts as such.
  let [n, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
  for (const blob of blobs) {
    const weight = Math.max(1, blob.width / blob.height);
    const x = (blob.left + blob.right) / 2;
    const y = middle(blob);
    n += weight;
    sx += weight * x;
    sy += weight * y;
    sxx += weight * x * x;
    sxy += weight * x * y;
  }
  const slope = (n * sxy - sx * sy) / Math.max(1e-9, n * sxx - sx * sx);
  return { slope, offset: (sy - slope * sx) / n };
}

/** Joins rows that lie in one line, nearest first, until nothing more fits. */
function joinRows(rows: readonly TextLine[]): TextLine[] {
  const lines = [...rows].sort((a, b) => b.blobs.length - a.blobs.length);
  for (let i = 0; i < lines.length; i++) {
    if (lines[i]!.blobs.length < 6) break;
    for (let grown = true; grown; ) {
      grown = false;
      for (let j = lines.length - 1; j > i; j--) {
        if (!inOneLine(lines[i]!, lines[j]!)) continue;
        lines[i] = lineThrough([...lines[i]!.blobs, ...lines[j]!.blobs].sort((a, b) => a.left - b.left));
        lines.splice(j, 1);
        grown = true;
      }
    }
  }
  return lines;
}

function inOneLine(line: TextLine, other: TextLine): boolean {
  const gap = Math.max(other.left - line.right, line.left - other.right);
  if (gap > line.height * maxBreak || gap < -line.height) return false;
  const ratio = other.height / line.height;
  if (ratio > heightRatio || ratio < 1 / heightRatio) return false;
  const at = (other.left + other.right) / 2;
  const off = Math.abs(other.slope * at + other.offset - (line.slope * at + line.offset));
  return off < line.height * maxDisagreement;
}
