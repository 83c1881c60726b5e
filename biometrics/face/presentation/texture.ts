/**
 * Does the face carry a regular fine pattern, as a screen's grid, its moiré, or a printed halftone gives it? Skin and hair have
 * none. A pattern finer than two pixels of the picture cannot be seen; nor can one that the lens has blurred away.
 */
import type { Box, RgbImage } from "../../image/image.ts";
import { fadedSquare, powerSpectrum } from "../../image/spectrum.ts";

/** Side of the squares looked at, in pixels. */
const side = 64;
/** Periods looked for, in pixels of the picture. */
const longest = 7;
/** A JPEG's blocks are 8 pixels wide: their frequencies along the axes are left out. */
const block = 8;

/**
 * Height of the strongest single frequency over the others of its size, in decibels; undefined when the face is too small to tell.
 */
export function regularTexture(image: RgbImage, box: Box): number | undefined {
  const inset = 0.08;
  const left = Math.max(0, Math.ceil(box.x + box.width * inset));
  const top = Math.max(0, Math.ceil(box.y + box.height * inset));
  const right = Math.min(image.width, Math.floor(box.x + box.width * (1 - inset)));
  const bottom = Math.min(image.height, Math.floor(box.y + box.height * (1 - inset)));
  if (right - left < side * 1.25 || bottom - top < side * 1.25) return undefined;
  const mean = new Float64Array(side * side);
  const steps = (from: number, to: number) => {
    const count = Math.max(2, Math.min(8, Math.floor((2 * (to - from)) / side)));
    return Array.from({ length: count }, (_, i) => Math.floor(from + ((to - from - side) * i) / (count - 1)));
  };
  for (const y of steps(top, bottom)) {
    for (const x of steps(left, right)) {
      const power = powerSpectrum(fadedSquare(image, x, y, side), side);
      // Each square counts alike, however much contrast it has.
      let total = 0;
      for (const value of power) total += value;
      if (total > 0) for (let i = 0; i < power.length; i++) mean[i]! += power[i]! / total;
    }
  }
  return strongest(mean);
}

function strongest(power: Float64Array): number {
  const half = side / 2;
  const rings: { index: number; value: number }[][] = Array.from({ length: half + 1 }, () => []);
  for (let v = 0; v < side; v++) {
    // The other half plane is its mirror.
    for (let u = 0; u <= half; u++) {
      const fv = v > half ? v - side : v;
      const radius = Math.round(Math.hypot(u, fv));
      if (radius < side / longest || radius > half || ofBlocks(u, fv) || ofBlocks(fv, u)) continue;
      rings[radius]!.push({ index: v * side + u, value: power[v * side + u]! });
    }
  }
  let best = 0;
  for (const ring of rings) {
    if (ring.length < 16) continue;
    const sorted = ring.map(({ value }) => value).sort((a, b) => a - b);
    // The third quartile, so that a texture with one direction (hair) is no peak.
    const usual = sorted[Math.floor(sorted.length * 0.75)]!;
    for (const { value } of ring) best = Math.max(best, value / Math.max(1e-12, usual));
  }
  return best <= 0 ? 0 : 10 * Math.log10(best);
}

/** Near an axis, at a multiple of the blocks' frequency. */
function ofBlocks(along: number, across: number): boolean {
  const step = side / block;
  const off = Math.abs(along) % step;
  return Math.abs(across) <= 1 || (Math.min(off, step - off) <= 1 && Math.abs(across) <= 2);
}
