/** Which fingers a slap shows, by how the tips of a hand stand to each other. */
import type { FingerPosition } from "./position.ts";

interface Place {
  readonly x: number;
  readonly y: number;
}

interface Tip extends Place {
  /** Turn of the finger itself from upright, degrees counter-clockwise. */
  readonly rotation: number;
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
/** A hand lies at most this far turned, radians; and its fingers lie with it, within so much. */
const MOST_TURN = 0.45;
const FINGERS_TURN = 0.35;
/** Fingers of one hand spread by at most so much, degrees. */
const MOST_FAN = 40;

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
        leaning(tips),
      );
      if (error >= least) continue;
      least = error;
      best = { hand, positions: names.filter((_, i) => kept(i)), missing: names.filter((_, i) => !kept(i)) };
    }
  }
  return best;
}

/** How the fingers lie on the whole, radians clockwise: the median, for single fingers bend. Upright when they lie every which way. */
function leaning(tips: readonly Tip[]): number {
  const turns = tips.map(({ rotation }) => rotation).sort((a, b) => a - b);
  if (turns[turns.length - 1]! - turns[0]! > MOST_FAN) return 0;
  const middle = (turns[(turns.length - 1) >> 1]! + turns[turns.length >> 1]!) / 2;
  return (-middle * Math.PI) / 180;
}

/** What is left when the model is turned, scaled and shifted onto the tips as well as it can be; share of their spread. */
function misfit(model: readonly Place[], tips: readonly Place[], lean: number): number {
  const n = tips.length;
  const mean = (points: readonly Place[]) => ({
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
  // A hand lies roughly upright, or as its fingers do: what needs another turn fits less.
  const penalty = 0.02 * Math.min((turn / MOST_TURN) ** 2, ((turn - lean) / FINGERS_TURN) ** 2);
  return 1 - (dot * dot + cross * cross) / (power * spread) + penalty;
}
