/** Where an iris is by the picture alone, without any network: the circle whose sides both brighten most (after Daugman). */
import type { RgbImage } from "../../../biometrics/image/image.ts";

/** Directions to the iris' sides, degrees, below the upper lid. */
const sides = [
  Array.from({ length: 27 }, (_, i) => -35 + 3 * i),
  Array.from({ length: 27 }, (_, i) => 135 + 3 * i),
].map((degrees) => degrees.map((one) => (one * Math.PI) / 180));

/** @param near where to look, in pixels. @param reach how far beside it, and how large an iris may be, in pixels */
export function irisCircle(
  { width, data }: RgbImage,
  near: { readonly x: number; readonly y: number },
  reach: { readonly x: number; readonly y: number; readonly least: number; readonly most: number },
): { readonly x: number; readonly y: number } {
  const grey = (x: number, y: number) => {
    const i = (Math.round(y) * width + Math.round(x)) * 3;
    return 0.3 * data[i]! + 0.6 * data[i + 1]! + 0.1 * data[i + 2]!;
  };
  const ring = (x: number, y: number, radius: number, directions: readonly number[]) =>
    directions.reduce((sum, a) => sum + grey(x + radius * Math.cos(a), y + radius * Math.sin(a)), 0) /
    directions.length;
  let best = { rise: Number.NEGATIVE_INFINITY, x: near.x, y: near.y };
  for (let y = near.y - reach.y; y <= near.y + reach.y; y += 0.5) {
    for (let x = near.x - reach.x; x <= near.x + reach.x; x += 0.5) {
      for (let radius = reach.least; radius < reach.most; radius += 0.5) {
        const rises = sides.map((one) => ring(x, y, radius + 1, one) - ring(x, y, radius - 1, one));
        const rise = Math.min(...rises);
        if (rise > best.rise) best = { rise, x, y };
      }
    }
  }
  return best;
}
