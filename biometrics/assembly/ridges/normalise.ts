// Local contrast normalisation; biometrics/finger/normalise.ts holds the plain form.

/**
 * Local normalisation. sums, squares: i32 a column; across, acrossSquares: i32 a pixel of one row, padded by four; parts: f32
 * a column, 1 / columns of the window there. value: f32 a pixel; deviation: f32 a pixel of one row of cells, kept for rows at
 * `centre` of each cell.
 */
export function normalise(
  data: usize,
  width: i32,
  height: i32,
  radius: i32,
  cell: i32,
  columns: i32,
  sums: usize,
  squares: usize,
  across: usize,
  acrossSquares: usize,
  parts: usize,
  value: usize,
  deviation: usize,
  floor: f32,
  clip: f32,
): void {
  const wide = (width + 7) & ~7;
  memory.fill(sums, 0, <usize>wide << 2);
  memory.fill(squares, 0, <usize>wide << 2);
  for (let y: i32 = 0; y < min(radius, height); y++) addRow(data + <usize>(y * width), wide, sums, squares, true);
  const rest: i32 = radius < width ? radius : width;
  const floors = f32x4.splat(floor);
  const most = f32x4.splat(clip);
  const least = f32x4.splat(-clip);
  const zero = f32x4.splat(0);
  const half = cell >> 1;
  const rows = (height + cell - 1) / cell;
  for (let y: i32 = 0; y < height; y++) {
    if (y + radius < height) addRow(data + <usize>((y + radius) * width), wide, sums, squares, true);
    if (y > radius) addRow(data + <usize>((y - radius - 1) * width), wide, sums, squares, false);
    let sum: i32 = 0;
    let square: i32 = 0;
    for (let x: i32 = 0; x < rest; x++) {
      sum += load<i32>(sums + (<usize>x << 2));
      square += load<i32>(squares + (<usize>x << 2));
    }
    for (let x: i32 = 0; x < width; x++) {
      if (x + radius < width) {
        sum += load<i32>(sums + (<usize>(x + radius) << 2));
        square += load<i32>(squares + (<usize>(x + radius) << 2));
      }
      if (x > radius) {
        sum -= load<i32>(sums + (<usize>(x - radius - 1) << 2));
        square -= load<i32>(squares + (<usize>(x - radius - 1) << 2));
      }
      store<i32>(across + (<usize>x << 2), sum);
      store<i32>(acrossSquares + (<usize>x << 2), square);
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
      const spread = f32x4.sqrt(f32x4.max(zero, f32x4.sub(second, f32x4.mul(mean, mean))));
      const grey = f32x4.convert_i32x4_u(
        i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(row + x))),
      );
      const v = f32x4.div(f32x4.sub(grey, mean), f32x4.max(spread, floors));
      v128.store(out + at, f32x4.min(most, f32x4.max(least, v)));
      v128.store(across + at, spread);
    }
    // The deviation is kept in the middle of each cell; at the picture's edge in its last row and column.
    const cellRow = y / cell;
    if (y == min(height - 1, cellRow * cell + half) && cellRow < rows) {
      for (let c: i32 = 0; c < columns; c++) {
        const x = min(width - 1, c * cell + half);
        store<f32>(deviation + (<usize>(cellRow * columns + c) << 2), load<f32>(across + (<usize>x << 2)));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function addRow(row: usize, wide: i32, sums: usize, squares: usize, add: bool): void {
  for (let x: usize = 0; x < <usize>wide; x += 8) {
    const grey = v128.load8x8_u(row + x);
    const low = i32x4.extend_low_i16x8_u(grey);
    const high = i32x4.extend_high_i16x8_u(grey);
    const lowSquare = i32x4.extmul_low_i16x8_u(grey, grey);
    const highSquare = i32x4.extmul_high_i16x8_u(grey, grey);
    const s = sums + (x << 2);
    const q = squares + (x << 2);
    if (add) {
      v128.store(s, i32x4.add(v128.load(s), low));
      v128.store(s + 16, i32x4.add(v128.load(s + 16), high));
      v128.store(q, i32x4.add(v128.load(q), lowSquare));
      v128.store(q + 16, i32x4.add(v128.load(q + 16), highSquare));
    } else {
      v128.store(s, i32x4.sub(v128.load(s), low));
      v128.store(s + 16, i32x4.sub(v128.load(s + 16), high));
      v128.store(q, i32x4.sub(v128.load(q), lowSquare));
      v128.store(q + 16, i32x4.sub(v128.load(q + 16), highSquare));
    }
  }
}
