// A packed template as biometrics/finger/packed-template.ts lays it out: where its header says what lies where.

export const COUNT: usize = 0;
export const COLUMNS: usize = 4;
export const ROWS: usize = 8;
export const HAS_FLOW: usize = 12;
export const POINTS: usize = 16;
export const FIRST_POINTS: usize = 20;
export const PROBE: usize = 24;
export const GALLERY: usize = 28;
export const X: usize = 32;
export const Y: usize = 36;
export const DIRECTION: usize = 40;
export const EXACT_X: usize = 44;
export const EXACT_Y: usize = 48;
export const STRIPS: usize = 52;
export const MAP: usize = 56;
export const POINT_X: usize = 60;
export const POINT_Y: usize = 64;
export const POINT_RIDGE: usize = 68;
export const POINT_PERIOD: usize = 72;
export const HOT: usize = 76;
export const HOT_HALF: usize = 80;
export const SEED_COUNT: usize = 84;
export const SEEDS: usize = 88;
export const CANDIDATE: usize = 92;

// @ts-ignore: decorator
@inline
export function part(print: usize, name: usize): usize {
  return print + <usize>load<i32>(print + name);
}

/** Whether the print shows a place. */
export function shows(print: usize, x: f64, y: f64): boolean {
  if (x < 0 || y > 0) return false;
  const column = <i32>Math.floor(x / 8) + 1;
  const row = <i32>Math.floor(-y / 8) + 1;
  const columns = load<i32>(print + COLUMNS);
  if (column >= columns || row >= load<i32>(print + ROWS)) return false;
  return load<u32>(part(print, MAP) + (<usize>(row * columns + column) << 2)) >>> 24 != 0;
}
