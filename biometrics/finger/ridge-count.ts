/**
 * Ridge counts: how many ridges the straight line between two minutiae crosses (ISO/IEC 19794-2 §7.5.2, ANSI INCITS 378 §6.6.2),
 * from each minutia to its nearest neighbour in each octant around its direction. The ridges on which the two minutiae lie are
 * not counted.
 */
import { neighbourOffsets } from "./skeleton-walk.ts";
import type { Minutia, RidgeCount } from "./template.ts";

const OCTANTS = 8;
/** Neighbours beyond this are not counted to, pixels at 500 ppi: the line would leave the print's reliable part. */
const MOST_DISTANCE = 180;
/** A minutia's own ridge is followed this far, pixels: the line leaves along it and may touch it again. */
const OWN_REACH = 7;
/** A count that does not fit a byte's cautious half is a line along a ridge, not across ridges. */
const MOST_COUNT = 60;

/** Counts on a thinned picture; `minutiae` in its pixels. */
export function countRidges(
  skeleton: Uint8Array,
  width: number,
  height: number,
  minutiae: readonly Minutia[],
): RidgeCount[] {
  const offsets = neighbourOffsets(width);
  const owner = new Uint16Array(skeleton.length);
  const own = new OwnRidges(skeleton, offsets, owner);
  const counts: RidgeCount[] = [];
  minutiae.forEach((minutia, from) => {
    own.mark(pixelOf(minutia, width), from + 1);
    for (const to of octantNeighbours(minutiae, from)) {
      own.mark(pixelOf(minutiae[to]!, width), from + 1);
      const count = crossingsBetween(skeleton, width, height, minutia, minutiae[to]!, owner, from + 1);
      own.unmarkLast();
      if (count <= MOST_COUNT) counts.push({ from, to, count });
    }
    own.clear();
  });
  return counts;
}

const pixelOf = ({ x, y }: { x: number; y: number }, width: number) => Math.round(y) * width + Math.round(x);

/** The nearest other minutia in each octant; the first octant is centred on the minutia's direction. */
export function octantNeighbours(minutiae: readonly Minutia[], from: number): number[] {
  const { x, y, direction } = minutiae[from]!;
  const nearest = new Int32Array(OCTANTS).fill(-1);
  const distance = new Float64Array(OCTANTS).fill(MOST_DISTANCE * MOST_DISTANCE);
  for (let to = 0; to < minutiae.length; to++) {
    if (to === from) continue;
    const dx = minutiae[to]!.x - x;
    const dy = y - minutiae[to]!.y;
    const d2 = dx * dx + dy * dy;
    if (d2 === 0) continue;
    const turn = (Math.atan2(dy, dx) - direction) / (2 * Math.PI) + 0.5 / OCTANTS;
    const octant = Math.min(OCTANTS - 1, Math.floor((turn - Math.floor(turn)) * OCTANTS));
    if (d2 >= distance[octant]!) continue;
    distance[octant] = d2;
    nearest[octant] = to;
  }
  return [...nearest].filter((to) => to >= 0);
}

/** The pixels of the ridges on which two minutiae lie, near them. */
class OwnRidges {
  private readonly skeleton: Uint8Array;
  private readonly offsets: readonly number[];
  private readonly owner: Uint16Array;
  private readonly marked: number[] = [];
  private lastFrom = 0;

  constructor(skeleton: Uint8Array, offsets: readonly number[], owner: Uint16Array) {
    this.skeleton = skeleton;
    this.offsets = offsets;
    this.owner = owner;
  }

  /** Follows the skeleton from a pixel, all branches. */
  mark(pixel: number, number: number): void {
    const { skeleton, offsets, owner, marked } = this;
    this.lastFrom = marked.length;
    let front = [pixel];
    for (let step = 0; step <= OWN_REACH && front.length > 0; step++) {
      const next: number[] = [];
      for (const at of front) {
        if (owner[at] !== number) {
          owner[at] = number;
          marked.push(at);
        }
        for (const offset of offsets) {
          const beside = at + offset;
          if (skeleton[beside] === 1 && owner[beside] !== number) next.push(beside);
        }
      }
      front = next;
    }
  }

  unmarkLast(): void {
    while (this.marked.length > this.lastFrom) this.owner[this.marked.pop()!] = 0;
  }

  clear(): void {
    for (const pixel of this.marked) this.owner[pixel] = 0;
    this.marked.length = 0;
  }
}

/** Runs of foreign ridge along the line; it is walked side by side, so that it cannot slip through a diagonal. */
function crossingsBetween(
  skeleton: Uint8Array,
  width: number,
  height: number,
  a: { x: number; y: number },
  b: { x: number; y: number },
  owner: Uint16Array,
  number: number,
): number {
  let x = Math.round(a.x);
  let y = Math.round(a.y);
  const endX = Math.round(b.x);
  const endY = Math.round(b.y);
  const stepX = Math.sign(endX - x);
  const stepY = Math.sign(endY - y);
  const wide = Math.abs(endX - x);
  const tall = Math.abs(endY - y);
  let walkedX = 0;
  let walkedY = 0;
  let count = 0;
  let inside = false;
  while (walkedX < wide || walkedY < tall) {
    // The next side that the line crosses.
    if ((walkedX + 0.5) * tall < (walkedY + 0.5) * wide) {
      walkedX++;
      x += stepX;
    } else {
      walkedY++;
      y += stepY;
    }
    if (x < 0 || y < 0 || x >= width || y >= height) return count;
    const i = y * width + x;
    const ridge = skeleton[i] === 1 && owner[i] !== number;
    if (ridge && !inside) count++;
    inside = ridge;
  }
  return count;
}
