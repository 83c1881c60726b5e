/** A made-up signature: pen strokes from a seed, as a signature pad gives them, and drawn. */
import type { GreyImage } from "../image/image.ts";
import { noise } from "./noise.ts";
import { seededRandom } from "./random.ts";

/** One point of a stroke: x and y are shares of the field's width and height, t milliseconds from the first, p pressure 0…1. */
export interface SignaturePoint {
  readonly x: number;
  readonly y: number;
  readonly t: number;
  readonly p: number;
}

export interface Signature {
  /** Width over height of the field. */
  readonly aspect: number;
  readonly strokes: readonly (readonly SignaturePoint[])[];
}

/** Milliseconds between two points, as a usual pad samples. */
const sampleMs = 8;
const aspect = 3;

/** The signature of a seed; `attempt` gives the same hand another time. */
export function makeSignature(seed: number, attempt = 0): Signature {
  const hand = seededRandom(seed, "signature");
  const again = seededRandom(seed, "signature", attempt);
  const slant = hand.between(-0.1, 0.5);
  const letters = 5 + hand.index(5);
  const size = hand.between(0.16, 0.26);
  const strokes: SignaturePoint[][] = [];
  let clock = 0;
  const write = (path: (s: number) => readonly [number, number], lengthMs: number) => {
    const stroke: SignaturePoint[] = [];
    const count = Math.max(3, Math.round(lengthMs / sampleMs));
    const lean = again.gauss() * 0.006;
    for (let i = 0; i <= count; i++) {
      const s = i / count;
      const [px, py] = path(s);
      const shake = attempt === 0 ? 0 : 0.006;
      stroke.push({
        x: rounded(px + (0.5 - py) * slant * 0.12 + shake * noise(s * 9, attempt, seed) + lean),
        y: rounded(py + shake * noise(s * 9, attempt + 50, seed)),
        t: clock,
        p: rounded(
          0.25 + 0.6 * Math.sin(Math.PI * Math.min(1, s * 1.05)) ** 0.4 * (0.8 + 0.2 * noise(s * 12, 3, seed)),
        ),
      });
      clock += sampleMs;
    }
    strokes.push(stroke);
    clock += 90 + hand.index(90);
  };
  // A tall first letter, a run of loops that grows flatter, and a flourish under it all.
  const tall = hand.between(0.55, 0.72);
  const curl = hand.between(0.8, 1.6);
  write(
    (s) => [
      0.12 + 0.09 * Math.sin(s * Math.PI * curl * 2) * (1 - s * 0.4) + s * 0.06,
      0.62 - tall * Math.sin(Math.PI * s) * 0.72 + 0.1 * s,
    ],
    320,
  );
  const heights = Array.from({ length: letters + 1 }, () => hand.between(0.35, 1.25));
  const loops = Array.from({ length: letters + 1 }, () => hand.between(0.3, 1.5));
  write((s) => {
    const at = Math.min(letters - 1e-6, s * letters);
    const n = Math.floor(at);
    const part = at - n;
    const blend = (list: number[]) => list[n]! + (list[n + 1]! - list[n]!) * part;
    const turn = at * 2 * Math.PI;
    const flat = 1 - 0.65 * s;
    return [
      0.2 + 0.58 * s - 0.028 * blend(loops) * Math.sin(turn),
      0.6 - size * blend(heights) * flat * (1 - Math.cos(turn)) * 0.5 + 0.03 * noise(s * 4, 9, seed),
    ];
  }, 110 * letters);
  if (hand.chance(0.75)) {
    const depth = hand.between(0.74, 0.86);
    write((s) => [0.8 - 0.5 * s + 0.06 * Math.sin(s * 7), depth + 0.05 * Math.sin(s * Math.PI) - 0.08 * s], 260);
  }
  if (hand.chance(0.4)) {
    const x = hand.between(0.3, 0.6);
    write((s) => [x - 0.02 + 0.09 * s, 0.28 - 0.03 * s], 90);
  }
  return { aspect, strokes };
}

function rounded(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000;
}

/** Draws a signature, black on white, 300 pixels an inch. @param width in pixels */
export function drawSignature({ aspect: shape, strokes }: Signature, width = 600): GreyImage {
  const height = Math.round(width / shape);
  const data = new Uint8Array(width * height).fill(255);
  const dot = (x: number, y: number, radius: number) => {
    for (let row = Math.max(0, Math.floor(y - radius - 1)); row <= Math.min(height - 1, y + radius + 1); row++) {
      for (
        let column = Math.max(0, Math.floor(x - radius - 1));
        column <= Math.min(width - 1, x + radius + 1);
        column++
      ) {
        const cover = Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(column - x, row - y)));
        const i = row * width + column;
        data[i] = Math.min(data[i]!, Math.round(255 - 235 * cover));
      }
    }
  };
  for (const stroke of strokes) {
    for (let i = 1; i < stroke.length; i++) {
      const from = stroke[i - 1]!;
      const to = stroke[i]!;
      const steps = Math.max(1, Math.ceil(Math.hypot((to.x - from.x) * width, (to.y - from.y) * height) * 2));
      for (let k = 0; k <= steps; k++) {
        const s = k / steps;
        const pressure = from.p + (to.p - from.p) * s;
        dot(
          (from.x + (to.x - from.x) * s) * width,
          (from.y + (to.y - from.y) * s) * height,
          (0.5 + pressure * 1.5) * (width / 600),
        );
      }
    }
  }
  return { width, height, data, ppi: 300 };
}
