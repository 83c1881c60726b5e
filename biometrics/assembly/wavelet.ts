// The two passes of the wavelet transform, in AssemblyScript with SIMD; biometrics/wsq/transform.ts holds the same in plain
// TypeScript. Every product and every sum is rounded to single precision, in the plan's order.
// Build: node biometrics/assembly/build.mjs

/** Runs a plan down `count` columns. Terms of output k are those from start[k] to start[k + 1]; `pitch` in pixels. */
export function columns(
  out: usize,
  from: usize,
  count: i32,
  pitch: i32,
  length: i32,
  start: usize,
  source: usize,
  factor: usize,
): void {
  const line = <usize>pitch << 2;
  const sixteens = <usize>(count & ~15) << 2;
  const fours = <usize>(count & ~3) << 2;
  const all = <usize>count << 2;
  for (let k: i32 = 0; k < length; k++) {
    const first = <usize>load<i32>(start + (<usize>k << 2)) << 2;
    const end = <usize>load<i32>(start + (<usize>k << 2), 4) << 2;
    const o = out + <usize>k * line;
    let c: usize = 0;
    for (; c < sixteens; c += 64) {
      let s = from + c + <usize>load<i32>(source + first) * line;
      let f = v128.load32_splat(factor + first);
      let sum0 = f32x4.mul(v128.load(s), f);
      let sum1 = f32x4.mul(v128.load(s, 16), f);
      let sum2 = f32x4.mul(v128.load(s, 32), f);
      let sum3 = f32x4.mul(v128.load(s, 48), f);
      for (let t = first + 4; t < end; t += 4) {
        s = from + c + <usize>load<i32>(source + t) * line;
        f = v128.load32_splat(factor + t);
        sum0 = f32x4.add(sum0, f32x4.mul(v128.load(s), f));
        sum1 = f32x4.add(sum1, f32x4.mul(v128.load(s, 16), f));
        sum2 = f32x4.add(sum2, f32x4.mul(v128.load(s, 32), f));
        sum3 = f32x4.add(sum3, f32x4.mul(v128.load(s, 48), f));
      }
      v128.store(o + c, sum0);
      v128.store(o + c, sum1, 16);
      v128.store(o + c, sum2, 32);
      v128.store(o + c, sum3, 48);
    }
    for (; c < fours; c += 16) {
      const s = from + c;
      let sum = f32x4.mul(v128.load(s + <usize>load<i32>(source + first) * line), v128.load32_splat(factor + first));
      for (let t = first + 4; t < end; t += 4) {
        sum = f32x4.add(
          sum,
          f32x4.mul(v128.load(s + <usize>load<i32>(source + t) * line), v128.load32_splat(factor + t)),
        );
      }
      v128.store(o + c, sum);
    }
    for (; c < all; c += 4) {
      const s = from + c;
      let sum = load<f32>(s + <usize>load<i32>(source + first) * line) * load<f32>(factor + first);
      for (let t = first + 4; t < end; t += 4) {
        sum += load<f32>(s + <usize>load<i32>(source + t) * line) * load<f32>(factor + t);
      }
      store<f32>(o + c, sum);
    }
  }
}

/**
 * Runs a plan along `count` rows, eight of them at a time: turned on their side first, so that a vector holds one column of four
 * rows. side: room for 8 · (reach + 4) floats, where `reach` is the number of pixels read of a row.
 */
export function rows(
  out: usize,
  from: usize,
  count: i32,
  pitch: i32,
  length: i32,
  start: usize,
  source: usize,
  factor: usize,
  side: usize,
  reach: i32,
): void {
  const line = <usize>pitch << 2;
  let r: i32 = 0;
  for (; r + 7 < count; r += 8) {
    const s = from + <usize>r * line;
    turnFour(s, line, side, reach);
    turnFour(s + (line << 2), line, side + 16, reach);
    const o = out + <usize>r * line;
    let k: i32 = 0;
    for (; k + 3 < length; k += 4) {
      const at = start + (<usize>k << 2);
      const o0 = o + (<usize>k << 2);
      let first = <usize>load<i32>(at) << 2;
      let end = <usize>load<i32>(at, 4) << 2;
      let a0 = termSum(side, source, factor, first, end);
      let b0 = termSum(side + 16, source, factor, first, end);
      first = end;
      end = <usize>load<i32>(at, 8) << 2;
      let a1 = termSum(side, source, factor, first, end);
      let b1 = termSum(side + 16, source, factor, first, end);
      first = end;
      end = <usize>load<i32>(at, 12) << 2;
      let a2 = termSum(side, source, factor, first, end);
      let b2 = termSum(side + 16, source, factor, first, end);
      first = end;
      end = <usize>load<i32>(at, 16) << 2;
      let a3 = termSum(side, source, factor, first, end);
      let b3 = termSum(side + 16, source, factor, first, end);
      storeTurned(o0, line, a0, a1, a2, a3);
      storeTurned(o0 + (line << 2), line, b0, b1, b2, b3);
    }
    for (; k < length; k++) {
      const first = <usize>load<i32>(start + (<usize>k << 2)) << 2;
      const end = <usize>load<i32>(start + (<usize>k << 2), 4) << 2;
      const a = termSum(side, source, factor, first, end);
      const b = termSum(side + 16, source, factor, first, end);
      const p = o + (<usize>k << 2);
      v128.store32_lane(p, a, 0);
      v128.store32_lane(p + line, a, 1);
      v128.store32_lane(p + 2 * line, a, 2);
      v128.store32_lane(p + 3 * line, a, 3);
      v128.store32_lane(p + 4 * line, b, 0);
      v128.store32_lane(p + 5 * line, b, 1);
      v128.store32_lane(p + 6 * line, b, 2);
      v128.store32_lane(p + 7 * line, b, 3);
    }
  }
  for (; r < count; r++) {
    const s = from + <usize>r * line;
    const o = out + <usize>r * line;
    for (let k: i32 = 0; k < length; k++) {
      const first = <usize>load<i32>(start + (<usize>k << 2)) << 2;
      const end = <usize>load<i32>(start + (<usize>k << 2), 4) << 2;
      let sum = load<f32>(s + (<usize>load<i32>(source + first) << 2)) * load<f32>(factor + first);
      for (let t = first + 4; t < end; t += 4) {
        sum += load<f32>(s + (<usize>load<i32>(source + t) << 2)) * load<f32>(factor + t);
      }
      store<f32>(o + (<usize>k << 2), sum);
    }
  }
}

// @ts-ignore: decorator
@inline
function termSum(side: usize, source: usize, factor: usize, first: usize, end: usize): v128 {
  let sum = f32x4.mul(
    v128.load(side + (<usize>load<i32>(source + first) << 5)),
    v128.load32_splat(factor + first),
  );
  for (let t = first + 4; t < end; t += 4) {
    sum = f32x4.add(
      sum,
      f32x4.mul(v128.load(side + (<usize>load<i32>(source + t) << 5)), v128.load32_splat(factor + t)),
    );
  }
  return sum;
}

/** Four rows beside one another: column x goes to side + 32 · x. Up to three columns past `reach` are read, and written. */
// @ts-ignore: decorator
@inline
function turnFour(from: usize, line: usize, side: usize, reach: i32): void {
  for (let x: usize = 0; x < <usize>reach; x += 4) {
    const p = from + (x << 2);
    const a = v128.load(p);
    const b = v128.load(p + line);
    const c = v128.load(p + 2 * line);
    const d = v128.load(p + 3 * line);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const ef = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const gh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    const o = side + (x << 5);
    v128.store(o, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
    v128.store(o + 32, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
    v128.store(o + 64, v128.shuffle<f32>(ef, gh, 0, 1, 4, 5));
    v128.store(o + 96, v128.shuffle<f32>(ef, gh, 2, 3, 6, 7));
  }
}

// @ts-ignore: decorator
@inline
function storeTurned(o: usize, line: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const ef = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const gh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(o, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(o + line, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(o + 2 * line, v128.shuffle<f32>(ef, gh, 0, 1, 4, 5));
  v128.store(o + 3 * line, v128.shuffle<f32>(ef, gh, 2, 3, 6, 7));
}

/** Coefficients to grey: value · scale + shift, rounded, one byte each. `count` is taken up to the next multiple of 16. */
export function grey(from: usize, count: i32, scale: f32, shift: f32, out: usize): void {
  const factor = f32x4.splat(scale);
  const offset = f32x4.splat(shift);
  const half = f32x4.splat(0.5);
  for (let i: usize = 0; i < <usize>count; i += 16) {
    const p = from + (i << 2);
    const a = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.add(f32x4.mul(v128.load(p), factor), offset), half));
    const b = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.add(f32x4.mul(v128.load(p, 16), factor), offset), half));
    const c = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.add(f32x4.mul(v128.load(p, 32), factor), offset), half));
    const d = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.add(f32x4.mul(v128.load(p, 48), factor), offset), half));
    v128.store(out + i, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
  }
}

/** Coefficients of one subband of `w` × `h` pixels, row by row: 0 within ±half, else which bin of width `bin` beyond it. */
export function quantize(from: usize, pitch: i32, w: i32, h: i32, half: f32, bin: f32, out: usize): void {
  const halves = f32x4.splat(half);
  const width = f32x4.splat(bin);
  const sign = i32x4.splat(0x80000000);
  const one = i32x4.splat(1);
  let o = out;
  for (let y: i32 = 0; y < h; y++) {
    const row = from + (<usize>(y * pitch) << 2);
    for (let x: i32 = 0; x < w; x += 4) {
      const v = v128.load(row + (<usize>x << 2));
      const over = f32x4.sub(f32x4.abs(v), halves);
      // Beyond the zero bin: counted from 1; the sign comes back last.
      const bins = i32x4.add(i32x4.trunc_sat_f32x4_s(f32x4.div(over, width)), one);
      const negative = i32x4.shr_s(v128.and(v, sign), 31);
      const signed = i32x4.sub(v128.xor(bins, negative), negative);
      const kept = v128.and(signed, f32x4.gt(over, f32x4.splat(0)));
      const narrow = i16x8.narrow_i32x4_s(kept, kept);
      v128.store64_lane(o + (<usize>x << 1), narrow, 0);
    }
    o += <usize>w << 1;
  }
}

/** Sum, least and most of `count` bytes, to three i32. */
export function range(from: usize, count: i32, out: usize): void {
  let sums = i32x4.splat(0);
  let least = i8x16.splat(-1);
  let most = i8x16.splat(0);
  let i: usize = 0;
  for (; i + 16 <= <usize>count; i += 16) {
    const v = v128.load(from + i);
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v)));
    least = i8x16.min_u(least, v);
    most = i8x16.max_u(most, v);
  }
  let sum =
    i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
  v128.store(out, least);
  v128.store(out + 16, most);
  let low: i32 = 255;
  let high: i32 = 0;
  for (let k: usize = 0; k < 16; k++) {
    low = min(low, <i32>load<u8>(out + k));
    high = max(high, <i32>load<u8>(out + 16 + k));
  }
  for (; i < <usize>count; i++) {
    const v = <i32>load<u8>(from + i);
    sum += v;
    low = min(low, v);
    high = max(high, v);
  }
  store<i32>(out, sum);
  store<i32>(out, low, 4);
  store<i32>(out, high, 8);
}

/** (byte - shift) / scale; up to fifteen values more than `count` are written. */
export function centre(from: usize, count: i32, shift: f32, scale: f32, out: usize): void {
  const offset = f32x4.splat(shift);
  const width = f32x4.splat(scale);
  for (let i: usize = 0; i < <usize>count; i += 8) {
    const v = v128.load8x8_u(from + i);
    const a = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(v));
    const b = f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(v));
    v128.store(out + (i << 2), f32x4.div(f32x4.sub(a, offset), width));
    v128.store(out + (i << 2) + 16, f32x4.div(f32x4.sub(b, offset), width));
  }
}
