// Contextual enhancement; biometrics/finger/enhance.ts and gabor-filter.ts hold the plain forms.

/** Rows of pairs of taps in a kernel, each with its first column and how many, i32. */
const ROW_BYTES: usize = 8;

/** The picture at half size, each pixel the mean of four. */
export function halve(value: usize, width: i32, height: i32, out: usize): void {
  const w = width >> 1;
  const h = height >> 1;
  const quarter = f32x4.splat(0.25);
  for (let y: i32 = 0; y < h; y++) {
    const top = value + (<usize>(2 * y * width) << 2);
    const below = top + (<usize>width << 2);
    const o = out + (<usize>(y * w) << 2);
    let x: usize = 0;
    for (; x + 4 <= <usize>w; x += 4) {
      const a = f32x4.add(v128.load(top + (x << 3)), v128.load(below + (x << 3)));
      const b = f32x4.add(v128.load(top + (x << 3) + 16), v128.load(below + (x << 3) + 16));
      const even = v128.shuffle<f32>(a, b, 0, 2, 4, 6);
      const odd = v128.shuffle<f32>(a, b, 1, 3, 5, 7);
      v128.store(o + (x << 2), f32x4.mul(quarter, f32x4.add(even, odd)));
    }
    for (; x < <usize>w; x++) {
      const at = x << 3;
      const sum = load<f32>(top + at) + load<f32>(below + at) + (load<f32>(top + at + 4) + load<f32>(below + at + 4));
      store<f32>(o + (x << 2), 0.25 * sum);
    }
  }
}

/**
 * The picture for `filter`: 32 bits a pixel, its value and that of the pixel below as 16-bit numbers in 1/4,096ths, with a border of
 * `radius` pixels of 0 around it.
 */
export function pairRows(value: usize, width: i32, height: i32, radius: i32, stride: i32, rows: i32, pairs: usize): void {
  const scale = f32x4.splat(4096);
  // Adding this leaves the whole number in the lowest bits.
  const whole = f32x4.splat(12_582_912);
  const low = i32x4.splat(0xffff);
  const pitch = <usize>stride << 2;
  const bytes = <usize>width << 2;
  const zero = i32x4.splat(0);
  for (let y: i32 = 0; y < rows; y++) {
    const row = pairs + <usize>y * pitch;
    const top = y - radius;
    const below = top + 1;
    const hasTop = top >= 0 && top < height;
    const hasBelow = below >= 0 && below < height;
    memory.fill(row, 0, pitch);
    if (!hasTop && !hasBelow) continue;
    const out = row + (<usize>radius << 2);
    const from = value + <usize>top * bytes;
    for (let x: usize = 0; x < bytes; x += 16) {
      const upper = hasTop ? v128.and(f32x4.add(f32x4.mul(v128.load(from + x), scale), whole), low) : zero;
      const lower = hasBelow ? i32x4.shl(f32x4.add(f32x4.mul(v128.load(from + bytes + x), scale), whole), 16) : zero;
      v128.store(out + x, v128.or(upper, lower));
    }
    // What the last vector wrote beyond the picture.
    memory.fill(out + bytes, 0, 16);
  }
}

/**
 * Filters blocks of 4 x 4 pixels, each with the kernel its index names (0xffff = 0). rows: `side` rows a kernel as `ROW_BYTES` says;
 * firsts: where each kernel's taps begin, in taps; taps: pairs of 16-bit taps, the upper row's first; unit: value of one in the sums.
 */
export function filter(
  pairs: usize,
  stride: i32,
  index: usize,
  blocksAcross: i32,
  blocksDown: i32,
  rows: usize,
  side: i32,
  firsts: usize,
  taps: usize,
  unit: f32,
  out: usize,
  width: i32,
): void {
  const pitch = <usize>stride << 2;
  const outPitch = <usize>width << 2;
  const units = f32x4.splat(unit);
  const none = f32x4.splat(0);
  for (let by: i32 = 0; by < blocksDown; by++) {
    // From the right, so that what a block writes beyond the picture is written over by its neighbour.
    for (let bx = blocksAcross - 1; bx >= 0; bx--) {
      const k = <i32>load<u16>(index + (<usize>(by * blocksAcross + bx) << 1));
      const o = out + <usize>(by * 4) * outPitch + (<usize>(bx * 4) << 2);
      if (k == 0xffff) {
        v128.store(o, none);
        v128.store(o + outPitch, none);
        v128.store(o + outPitch + outPitch, none);
        v128.store(o + outPitch + outPitch + outPitch, none);
        continue;
      }
      let tap = taps + (<usize>load<i32>(firsts + (<usize>k << 2)) << 2);
      let a = i32x4.splat(0);
      let b = i32x4.splat(0);
      let c = i32x4.splat(0);
      let d = i32x4.splat(0);
      let line = pairs + <usize>(by * 4) * pitch + (<usize>(bx * 4) << 2);
      let row = rows + <usize>(k * side) * ROW_BYTES;
      for (let j: i32 = 0; j < side; j++) {
        let at = line + (<usize>load<i32>(row) << 2);
        const end = tap + (<usize>load<i32>(row, 4) << 2);
        while (tap < end) {
          const t = v128.load32_splat(tap);
          a = i32x4.add(a, i32x4.dot_i16x8_s(t, v128.load(at)));
          b = i32x4.add(b, i32x4.dot_i16x8_s(t, v128.load(at + pitch)));
          c = i32x4.add(c, i32x4.dot_i16x8_s(t, v128.load(at + pitch + pitch)));
          d = i32x4.add(d, i32x4.dot_i16x8_s(t, v128.load(at + pitch + pitch + pitch)));
          at += 4;
          tap += 4;
        }
        row += ROW_BYTES;
        line += pitch + pitch;
      }
      v128.store(o, f32x4.mul(f32x4.convert_i32x4_s(a), units));
      v128.store(o + outPitch, f32x4.mul(f32x4.convert_i32x4_s(b), units));
      v128.store(o + outPitch + outPitch, f32x4.mul(f32x4.convert_i32x4_s(c), units));
      v128.store(o + outPitch + outPitch + outPitch, f32x4.mul(f32x4.convert_i32x4_s(d), units));
    }
  }
}
