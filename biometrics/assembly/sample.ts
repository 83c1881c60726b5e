// Taking a turned, scaled cut-out out of a picture, in AssemblyScript with SIMD. biometrics/image/sample-cut.ts holds the same in plain
// TypeScript, which a test compares it with. Places are of double precision, mixing is of single. Build: node biometrics/assembly/build.mjs

/** Three bytes and the one behind them as four numbers. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function pixel(at: usize): v128 {
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at))));
}

/**
 * Samples the columns `fromX` to `toX` and the rows `fromY` to `toY` of a cut-out, `taps` × `taps` bilinear samples a pixel.
 * source: the picture's pixels from column `left` and row `top` on, `stride` columns of three bytes; columns, rows: of the whole picture.
 * offsets: of each sample from a pixel's centre, f64. result: three f32 a pixel, row by row, and one f32 more.
 */
export function sample(
  source: usize,
  left: i32,
  top: i32,
  stride: i32,
  columns: i32,
  rows: i32,
  a: f64,
  b: f64,
  originX: f64,
  originY: f64,
  fromX: i32,
  toX: i32,
  fromY: i32,
  toY: i32,
  offsets: usize,
  taps: i32,
  outside: f32,
  result: usize,
): void {
  const share = f32x4.splat(1 / <f32>(taps * taps));
  const beyond = f32x4.splat(outside);
  const lastX = columns - 1;
  const lastY = rows - 1;
  const pitch = <usize>stride * 3;
  const end = offsets + (<usize>taps << 3);
  for (let y: i32 = fromY; y < toY; y++) {
    for (let x: i32 = fromX; x < toX; x++) {
      let total = f32x4.splat(0);
      for (let down = offsets; down < end; down += 8) {
        const v = <f64>y + load<f64>(down);
        const startX = originX - b * v;
        const startY = originY + a * v;
        for (let across = offsets; across < end; across += 8) {
          const u = <f64>x + load<f64>(across);
          const px = startX + a * u;
          const py = startY + b * u;
          const floorX = Math.floor(px);
          const floorY = Math.floor(py);
          const x0 = <i32>floorX;
          const y0 = <i32>floorY;
          // One comparison for both ends: what lies before the picture is large as an unsigned number.
          if (<u32>x0 >= <u32>lastX || <u32>y0 >= <u32>lastY) {
            total = f32x4.add(total, beyond);
            continue;
          }
          const fx = f32x4.splat(<f32>(px - floorX));
          const fy = f32x4.splat(<f32>(py - floorY));
          const at = source + <usize>(y0 - top) * pitch + <usize>(x0 - left) * 3;
          const upperLeft = pixel(at);
          const lowerLeft = pixel(at + pitch);
          const upper = f32x4.add(upperLeft, f32x4.mul(fx, f32x4.sub(pixel(at + 3), upperLeft)));
          const lower = f32x4.add(lowerLeft, f32x4.mul(fx, f32x4.sub(pixel(at + pitch + 3), lowerLeft)));
          total = f32x4.add(total, f32x4.add(upper, f32x4.mul(fy, f32x4.sub(lower, upper))));
        }
      }
      // The fourth number is overwritten by the next pixel.
      v128.store(result, f32x4.mul(total, share));
      result += 12;
    }
  }
}
