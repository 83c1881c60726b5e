/** Cores and deltas: where the ridge flow turns half round on a small circle (Poincaré index; Kawagoe and Tojo 1984). */
import { type RidgeMap, smoothGrid } from "./ridge-map.ts";
import type { SingularPoint } from "./template.ts";

/** Smoothing of the flow before it is followed, cells. */
const SIGMA = 1.6;
/** The circle, cells: the eight directions at this distance. */
const RADIUS = 2;
/** Points of one kind closer than this are one, pixels. */
const MERGE = 24;
const RING = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
] as const;

/** Finds them, pixels at 500 ppi. */
export function singularPoints(map: RidgeMap): SingularPoint[] {
  const { columns, rows, cell, mask } = map;
  const cos2 = smoothGrid(map.cos2, columns, rows, SIGMA);
  const sin2 = smoothGrid(map.sin2, columns, rows, SIGMA);
  const clusters: { kind: SingularPoint["kind"]; x: number; y: number; n: number }[] = [];
  for (let row = RADIUS; row < rows - RADIUS; row++) {
    for (let column = RADIUS; column < columns - RADIUS; column++) {
      const turns = halfTurns(cos2, sin2, mask, columns, row, column);
      if (turns !== 1 && turns !== -1) continue;
      const kind = turns === 1 ? "core" : "delta";
      const [x, y] = [(column + 0.5) * cell, (row + 0.5) * cell];
      const near = clusters.find((c) => c.kind === kind && Math.hypot(c.x / c.n - x, c.y / c.n - y) < MERGE);
      if (near === undefined) clusters.push({ kind, x, y, n: 1 });
      else {
        near.x += x;
        near.y += y;
        near.n++;
      }
    }
  }
  return clusters.map(({ kind, x, y, n }) => ({ kind, x: x / n, y: y / n }));
}

/**
 * Half turns of the flow along the circle, 0 where the circle leaves the finger: how often the doubled direction goes round, counted
 * where it passes the positive axis, forwards less backwards.
 */
function halfTurns(
  cos2: Float32Array,
  sin2: Float32Array,
  mask: Uint8Array,
  columns: number,
  row: number,
  column: number,
): number {
  const centre = row * columns + column;
  let total = 0;
  let before = -1;
  for (let k = 0; k <= RING.length; k++) {
    const [dx, dy] = RING[k % RING.length]!;
    const i = centre + RADIUS * (dy * columns + dx);
    if (mask[i] === 0) return 0;
    if (before >= 0) {
      const [from, to] = [sin2[before]!, sin2[i]!];
      const cross = cos2[before]! * to - from * cos2[i]!;
      if (from < 0 && to >= 0 && cross > 0) total++;
      else if (from >= 0 && to < 0 && cross < 0) total--;
    }
    before = i;
  }
  return total;
}
