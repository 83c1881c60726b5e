// Energy of two pictures in each cell; biometrics/finger/foreground.ts holds the plain form.

/** Adds up squares over cells of `cell` pixels (a multiple of four), f32 each; out is 0 before. */
export function energies(value: usize, width: i32, height: i32, cell: i32, columns: i32, out: usize): void {
  const lanes = i32x4(0, 1, 2, 3);
  const end = i32x4.splat(width);
  for (let y: i32 = 0; y < height; y++) {
    const row = out + (<usize>((y / cell) * columns) << 2);
    const from = value + (<usize>(y * width) << 2);
    for (let x: i32 = 0; x < width; x += 4) {
      const inside = i32x4.lt_s(i32x4.add(i32x4.splat(x), lanes), end);
      const v = v128.and(v128.load(from + (<usize>x << 2)), inside);
      const s = f32x4.mul(v, v);
      const at = row + (<usize>(x / cell) << 2);
      store<f32>(
        at,
        load<f32>(at) +
          (f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) + (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3))),
      );
    }
  }
}
