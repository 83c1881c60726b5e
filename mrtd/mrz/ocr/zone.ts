/** Which rows of text of a page may be the MRZ: two or three below each other, equally long, equally high, parallel. */
import type { TextLine } from "./text-lines.ts";

/** Rows that belong together, the upper one first. */
export type Zone = readonly TextLine[];

/** Distance of two lines' middles, in heights. */
const minSpacing = 1.05;
const maxSpacing = 4.2;
/** How far the lines' ends, heights and slopes may differ. */
const maxEndsApart = 0.12;
const heightRatio = 1.45;
const maxSlopeApart = 0.06;
/** As many zones are tried, the longest lines first. */
const maxZones = 6;

export function findZones(lines: readonly TextLine[]): Zone[] {
  const long = [...lines].sort((a, b) => lengthInHeights(b) - lengthInHeights(a)).slice(0, 40);
  const below = (upper: TextLine, lower: TextLine) => {
    if (upper === lower) return false;
    const at = (Math.max(upper.left, lower.left) + Math.min(upper.right, lower.right)) / 2;
    const height = (upper.height + lower.height) / 2;
    const spacing = (lower.slope * at + lower.offset - (upper.slope * at + upper.offset)) / height;
    const length = Math.max(upper.right - upper.left, lower.right - lower.left);
    const ratio = upper.height / lower.height;
    return (
      spacing >= minSpacing &&
      spacing <= maxSpacing &&
      ratio < heightRatio &&
      ratio > 1 / heightRatio &&
      Math.abs(upper.slope - lower.slope) < maxSlopeApart &&
      Math.abs(upper.left - lower.left) < length * maxEndsApart &&
      Math.abs(upper.right - lower.right) < length * maxEndsApart
    );
  };
  const pairs = long.flatMap((upper) => long.filter((lower) => below(upper, lower)).map((lower) => [upper, lower]));
  const triples = pairs.flatMap(([upper, middle]) =>
    long.filter((lower) => below(middle!, lower)).map((lower) => [upper!, middle!, lower]),
  );
  const blobs = (zone: Zone) => zone.reduce((sum, line) => sum + line.blobs.length, 0) / zone.length;
  const best = (zones: Zone[]) => zones.sort((a, b) => blobs(b) - blobs(a)).slice(0, maxZones);
  return [...best(pairs as Zone[]), ...best(triples as Zone[])];
}

const lengthInHeights = (line: TextLine) => (line.right - line.left) / line.height;
