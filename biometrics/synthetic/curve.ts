/** A smooth curve through given points, tabulated once. */

/** Piecewise cubic (monotone, so it never overshoots) through points of rising x; flat beyond its ends. */
export function curve(points: readonly (readonly [number, number])[]): (x: number) => number {
  const n = points.length;
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const slopes = xs.slice(1).map((x, i) => (ys[i + 1]! - ys[i]!) / (x - xs[i]!));
  const tangents = xs.map((_, i) => {
    const before = slopes[i - 1];
    const after = slopes[i];
    if (before === undefined || after === undefined) return before ?? after ?? 0;
    return before * after <= 0 ? 0 : (2 * before * after) / (before + after);
  });
  return (x) => {
    if (x <= xs[0]!) return ys[0]!;
    if (x >= xs[n - 1]!) return ys[n - 1]!;
    let i = 0;
    while (x > xs[i + 1]!) i++;
    const h = xs[i + 1]! - xs[i]!;
    const t = (x - xs[i]!) / h;
    const t2 = t * t;
    const t3 = t2 * t;
    return (
      ys[i]! * (2 * t3 - 3 * t2 + 1) +
      tangents[i]! * h * (t3 - 2 * t2 + t) +
      ys[i + 1]! * (3 * t2 - 2 * t3) +
      tangents[i + 1]! * h * (t3 - t2)
    );
  };
}

/** 0 below `from`, 1 above `to`, smooth in between. */
export function step(from: number, to: number, x: number): number {
  const t = Math.min(1, Math.max(0, (x - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/** A bell: 1 at 0, falling with the square of `x / width`. */
export function bell(x: number, width: number): number {
  const t = x / width;
  return Math.exp(-t * t);
}
