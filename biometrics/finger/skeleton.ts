/** Thinning of the ridges to lines one pixel wide (Guo and Hall 1989, with a look-up of the eight neighbours). */
import { RidgeKernel } from "./ridge-kernel.ts";

/** For the first and second half-pass: 1 where a ridge pixel with these neighbours (bits 0..7 clockwise from north) may go. */
const REMOVABLE = [removable(true), removable(false)] as const;

function removable(first: boolean): Uint8Array {
  const table = new Uint8Array(256);
  for (let n = 0; n < 256; n++) {
    const p = Array.from({ length: 8 }, (_, i) => ((n >> i) & 1) === 1);
    const at = (i: number) => p[i & 7]!;
    let crossings = 0;
    let one = 0;
    let two = 0;
    for (let i = 0; i < 8; i += 2) {
      if (!at(i) && (at(i + 1) || at(i + 2))) crossings++;
      if (at(i + 7) || at(i)) one++;
      if (at(i) || at(i + 1)) two++;
    }
    const neighbours = Math.min(one, two);
    const blocked = first ? (at(0) || at(1) || !at(3)) && at(2) : (at(4) || at(5) || !at(7)) && at(6);
    table[n] = crossings === 1 && neighbours >= 2 && neighbours <= 3 && !blocked ? 1 : 0;
  }
  return table;
}

/** The lines along the middle of the ridges (1 where the enhanced picture is below 0); a border of one pixel stays empty. */
export function skeletonOf(enhanced: Float32Array, width: number, height: number): Uint8Array {
  const words = Math.ceil(width / 64);
  const kernel = new RidgeKernel();
  const at = {
    enhanced: kernel.floats(enhanced),
    bits: kernel.take(8 * words * (height + 2)),
    above: kernel.take(16 * words),
    changes: kernel.take(4 * (height + 2)),
    out: kernel.take(enhanced.length),
  };
  kernel.call.ridgeBits(at.enhanced, width, height, words, at.bits);
  kernel.call.thin(at.bits, words, height, at.above, at.changes);
  kernel.call.ridgeBytes(at.bits, words, width, height, at.out);
  return kernel.readBytes(at.out, enhanced.length);
}

/** The same in plain TypeScript: the reference that a test holds the compiled one against. */
export function skeletonPlainly(enhanced: Float32Array, width: number, height: number): Uint8Array {
  const skeleton = Uint8Array.from(enhanced, (v) => (v < 0 ? 1 : 0));
  thin(skeleton, width, height);
  return skeleton;
}

/** Thins `ridge` (1 = ridge) in place; a border of one pixel is cleared. */
export function thin(ridge: Uint8Array, width: number, height: number): void {
  for (let x = 0; x < width; x++) ridge[x] = ridge[(height - 1) * width + x] = 0;
  for (let y = 0; y < height; y++) ridge[y * width] = ridge[y * width + width - 1] = 0;
  let pixels = 0;
  const alive = new Int32Array(ridge.length);
  for (let i = 0; i < ridge.length; i++) if (ridge[i] === 1) alive[pixels++] = i;
  const doomed = new Int32Array(pixels);
  for (let changed = true; changed; ) {
    changed = false;
    for (const table of REMOVABLE) {
      let gone = 0;
      for (let k = 0; k < pixels; k++) {
        const i = alive[k]!;
        if (table[neighbourhood(ridge, i, width)] === 1) doomed[gone++] = i;
      }
      if (gone === 0) continue;
      changed = true;
      for (let k = 0; k < gone; k++) ridge[doomed[k]!] = 0;
      let left = 0;
      for (let k = 0; k < pixels; k++) if (ridge[alive[k]!] === 1) alive[left++] = alive[k]!;
      pixels = left;
    }
  }
}

/** The eight neighbours as bits, clockwise from north. */
function neighbourhood(ridge: Uint8Array, i: number, width: number): number {
  return (
    ridge[i - width]! |
    (ridge[i - width + 1]! << 1) |
    (ridge[i + 1]! << 2) |
    (ridge[i + width + 1]! << 3) |
    (ridge[i + width]! << 4) |
    (ridge[i + width - 1]! << 5) |
    (ridge[i - 1]! << 6) |
    (ridge[i - width - 1]! << 7)
  );
}
