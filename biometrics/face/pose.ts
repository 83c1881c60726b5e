/** How the head is turned, from the three-dimensional mesh. */
import { meanPoint, meshIndex } from "./mesh.ts";
import type { Pose } from "./observation.ts";

type Vector = readonly [number, number, number];

/** Mesh pairs that run from the person's right to their left, and from brow to chin. */
const across = [
  [33, 263],
  [133, 362],
  [61, 291],
  [234, 454],
  [127, 356],
] as const;
const down = [
  [10, 152],
  [151, 175],
  [9, 199],
] as const;

/** What a straight head shows as pitch: brow and chin do not lie in one plane. Degrees; fitted on upright portraits. */
const restingPitch = -7;

/** Pose of a mesh: the head is pitched, then yawed, then rolled. */
export function poseOf(points: Float32Array): Pose {
  const x = unit(sum(points, across));
  const downward = sum(points, down);
  const y = unit(minus(downward, x, dot(downward, x)));
  const z = cross(x, y);
  const roll = Math.atan2(x[1], x[0]);
  // The face looks along −z; what is left of it when the roll is undone is yaw and pitch.
  const forward: Vector = [-z[0], -z[1], -z[2]];
  const sideways = forward[0] * Math.cos(roll) + forward[1] * Math.sin(roll);
  const vertical = forward[1] * Math.cos(roll) - forward[0] * Math.sin(roll);
  return {
    yaw: degrees(Math.atan2(sideways, -forward[2])),
    pitch: degrees(Math.asin(Math.max(-1, Math.min(1, -vertical)))) - restingPitch,
    roll: degrees(roll),
  };
}

/** Distance of the eye centres as it would be with the head straight, in pixels (ISO/IEC 29794-5: divided by cos yaw). */
export function straightEyeDistance(points: Float32Array, yaw: number): number {
  const right = eyeCentre(points, meshIndex.rightEye);
  const left = eyeCentre(points, meshIndex.leftEye);
  return Math.hypot(left.x - right.x, left.y - right.y) / Math.max(0.2, Math.cos((yaw * Math.PI) / 180));
}

/** An eye's points in the mesh. */
interface EyeIndex {
  readonly outer: number;
  readonly inner: number;
  readonly upper: readonly number[];
  readonly lower: readonly number[];
}

/** Centre of the eye: mean of its corners and of two points of each lid, as the 68-point schemes have it. */
export function eyeCentre(points: Float32Array, { outer, inner, upper, lower }: EyeIndex) {
  return meanPoint(points, [outer, upper[0]!, upper[2]!, inner, lower[0]!, lower[2]!]);
}

function sum(points: Float32Array, pairs: readonly (readonly [number, number])[]): Vector {
  const total: [number, number, number] = [0, 0, 0];
  for (const [from, to] of pairs)
    for (let k = 0; k < 3; k++)
      total[k as 0 | 1 | 2] += (points[to * 3 + k] as number) - (points[from * 3 + k] as number);
  return total;
}

function unit(v: Vector): Vector {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}

function minus(v: Vector, along: Vector, amount: number): Vector {
  return [v[0] - along[0] * amount, v[1] - along[1] * amount, v[2] - along[2] * amount];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}
