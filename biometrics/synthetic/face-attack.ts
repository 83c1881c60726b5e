/**
 * Pictures of pictures: what a camera sees when a photograph, a screen or a sheet of paper is held before it. For trying the signals of
 * presentation attacks; a real attack differs from these, and what is found here proves nothing about it.
 */
import type { RgbImage } from "../image/image.ts";
import { seededRandom } from "./random.ts";

export interface FaceAttack {
  /** What carries the picture: a screen of red, green and blue stripes, or ink dots on paper. */
  readonly carrier: "screen" | "print";
  /** Period of the screen's pixels or of the print's dots, in pixels of the camera. */
  readonly pitch: number;
  /** Turn of the pattern, degrees. */
  readonly angle: number;
  /** Blur of the camera's lens, in its pixels (deviation). */
  readonly blur: number;
  /** Noise of its sensor, deviation of 255. */
  readonly noise: number;
  /** Breadth of the frame (bezel or paper border) on all sides, share of the picture's width; 0 shows none. */
  readonly frame: number;
  readonly seed: number;
}

/** The picture as the camera sees it on its carrier. Of the same size. */
export function presented(image: RgbImage, attack: FaceAttack): RgbImage {
  const { width, height, data } = image;
  const random = seededRandom(attack.seed, "attack");
  const out = new Float32Array(data.length);
  const turn = (attack.angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(turn) / attack.pitch, Math.sin(turn) / attack.pitch];
  const scale = 1 / Math.max(0.2, 1 - 2 * attack.frame * 2.2);
  const rim = attack.carrier === "screen" ? 18 : 236;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sx = Math.round((x - width / 2) * (attack.frame > 0 ? scale : 1) + width / 2);
      const sy = Math.round((y - height / 2) * (attack.frame > 0 ? scale : 1) + height / 2);
      const inside = sx >= 0 && sy >= 0 && sx < width && sy < height;
      const away = Math.max(Math.abs(sx - width / 2) / width, Math.abs(sy - height / 2) / height) - 0.5;
      const i = (y * width + x) * 3;
      if (!inside) {
        // The frame, and behind it the room.
        const room = away > attack.frame;
        for (let k = 0; k < 3; k++) out[i + k] = room ? 150 - 8 * k : rim;
        continue;
      }
      const source = (sy * width + sx) * 3;
      const u = x * cos + y * sin;
      const v = y * cos - x * sin;
      for (let k = 0; k < 3; k++) {
        const value = data[source + k]!;
        out[i + k] = attack.carrier === "screen" ? lit(value, u - k / 3, v) : inked(value, u, v, k);
      }
    }
  }
  return sensed(blurred(out, width, height, attack.blur), width, height, attack.noise, random);
}

/** A screen's pixel: a stripe of a third of its width, with a dark line between the rows. */
function lit(value: number, u: number, v: number): number {
  const stripe = 0.55 + 0.45 * Math.cos(2 * Math.PI * u);
  const row = 0.8 + 0.2 * Math.cos(2 * Math.PI * v);
  return (value * stripe * row) / (0.55 * 0.8) / 1.25;
}

/** A print's dots: each ink has its own turn; the darker the picture, the larger the dot. */
function inked(value: number, u: number, v: number, ink: number): number {
  const turn = (ink * Math.PI) / 6;
  const a = u * Math.cos(turn) + v * Math.sin(turn);
  const b = v * Math.cos(turn) - u * Math.sin(turn);
  const dot = (Math.cos(2 * Math.PI * a) + Math.cos(2 * Math.PI * b)) / 4 + 0.5;
  const soft = 1 / (1 + Math.exp(-12 * (value / 255 - dot)));
  return 30 + 205 * (0.35 * (value / 255) + 0.65 * soft);
}

function blurred(values: Float32Array, width: number, height: number, deviation: number): Float32Array {
  if (deviation <= 0) return values;
  const reach = Math.ceil(deviation * 3);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)));
  const sum = kernel.reduce((total, weight) => total + weight, 0);
  const pass = (from: Float32Array, stepX: number, stepY: number) => {
    const to = new Float32Array(from.length);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let k = 0; k < 3; k++) {
          let total = 0;
          for (let t = -reach; t <= reach; t++) {
            const px = Math.min(width - 1, Math.max(0, x + t * stepX));
            const py = Math.min(height - 1, Math.max(0, y + t * stepY));
            total += from[(py * width + px) * 3 + k]! * kernel[t + reach]!;
          }
          to[(y * width + x) * 3 + k] = total / sum;
        }
      }
    }
    return to;
  };
  return pass(pass(values, 1, 0), 0, 1);
}

function sensed(
  values: Float32Array,
  width: number,
  height: number,
  noise: number,
  random: { next(): number },
): RgbImage {
  const data = new Uint8Array(values.length);
  for (let i = 0; i < data.length; i++) {
    const grain = (random.next() + random.next() + random.next() - 1.5) * 2 * noise;
    data[i] = Math.min(255, Math.max(0, Math.round(values[i]! + grain)));
  }
  return { width, height, data };
}

/** A flat picture turned about its upright middle line, as the camera sees it. @param yaw degrees. @param distance in widths of the picture. */
export function turned(image: RgbImage, yaw: number, pitch: number, distance = 2.5): RgbImage {
  const { width, height, data } = image;
  const out = new Uint8Array(data.length).fill(140);
  const [cy, sy] = [Math.cos((yaw * Math.PI) / 180), Math.sin((yaw * Math.PI) / 180)];
  const [cp, sp] = [Math.cos((pitch * Math.PI) / 180), Math.sin((pitch * Math.PI) / 180)];
  const d = distance * width;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // The ray of this pixel meets the plane spanned by the turned axes.
      const px = x - width / 2;
      const py = y - height / 2;
      // Point = d·(px, py, d)/… on the plane with normal n through (0, 0, d).
      const n = { x: sy * cp, y: -sp, z: cy * cp };
      const t = (d * n.z) / (px * n.x + py * n.y + d * n.z);
      const q = { x: px * t, y: py * t, z: d * t - d };
      const u = q.x * cy - q.z * sy;
      const v = q.x * sy * sp + q.y * cp + q.z * cy * sp;
      const sx = Math.round(u + width / 2);
      const sv = Math.round(v + height / 2);
      if (sx < 0 || sv < 0 || sx >= width || sv >= height) continue;
      const i = (y * width + x) * 3;
      const s = (sv * width + sx) * 3;
      for (let k = 0; k < 3; k++) out[i + k] = data[s + k]!;
    }
  }
  return { width, height, data: out };
}
