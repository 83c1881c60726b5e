// The structure tensor on cells, and its smoothing; biometrics/finger/orientation.ts and ridge-map.ts hold the plain forms.

/** Sums of the structure tensor over cells of 8 or 4 pixels. */
export function tensor(
  value: usize,
  width: i32,
  height: i32,
  cell: i32,
  columns: i32,
  difference: usize,
  cross: usize,
  energy: usize,
): void {
  const pitch = <usize>width << 2;
  const quarter = f32x4.splat(0.25);
  const half = f32x4.splat(0.5);
  const lanes = i32x4(0, 1, 2, 3);
  const last = i32x4.splat(width - 1);
  const first = i32x4.splat(1);
  const rows = (height + cell - 1) / cell;
  for (let row: i32 = 0; row < rows; row++) {
    const from = max(1, row * cell);
    const to = min(height - 1, (row + 1) * cell);
    for (let column: i32 = 0; column < columns; column++) {
      let d = f32x4.splat(0);
      let c = f32x4.splat(0);
      let e = f32x4.splat(0);
      for (let x: i32 = column * cell; x < min((column + 1) * cell, width - 1); x += 4) {
        const places = i32x4.add(i32x4.splat(x), lanes);
        const inside = v128.and(i32x4.ge_s(places, first), i32x4.lt_s(places, last));
        for (let y: i32 = from; y < to; y++) {
          const at = value + (<usize>(y * width + x) << 2);
          const nw = v128.load(at - pitch - 4);
          const n = v128.load(at - pitch);
          const ne = v128.load(at - pitch + 4);
          const sw = v128.load(at + pitch - 4);
          const s = v128.load(at + pitch);
          const se = v128.load(at + pitch + 4);
          const down = f32x4.sub(se, nw);
          const up = f32x4.sub(ne, sw);
          const gx = f32x4.add(
            f32x4.mul(f32x4.add(down, up), quarter),
            f32x4.mul(f32x4.sub(v128.load(at + 4), v128.load(at - 4)), half),
          );
          const gy = f32x4.add(f32x4.mul(f32x4.sub(down, up), quarter), f32x4.mul(f32x4.sub(s, n), half));
          const x2 = v128.and(f32x4.mul(gx, gx), inside);
          const y2 = v128.and(f32x4.mul(gy, gy), inside);
          const xy = v128.and(f32x4.mul(gx, gy), inside);
          d = f32x4.add(d, f32x4.sub(x2, y2));
          c = f32x4.add(c, xy);
          e = f32x4.add(e, f32x4.add(x2, y2));
        }
      }
      const o = <usize>(row * columns + column) << 2;
      store<f32>(difference + o, total(d));
      store<f32>(cross + o, 2 * total(c));
      store<f32>(energy + o, total(e));
    }
  }
}

// @ts-ignore: decorator
@inline
function total(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/**
 * Gaussian smoothing of a grid. kernel: f32, 2 · radius + 1 of them; line: room for columns + 2 · radius + 8 floats; across: a grid;
 * partX, partY: f32 a column and a row, 1 / the kernel's weight inside the grid there.
 */
export function smooth(
  source: usize,
  columns: i32,
  rows: i32,
  kernel: usize,
  radius: i32,
  partX: usize,
  partY: usize,
  line: usize,
  across: usize,
  out: usize,
): void {
  const taps = <usize>(2 * radius + 1) << 2;
  const bytes = <usize>columns << 2;
  const wide = <usize>((columns + 3) & ~3) << 2;
  memory.fill(line, 0, bytes + (<usize>(2 * radius + 8) << 2));
  for (let row: i32 = 0; row < rows; row++) {
    memory.copy(line + (<usize>radius << 2), source + <usize>row * bytes, bytes);
    const o = across + <usize>row * wide;
    for (let c: usize = 0; c < wide; c += 16) {
      let sum = f32x4.splat(0);
      for (let t: usize = 0; t < taps; t += 4) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(kernel + t), v128.load(line + c + t)));
      }
      v128.store(o + c, f32x4.mul(sum, v128.load(partX + c)));
    }
  }
  for (let row: i32 = 0; row < rows; row++) {
    const from = max(0, row - radius);
    const to = min(rows - 1, row + radius);
    const part = v128.load32_splat(partY + (<usize>row << 2));
    const first = kernel + (<usize>(from + radius - row) << 2);
    for (let c: usize = 0; c < wide; c += 16) {
      let sum = f32x4.splat(0);
      let t = first;
      for (let at = across + <usize>from * wide + c; at <= across + <usize>to * wide + c; at += wide, t += 4) {
        sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(t), v128.load(at)));
      }
      v128.store(line + c, f32x4.mul(sum, part));
    }
    memory.copy(out + <usize>row * bytes, line, bytes);
  }
}
