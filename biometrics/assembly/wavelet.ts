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
  const wide = <usize>(count & ~3) << 2;
  const all = <usize>count << 2;
  for (let k: i32 = 0; k < length; k++) {
    const first = load<i32>(start + (<usize>k << 2));
    const end = load<i32>(start + (<usize>k << 2), 4);
    const o = out + <usize>k * line;
    let c: usize = 0;
    for (; c < wide; c += 16) {
      const s = from + c;
      let sum = f32x4.mul(
        v128.load(s + <usize>load<i32>(source + (<usize>first << 2)) * line),
        v128.load32_splat(factor + (<usize>first << 2)),
      );
      for (let t = first + 1; t < end; t++) {
        sum = f32x4.add(
          sum,
          f32x4.mul(
            v128.load(s + <usize>load<i32>(source + (<usize>t << 2)) * line),
            v128.load32_splat(factor + (<usize>t << 2)),
          ),
        );
      }
      v128.store(o + c, sum);
    }
    for (; c < all; c += 4) {
      const s = from + c;
      let sum = load<f32>(s + <usize>load<i32>(source + (<usize>first << 2)) * line) * load<f32>(factor + (<usize>first << 2));
      for (let t = first + 1; t < end; t++) {
        sum += load<f32>(s + <usize>load<i32>(source + (<usize>t << 2)) * line) * load<f32>(factor + (<usize>t << 2));
      }
      store<f32>(o + c, sum);
    }
  }
}

/** Runs a plan along `count` rows, four of them at a time. */
export function rows(
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
  let r: i32 = 0;
  for (; r + 3 < count; r += 4) {
    const s = from + <usize>r * line;
    const o = out + <usize>r * line;
    for (let k: i32 = 0; k < length; k++) {
      const first = load<i32>(start + (<usize>k << 2));
      const end = load<i32>(start + (<usize>k << 2), 4);
      let at = s + (<usize>load<i32>(source + (<usize>first << 2)) << 2);
      let f = load<f32>(factor + (<usize>first << 2));
      let a = load<f32>(at) * f;
      let b = load<f32>(at + line) * f;
      let c = load<f32>(at + line + line) * f;
      let d = load<f32>(at + line + line + line) * f;
      for (let t = first + 1; t < end; t++) {
        at = s + (<usize>load<i32>(source + (<usize>t << 2)) << 2);
        f = load<f32>(factor + (<usize>t << 2));
        a += load<f32>(at) * f;
        b += load<f32>(at + line) * f;
        c += load<f32>(at + line + line) * f;
        d += load<f32>(at + line + line + line) * f;
      }
      const p = o + (<usize>k << 2);
      store<f32>(p, a);
      store<f32>(p + line, b);
      store<f32>(p + line + line, c);
      store<f32>(p + line + line + line, d);
    }
  }
  for (; r < count; r++) {
    const s = from + <usize>r * line;
    const o = out + <usize>r * line;
    for (let k: i32 = 0; k < length; k++) {
      const first = load<i32>(start + (<usize>k << 2));
      const end = load<i32>(start + (<usize>k << 2), 4);
      let sum = load<f32>(s + (<usize>load<i32>(source + (<usize>first << 2)) << 2)) * load<f32>(factor + (<usize>first << 2));
      for (let t = first + 1; t < end; t++) {
        sum += load<f32>(s + (<usize>load<i32>(source + (<usize>t << 2)) << 2)) * load<f32>(factor + (<usize>t << 2));
      }
      store<f32>(o + (<usize>k << 2), sum);
    }
  }
}
