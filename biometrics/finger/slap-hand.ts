/** Which fingers a slap shows, by how the tips of a hand stand to each other. */
import type { FingerPosition } from "./position.ts";

interface Tip {
  readonly x: number;
  readonly y: number;
}

export interface NamedFingers {
  readonly hand: "left" | "right" | "thumbs" | undefined;
  /** In the order of the tips given (left to right); undefined where nobody can tell. */
  readonly positions: readonly (FingerPosition | undefined)[];
  readonly missing: readonly FingerPosition[];
}

const RIGHT: readonly FingerPosition[] = ["right-index", "right-middle", "right-ring", "right-little"];
const LEFT: readonly FingerPosition[] = ["left-little", "left-ring", "left-middle", "left-index"];
/** How far each finger of the right hand stands below the middle finger, in distances between neighbours. */
const BELOW = [0.28, 0, 0.05, 0.6];
/** A hand lies at most this far turned, radians. */
const MOST_TURN = 0.45;

/** Names two to four fingers; more, fewer or an unclear hand get no names. */
export function nameFingers(tips: readonly Tip[]): NamedFingers {
  if (tips.length === 2) return { hand: "thumbs", positions: ["left-thumb", "right-thumb"], missing: [] };
  if (tips.length !== 3 && tips.length !== 4)
    return { hand: undefined, positions: tips.map(() => undefined), missing: [] };
  let best: NamedFingers = { hand: undefined, positions: tips.map(() => undefined), missing: [] };
  let least = Number.POSITIVE_INFINITY;
  for (const hand of ["right", "left"] as const) {
    const names = hand === "right" ? RIGHT : LEFT;
    const model = BELOW.map((_, i) => ({ x: i, y: hand === "right" ? BELOW[i]! : BELOW[3 - i]! }));
    for (let absent = 0; absent < (tips.length === 4 ? 1 : 4); absent++) {
      const kept = (i: number) => tips.length === 4 || i !== absent;
      const error = misfit(
        model.filter((_, i) => kept(i)),
        tips,
      );
      if (error >= least) continue;
      least = error;
      best = { hand, positions: names.filter((_, i) => kept(i)), missing: names.filter((_, i) => !kept(i)) };
    }
  }
  return best;
}

/** What is left when the model is turned, scaled and shifted onto the tips as well as it can be; share of their spread. */
function misfit(model: readonly Tip[], tips: readonly Tip[]): number {
  const n = tips.length;
  const mean = (points: readonly Tip[]) => ({
    x: points.reduce((s, p) => s + p.x, 0) / n,
    y: points.reduce((s, p) => s + p.y, 0) / n,
  });
  const [m, t] = [mean(model), mean(tips)];
  let [dot, cross, power, spread] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [ax, ay] = [model[i]!.x - m.x, model[i]!.y - m.y];
    const [bx, by] = [tips[i]!.x - t.x, tips[i]!.y - t.y];
    dot += ax * bx + ay * by;
    cross += ax * by - ay * bx;
    power += ax * ax + ay * ay;
    spread += bx * bx + by * by;
  }
  if (spread === 0) return 1;
  const turn = Math.atan2(cross, dot);
  // A hand lies roughly upright: what needs much turning fits less.
  const penalty = 0.02 * (turn / MOST_TURN) ** 2;
  return 1 - (dot * dot + cross * cross) / (power * spread) + penalty;
}
