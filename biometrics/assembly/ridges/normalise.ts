// Local contrast normalisation; biometrics/finger/normalise.ts holds the plain form.

/**
 * sums: room for four rows of i32, each of `radius` + 1 + width (up to a multiple of eight) + `radius` + 8; parts: f32 a column, 1 / columns of
 * the window there. value: f32 a pixel; deviation: f32 a cell, in its middle. data may be read up to eight bytes beyond its end.
 */
export function normalise(
  data: usize,
  width: i32,
  height: i32,
  radius: i32,
  cell: i32,
  columns: i32,
  sums: usize,
  parts: usize,
  value: usize,
  deviation: usize,
  floor: f32,
  clip: f32,
): void {
  const wide = (width + 7) & ~7;
  const rowBytes = <usize>(2 * radius + 9 + wide) << 2;
  memory.fill(sums, 0, 4 * rowBytes);
  // Grey and its squares summed down each column, with columns of 0 on both sides, then across too.
  const lead = <usize>(radius + 1) << 2;
  const down = sums + lead;
  const downSquares = down + rowBytes;
  const across = sums + 2 * rowBytes;
  const acrossSquares = across + rowBytes;
  for (let y: i32 = 0; y < min(radius, height); y++) enter(data + <usize>(y * width), wide, down, downSquares);
  clear(down, downSquares, width, wide);
  const floors = f32x4.splat(floor);
  const most = f32x4.splat(clip);
  const least = f32x4.splat(-clip);
  const zero = f32x4.splat(0);
  const half = cell >> 1;
  const ahead = <usize>radius << 2;
  for (let y: i32 = 0; y < height; y++) {
    const coming = data + <usize>((y + radius) * width);
    const going = data + <usize>((y - radius - 1) * width);
    if (y + radius < height) {
      if (y > radius) pass(coming, going, wide, down, downSquares);
      else enter(coming, wide, down, downSquares);
      clear(down, downSquares, width, wide);
    } else if (y > radius) {
      leave(going, wide, down, downSquares);
      clear(down, downSquares, width, wide);
    }
    let sum: i32 = 0;
    let square: i32 = 0;
    for (let x: usize = 0; x < ahead; x += 4) {
      sum += load<i32>(down + x);
      square += load<i32>(downSquares + x);
    }
    for (let x: usize = 0; x < <usize>width << 2; x += 4) {
      sum += load<i32>(down + x + ahead) - load<i32>(down + x - lead);
      square += load<i32>(downSquares + x + ahead) - load<i32>(downSquares + x - lead);
      store<i32>(across + x, sum);
      store<i32>(acrossSquares + x, square);
    }
    const tall = min(y + radius, height - 1) - max(y - radius, 0) + 1;
    const part = f32x4.splat(1 / <f32>tall);
    const row = data + <usize>(y * width);
    const out = value + (<usize>(y * width) << 2);
    for (let x: usize = 0; x < <usize>width; x += 4) {
      const at = x << 2;
      const share = f32x4.mul(part, v128.load(parts + at));
      const mean = f32x4.mul(f32x4.convert_i32x4_s(v128.load(across + at)), share);
      const second = f32x4.mul(f32x4.convert_i32x4_s(v128.load(acrossSquares + at)), share);
      const spread = f32x4.sqrt(f32x4.pmax(zero, f32x4.sub(second, f32x4.mul(mean, mean))));
      const grey = f32x4.convert_i32x4_u(
        i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(row + x))),
      );
      const v = f32x4.div(f32x4.sub(grey, mean), f32x4.pmax(floors, spread));
      v128.store(out + at, f32x4.pmin(most, f32x4.pmax(least, v)));
      v128.store(across + at, spread);
    }
    // The deviation is kept in the middle of each cell; at the picture's edge in its last row and column.
    const cellRow = y / cell;
    if (y == min(height - 1, cellRow * cell + half)) {
      for (let c: i32 = 0; c < columns; c++) {
        const x = min(width - 1, c * cell + half);
        store<f32>(deviation + (<usize>(cellRow * columns + c) << 2), load<f32>(across + (<usize>x << 2)));
      }
    }
  }
}

/** Columns beyond the picture, which took part in whole vectors, are empty. */
function clear(down: usize, downSquares: usize, width: i32, wide: i32): void {
  for (let x = width; x < wide; x++) {
    store<i32>(down + (<usize>x << 2), 0);
    store<i32>(downSquares + (<usize>x << 2), 0);
  }
}

// @ts-ignore: decorator
@inline
function add(at: usize, low: v128, high: v128): void {
  v128.store(at, i32x4.add(v128.load(at), low));
  v128.store(at, i32x4.add(v128.load(at, 16), high), 16);
}

/** A row comes into the window. */
function enter(row: usize, wide: i32, down: usize, downSquares: usize): void {
  for (let x: usize = 0; x < <usize>wide; x += 8) {
    const grey = v128.load8x8_u(row + x);
    add(down + (x << 2), i32x4.extend_low_i16x8_u(grey), i32x4.extend_high_i16x8_u(grey));
    add(downSquares + (x << 2), i32x4.extmul_low_i16x8_u(grey, grey), i32x4.extmul_high_i16x8_u(grey, grey));
  }
}

/** A row goes out of it. */
function leave(row: usize, wide: i32, down: usize, downSquares: usize): void {
  for (let x: usize = 0; x < <usize>wide; x += 8) {
    const grey = v128.load8x8_u(row + x);
    const less = i16x8.neg(grey);
    add(down + (x << 2), i32x4.extend_low_i16x8_s(less), i32x4.extend_high_i16x8_s(less));
    add(downSquares + (x << 2), i32x4.extmul_low_i16x8_s(less, grey), i32x4.extmul_high_i16x8_s(less, grey));
  }
}

/** One comes in, one goes out: the squares change by difference times sum. */
function pass(coming: usize, going: usize, wide: i32, down: usize, downSquares: usize): void {
  for (let x: usize = 0; x < <usize>wide; x += 8) {
    const a = v128.load8x8_u(coming + x);
    const b = v128.load8x8_u(going + x);
    const less = i16x8.sub(a, b);
    const both = i16x8.add(a, b);
    add(down + (x << 2), i32x4.extend_low_i16x8_s(less), i32x4.extend_high_i16x8_s(less));
    add(downSquares + (x << 2), i32x4.extmul_low_i16x8_s(less, both), i32x4.extmul_high_i16x8_s(less, both));
  }
}
