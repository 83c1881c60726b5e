/** Minutiae of a cleaned skeleton: where ridges end and fork, which way they point, and how far they can be trusted. */
import { RidgeKernel } from "./ridge-kernel.ts";
import { cellAt, type RidgeMap } from "./ridge-map.ts";
import { roomToWalk } from "./skeleton-repair.ts";
import { crossings, exits, makeBranch, neighbourOffsets, pixelsOf, walk } from "./skeleton-walk.ts";
import type { Minutia } from "./template.ts";

/** The direction is read from this many skeleton pixels. */
const DIRECTION_PIXELS = 12;
/** A branch shorter than this tells no direction, pixels. */
const LEAST_BRANCH = 4;
/** Minutiae need this many cells of finger around them. */
const BORDER_CELLS = 2;

/** A place where lines end or fork: the pixel, and the pixel each of its one or three branches leads to. */
interface Place {
  readonly pixel: number;
  readonly ends: readonly number[];
}

/** Finds them in image coordinates at working scale; direction counter-clockwise. `quality` is 0..1 per cell. */
export function findMinutiae(
  skeleton: Uint8Array,
  width: number,
  height: number,
  map: RidgeMap,
  quality: Float32Array,
): Minutia[] {
  const inside = borderDistance(map).map((cells) => (cells >= BORDER_CELLS ? 1 : 0));
  return endsAndForks(skeleton, width, height, map, inside).map(({ pixel, ends }) => {
    const x = pixel % width;
    const y = (pixel - x) / width;
    const ways = ends.map((end) => {
      const dx = (end % width) - x;
      const dy = Math.floor(end / width) - y;
      const length = Math.hypot(dx, dy) || 1;
      return { dx: dx / length, dy: dy / length };
    });
    const trust = quality[cellAt(map, x, y)]!;
    if (ways.length === 1) return minutia("ending", x, y, ways[0]!.dx, ways[0]!.dy, map, trust);
    const fork = narrowest(ways as [Vector, Vector, Vector]);
    return minutia("bifurcation", x, y, fork.dx, fork.dy, map, trust);
  });
}

/** Numbers of a place in the kernel's memory, and the most places that are looked for. */
const PLACE_WORDS = 5;
const MOST_PLACES = 4096;

/** Where lines end and fork in the cells that are `inside`, with branches long enough to tell a direction. */
export function endsAndForks(
  skeleton: Uint8Array,
  width: number,
  height: number,
  map: RidgeMap,
  inside: Uint8Array,
): Place[] {
  const kernel = new RidgeKernel();
  const mark = kernel.mark();
  const at = kernel.bytes(skeleton);
  const cells = kernel.bytes(inside);
  const out = kernel.take(4 * PLACE_WORDS * MOST_PLACES);
  const room = kernel.take(roomToWalk(width, height));
  const found = kernel.call.endsAndForks(
    at,
    width,
    height,
    room,
    cells,
    map.cell,
    map.columns,
    DIRECTION_PIXELS,
    LEAST_BRANCH,
    out,
    MOST_PLACES,
  );
  const words = kernel.readWords(out, PLACE_WORDS * found);
  kernel.release(mark);
  return Array.from({ length: found }, (_, n) => {
    const [pixel = 0, turns = 0, ...ends] = words.subarray(PLACE_WORDS * n, PLACE_WORDS * (n + 1));
    return { pixel, ends: ends.slice(0, turns) };
  });
}

/** The same in plain TypeScript: the reference that a test holds the compiled one against. */
export function endsAndForksPlainly(
  skeleton: Uint8Array,
  width: number,
  height: number,
  map: RidgeMap,
  inside: Uint8Array,
): Place[] {
  const offsets = neighbourOffsets(width);
  const branch = makeBranch(DIRECTION_PIXELS);
  const starts: number[] = [];
  const found: Place[] = [];
  for (const pixel of pixelsOf(skeleton, width, height)) {
    const turns = crossings(skeleton, pixel, offsets);
    if (turns !== 1 && turns !== 3) continue;
    if (inside[cellAt(map, pixel % width, Math.floor(pixel / width))] === 0) continue;
    exits(skeleton, pixel, offsets, starts);
    const ends: number[] = [];
    for (const start of starts) {
      walk(skeleton, pixel, start, offsets, branch);
      if (branch.length >= LEAST_BRANCH) ends.push(branch.pixels[branch.length - 1]!);
    }
    if (ends.length === turns && found.length < MOST_PLACES) found.push({ pixel, ends });
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
  // A border of background around the map.
  const wide = columns + 2;
  const distance = new Uint8Array(wide * (rows + 2));
  const places = [-wide - 1, -wide, -wide + 1, -1] as const;
  const relax = (i: number, sign: 1 | -1) => {
    let near = distance[i]!;
    for (const offset of places) near = Math.min(near, distance[i + sign * offset]! + 1);
    distance[i] = near;
  };
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      if (mask[r * columns + c] === 0) continue;
      const i = (r + 1) * wide + c + 1;
      distance[i] = 255;
      relax(i, 1);
    }
  }
  const result = new Uint8Array(mask.length);
  for (let r = rows - 1; r >= 0; r--) {
    for (let c = columns - 1; c >= 0; c--) {
      const i = (r + 1) * wide + c + 1;
      if (distance[i] === 0) continue;
      relax(i, -1);
      result[r * columns + c] = distance[i]!;
    }
  }
  return result;
}
