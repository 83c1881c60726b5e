// The hot loop of contextual enhancement, in AssemblyScript with SIMD. biometrics/finger/enhance.ts holds the same in plain
// TypeScript; a test compares the two. Build: node biometrics/assembly/build.mjs

/**
 * Filters blocks of 4 x 4 pixels, each with the kernel its index names (0xffff = leave at 0).
 * pad: the padded picture; rows: for each kernel row its first tap and number of taps (two i32); taps: kernels, packed.
 */
export function filterBlocks(
  pad: usize,
  stride: i32,
  index: usize,
  blocksAcross: i32,
  blocksDown: i32,
  rows: usize,
  side: i32,
  taps: usize,
  tapsPerKernel: i32,
  out: usize,
  outStride: i32,
): void {
  const pitch = <usize>stride << 2;
  const outPitch = <usize>outStride << 2;
  for (let by: i32 = 0; by < blocksDown; by++) {
    for (let bx: i32 = 0; bx < blocksAcross; bx++) {
      const k = <i32>load<u16>(index + ((<usize>(by * blocksAcross + bx)) << 1));
      if (k == 0xffff) continue;
      let tap = taps + ((<usize>(k * tapsPerKernel)) << 2);
      let a = f32x4.splat(0);
      let b = f32x4.splat(0);
      let c = f32x4.splat(0);
      let d = f32x4.splat(0);
      let line = pad + <usize>(by * 4) * pitch + (<usize>(bx * 4) << 2);
      let row = rows;
      for (let j: i32 = 0; j < side; j++) {
        let at = line + (<usize>load<i32>(row) << 2);
        const end = tap + (<usize>load<i32>(row, 4) << 2);
        while (tap < end) {
          const t = v128.load32_splat(tap);
          a = f32x4.add(a, f32x4.mul(t, v128.load(at)));
          b = f32x4.add(b, f32x4.mul(t, v128.load(at + pitch)));
          c = f32x4.add(c, f32x4.mul(t, v128.load(at + pitch + pitch)));
          d = f32x4.add(d, f32x4.mul(t, v128.load(at + pitch + pitch + pitch)));
          at += 4;
          tap += 4;
        }
        row += 8;
        line += pitch;
      }
      const o = out + <usize>(by * 4) * outPitch + (<usize>(bx * 4) << 2);
      v128.store(o, a);
      v128.store(o + outPitch, b);
      v128.store(o + outPitch + outPitch, c);
      v128.store(o + outPitch + outPitch + outPitch, d);
    }
  }
}
