/** CIELAB (D65) of sRGB samples. */
import { linear } from "./luminance.ts";

const pivot = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116);

/** L 0…100, a, b of samples 0…255. */
export function labOf(red: number, green: number, blue: number): readonly [number, number, number] {
  const r = linear[red | 0]!;
  const g = linear[green | 0]!;
  const b = linear[blue | 0]!;
  const x = pivot((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = pivot(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = pivot((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
