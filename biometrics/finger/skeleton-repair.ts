/** Repair of a skeleton: short spurs, islands, lakes and bridges are faults of print and filter, not minutiae. */
import { RidgeKernel } from "./ridge-kernel.ts";
import { crossings, exits, makeBranch, neighbourOffsets, pixelsOf, walk } from "./skeleton-walk.ts";

/** Spurs from a fork to an end, islands between two ends, lakes and bridges between two forks: shorter than this, pixels. */
const SPUR = 9;
const ISLAND = 14;
const LAKE = 16;
const BRIDGE = 9;

/** Erases them in place. */
export function repairSkeleton(skeleton: Uint8Array, width: number, height: number): void {
  const kernel = new RidgeKernel();
  const at = kernel.bytes(skeleton);
  const mark = kernel.mark();
  const room = kernel.take(roomToWalk(width, height));
  kernel.call.repair(at, width, height, room, SPUR, ISLAND, LAKE, BRIDGE);
  kernel.copyBytes(at, skeleton);
  kernel.release(mark);
}

/** Bytes the compiled walks need besides the skeleton: two pictures of a bit a pixel, branches and tables. */
export function roomToWalk(width: number, height: number): number {
  return 2 * 8 * Math.ceil(width / 64) * (height + 2) + 1024;
}

/** The same in plain TypeScript: the reference that a test holds the compiled one against. */
export function repairSkeletonPlainly(skeleton: Uint8Array, width: number, height: number): void {
  const offsets = neighbourOffsets(width);
  const spur = makeBranch(Math.max(SPUR, ISLAND) + 1);
  const starts: number[] = [];
  const pixels = pixelsOf(skeleton, width, height);
  for (let pass = 0; pass < 2; pass++) {
    for (const i of pixels) {
      if (skeleton[i] === 0 || crossings(skeleton, i, offsets) !== 1) continue;
      exits(skeleton, i, offsets, starts);
      walk(skeleton, i, starts[0]!, offsets, spur);
      if (spur.stop === "end" && spur.length < ISLAND) {
        skeleton[i] = 0;
        for (let k = 0; k < spur.length; k++) skeleton[spur.pixels[k]!] = 0;
      } else if (spur.stop === "fork" && spur.length < SPUR) {
        skeleton[i] = 0;
        for (let k = 0; k < spur.length - 1; k++) skeleton[spur.pixels[k]!] = 0;
      }
    }
    eraseLoops(skeleton, width, pixels, offsets);
  }
}

/** A branch between two forks goes when another short one joins the same forks (lake) or when it is a mere bridge. */
function eraseLoops(skeleton: Uint8Array, width: number, pixels: Int32Array, offsets: readonly number[]): void {
  const branches = [makeBranch(LAKE), makeBranch(LAKE), makeBranch(LAKE)];
  const starts: number[] = [];
  for (const i of pixels) {
    if (skeleton[i] === 0 || crossings(skeleton, i, offsets) < 3) continue;
    exits(skeleton, i, offsets, starts);
    const walked = starts.slice(0, 3).map((start, k) => walk(skeleton, i, start, offsets, branches[k]!));
    for (let a = 0; a < walked.length; a++) {
      const one = walked[a]!;
      if (one.stop !== "fork" || one.length < 2) continue;
      const target = one.pixels[one.length - 1]!;
      const lake = walked.some(
        (other, b) => b !== a && other.stop === "fork" && near(other.pixels[other.length - 1]!, target, width),
      );
      if (lake || one.length < BRIDGE) {
        for (let k = 0; k < one.length - 1; k++) skeleton[one.pixels[k]!] = 0;
        break;
      }
    }
  }
}

function near(a: number, b: number, width: number): boolean {
  return Math.abs((a % width) - (b % width)) <= 1 && Math.abs(Math.floor(a / width) - Math.floor(b / width)) <= 1;
}
