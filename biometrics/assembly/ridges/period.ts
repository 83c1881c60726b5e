// Ridge period of a cell; biometrics/finger/period.ts holds the plain form and explains it.

/** Samples across the ridges, a multiple of eight. */
const ACROSS: i32 = 48;
const HALF: i32 = 24;

/**
 * Grey profiles across the ridges: for each place (x, y, cosine and sine of the ridge's angle, f32 each) `ACROSS` f32, each the sum of
 * `along` samples `step` pixels apart.
 */
export function profiles(
  value: usize,
  width: i32,
  height: i32,
  places: usize,
  count: i32,
  along: i32,
  step: f32,
  out: usize,
): void {
  const lanes = f32x4(0, 1, 2, 3);
  const none = f32x4.splat(0);
  const lastX = i32x4.splat(width);
  const lastY = i32x4.splat(height);
  const pitch = i32x4.splat(width);
  const reach = <f32>((along - 1) >> 1);
  for (let n: i32 = 0; n < count; n++) {
    const place = places + (<usize>n << 4);
    const x = load<f32>(place);
    const y = load<f32>(place, 4);
    const ux = load<f32>(place, 8);
    const uy = load<f32>(place, 12);
    for (let k: i32 = 0; k < ACROSS; k += 4) {
      const across = f32x4.add(f32x4.splat(<f32>k - <f32>HALF + 0.5), lanes);
      // Half a pixel is added once, so that cutting off the fraction rounds.
      const cx = f32x4.sub(f32x4.splat(x + 0.5), f32x4.mul(across, f32x4.splat(uy)));
      const cy = f32x4.add(f32x4.splat(y + 0.5), f32x4.mul(across, f32x4.splat(ux)));
      let sum = none;
      for (let l: i32 = 0; l < along; l++) {
        const far = (<f32>l - reach) * step;
        const px = f32x4.add(cx, f32x4.splat(far * ux));
        const py = f32x4.add(cy, f32x4.splat(far * uy));
        const column = i32x4.trunc_sat_f32x4_s(f32x4.floor(px));
        const row = i32x4.trunc_sat_f32x4_s(f32x4.floor(py));
        const inside = v128.and(i32x4.lt_u(column, lastX), i32x4.lt_u(row, lastY));
        const at = v128.and(i32x4.add(i32x4.mul(row, pitch), column), inside);
        const a = v128.load32_zero(value + (<usize>i32x4.extract_lane(at, 0) << 2));
        const b = v128.load32_lane(value + (<usize>i32x4.extract_lane(at, 1) << 2), a, 1);
        const c = v128.load32_lane(value + (<usize>i32x4.extract_lane(at, 2) << 2), b, 2);
        const d = v128.load32_lane(value + (<usize>i32x4.extract_lane(at, 3) << 2), c, 3);
        sum = f32x4.add(sum, v128.and(d, inside));
      }
      v128.store(out + (<usize>(n * ACROSS + k) << 2), sum);
    }
  }
}

/**
 * Power of each candidate wave in a profile. waves: for each of `count` waves `HALF` cosines and `HALF` sines, f32, of the window's first
 * half: the waves are even and odd around its middle.
 */
export function powers(signal: usize, waves: usize, count: i32, out: usize): void {
  for (let p: i32 = 0; p < count; p++) {
    const wave = waves + <usize>(p * 2 * HALF * 4);
    let re = f32x4.splat(0);
    let im = f32x4.splat(0);
    for (let k: usize = 0; k < <usize>HALF << 2; k += 16) {
      const first = v128.load(signal + k);
      const back = v128.load(signal + (<usize>(ACROSS - 4) << 2) - k);
      const last = v128.shuffle<f32>(back, back, 3, 2, 1, 0);
      re = f32x4.add(re, f32x4.mul(v128.load(wave + k), f32x4.add(last, first)));
      im = f32x4.sub(im, f32x4.mul(v128.load(wave + (<usize>HALF << 2) + k), f32x4.sub(last, first)));
    }
    const r = sum(re);
    const i = sum(im);
    store<f32>(out + (<usize>p << 2), r * r + i * i);
  }
}

// @ts-ignore: decorator
@inline
function sum(v: v128): f32 {
  return f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}
