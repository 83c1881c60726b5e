/** Minutiae of a cleaned skeleton: where ridges end and fork, which way they point, and how far they can be trusted. */
import { cellAt, type RidgeMap } from "./ridge-map.ts";
import { crossings, exits, makeBranch, neighbourOffsets, pixelsOf, walk } from "./skeleton-walk.ts";
import type { Minutia } from "./template.ts";

/** The direction is read from this many skeleton pixels. */
const DIRECTION_PIXELS = 12;
/** A branch shorter than this tells no direction, pixels. */
const LEAST_BRANCH = 4;
/** Minutiae need this many cells of finger around them. */
const BORDER_CELLS = 2;

/** Finds them in image coordinates at working scale; direction counter-clockwise. `quality` is 0..1 per cell. */
export function findMinutiae(
  skeleton: Uint8Array,
  width: number,
  height: number,
  map: RidgeMap,
  quality: Float32Array,
): Minutia[] {
  const offsets = neighbourOffsets(width);
  const distance = borderDistance(map);
  const branch = makeBranch(DIRECTION_PIXELS);
  const starts: number[] = [];
  const found: Minutia[] = [];
  for (const i of pixelsOf(skeleton, width, height)) {
    const turns = crossings(skeleton, i, offsets);
    if (turns !== 1 && turns !== 3) continue;
    const x = i % width;
    const y = (i - x) / width;
    const cell = cellAt(map, x, y);
    if (distance[cell]! < BORDER_CELLS) continue;
    exits(skeleton, i, offsets, starts);
    const ends: { dx: number; dy: number }[] = [];
    for (const start of starts) {
      walk(skeleton, i, start, offsets, branch);
      if (branch.length < LEAST_BRANCH) continue;
      const end = branch.pixels[branch.length - 1]!;
      const dx = (end % width) - x;
      const dy = Math.floor(end / width) - y;
      const length = Math.hypot(dx, dy) || 1;
      ends.push({ dx: dx / length, dy: dy / length });
    }
    if (turns === 1 && ends.length === 1) {
      found.push(minutia("ending", x, y, ends[0]!.dx, ends[0]!.dy, map, quality[cell]!));
    } else if (turns === 3 && ends.length === 3) {
      const fork = narrowest(ends as [Vector, Vector, Vector]);
      found.push(minutia("bifurcation", x, y, fork.dx, fork.dy, map, quality[cell]!));
    }
  }
  return found;
}

interface Vector {
  readonly dx: number;
  readonly dy: number;
}

/** The bisector of the two branches that lie closest together. */
function narrowest(ends: readonly [Vector, Vector, Vector]): Vector {
  let best: Vector = ends[0];
  let closeness = -2;
  for (const [a, b] of [
    [0, 1],
    [1, 2],
    [0, 2],
  ] as const) {
    const u = ends[a];
    const v = ends[b];
    const dot = u.dx * v.dx + u.dy * v.dy;
    if (dot > closeness) {
      closeness = dot;
      best = { dx: u.dx + v.dx, dy: u.dy + v.dy };
    }
  }
  return best;
}

/** The skeleton gives the sense, the smoothed orientation map (less noisy) the angle. */
function minutia(
  type: "ending" | "bifurcation",
  x: number,
  y: number,
  dx: number,
  dy: number,
  map: RidgeMap,
  quality: number,
): Minutia {
  const traced = Math.atan2(-dy, dx);
  const flow = -flowAngle(map, x, y);
  const turn = Math.cos(flow - traced) >= 0 ? flow : flow + Math.PI;
  // Where map and trace disagree (a core, a fault of the map), the trace is nearer the truth.
  const direction = Math.cos(turn - traced) > 0.8 ? turn : traced;
  return { x, y, direction: ((direction % TURN) + TURN) % TURN, type, quality: Math.round(100 * quality) };
}

const TURN = 2 * Math.PI;

/** Ridge angle interpolated between cells (image coordinates). */
export function flowAngle(map: RidgeMap, x: number, y: number): number {
  const { columns, rows, cell, cos2, sin2 } = map;
  const gx = Math.min(Math.max(x / cell - 0.5, 0), columns - 1.001);
  const gy = Math.min(Math.max(y / cell - 0.5, 0), rows - 1.001);
  const x0 = Math.floor(gx);
  const y0 = Math.floor(gy);
  const fx = gx - x0;
  const fy = gy - y0;
  const i = y0 * columns + x0;
  const mix = (g: Float32Array) =>
    (g[i]! * (1 - fx) + g[i + 1]! * fx) * (1 - fy) + (g[i + columns]! * (1 - fx) + g[i + columns + 1]! * fx) * fy;
  return 0.5 * Math.atan2(mix(sin2), mix(cos2));
}

/** For each cell how many cells (king's moves) lie between it and the background or the edge of the picture. */
export function borderDistance(map: RidgeMap): Uint8Array {
  const { columns, rows, mask } = map;
  const distance = new Uint8Array(mask.length);
  for (let i = 0; i < mask.length; i++) distance[i] = mask[i] === 1 ? 255 : 0;
  const relax = (i: number, c: number, r: number, dc: number, dr: number) => {
    const nc = c + dc;
    const nr = r + dr;
    const near = nc < 0 || nr < 0 || nc >= columns || nr >= rows ? 0 : distance[nr * columns + nc]!;
    if (near + 1 < distance[i]!) distance[i] = near + 1;
  };
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      for (const [dc, dr] of [
        [-1, 0],
        [-1, -1],
        [0, -1],
        [1, -1],
      ] as const)
        relax(r * columns + c, c, r, dc, dr);
    }
  }
  for (let r = rows - 1; r >= 0; r--) {
    for (let c = columns - 1; c >= 0; c--) {
      for (const [dc, dr] of [
        [1, 0],
        [1, 1],
        [0, 1],
        [-1, 1],
      ] as const)
        relax(r * columns + c, c, r, dc, dr);
    }
  }
  return distance;
}
