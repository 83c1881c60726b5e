/** Smooth noise in the plane, the same for the same seed. */

/** A number 0…1 for a cell of the grid. */
function cell(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 374761393) ^ Math.imul(y, 668265263) ^ Math.imul(seed, 1274126177);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Value noise, −1 … 1, one cell a unit. */
export function noise(x: number, y: number, seed: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const fx = x - x0;
  const fy = y - y0;
  const sx = fx * fx * (3 - 2 * fx);
  const sy = fy * fy * (3 - 2 * fy);
  const top = cell(x0, y0, seed) * (1 - sx) + cell(x0 + 1, y0, seed) * sx;
  const bottom = cell(x0, y0 + 1, seed) * (1 - sx) + cell(x0 + 1, y0 + 1, seed) * sx;
  return (top * (1 - sy) + bottom * sy) * 2 - 1;
}

/** Three octaves of noise, about −1 … 1. */
export function rough(x: number, y: number, seed: number): number {
  return (
    (noise(x, y, seed) + noise(x * 2.03, y * 2.03, seed + 1) * 0.5 + noise(x * 4.1, y * 4.1, seed + 2) * 0.25) / 1.75
  );
}
