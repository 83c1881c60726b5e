/**
 * Does the face move as a flat picture would? Points of a plane keep to one homography however the plane is turned; a nose stands
 * out of its face and does not. Only a turn of several degrees between two frames can tell.
 */
import type { Point } from "../../image/image.ts";
import { meshPoint } from "../mesh.ts";
import type { ObservedFace } from "../observation.ts";

export interface FlatMotion {
  /**
   * Degrees between the two most different frames: as the head's pose tells it, or as the face's foreshortening does. A flat
   * picture that is turned is foreshortened, and its pose hardly changes.
   */
  readonly turn: number;
  /** What no homography explains, share of the eye distance (root mean square). */
  readonly depth: number;
}

/** Points that neither speech nor a blink moves: nose, brow, temples, cheekbones. */
const rigid = [
  1, 2, 4, 5, 6, 168, 197, 195, 98, 327, 9, 8, 151, 10, 109, 338, 67, 297, 127, 356, 234, 454, 93, 323, 116, 345, 123,
  352, 50, 280, 33, 263, 133, 362,
] as const;

const footOfNose = 2;
/** The outer and inner corner of the right eye and of the left. */
const corners = [
  [33, 133],
  [263, 362],
] as const;
/** A breadth that stays within this share of itself says nothing. */
const steadyBreadth = 0.93;

/** Compares the frames between which the face turned most; undefined with fewer than two. */
export function flatMotion(faces: readonly ObservedFace[]): FlatMotion | undefined {
  if (faces.length < 2) return undefined;
  const extremes = (pick: (face: ObservedFace) => number) => {
    const sorted = [...faces].sort((a, b) => pick(a) - pick(b));
    return [sorted[0]!, sorted.at(-1)!] as const;
  };
  let turn = 0;
  let depth = 0;
  for (const [a, b] of [extremes(({ pose }) => pose.yaw), extremes(({ pose }) => pose.pitch), extremes(breadth)]) {
    const posed = Math.hypot(a.pose.yaw - b.pose.yaw, a.pose.pitch - b.pose.pitch);
    const [less, more] = [Math.min(breadth(a), breadth(b)), Math.max(breadth(a), breadth(b))];
    // Small differences of breadth are the mesh's own unrest.
    const foreshortened = less / more < steadyBreadth ? (Math.acos(less / more) * 180) / Math.PI : 0;
    turn = Math.max(turn, posed, foreshortened);
    depth = Math.max(depth, unexplained(a, b));
  }
  return { turn, depth };
}

/**
 * Breadth over height of the face as it appears: distance of the eyes over that from the eyes to the foot of the nose. An eye is the middle of its
 * corners here, which lids do not move: a blink would pass for a turn of twenty degrees.
 */
function breadth({ mesh }: ObservedFace): number {
  const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const apart = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
  const [right, left] = corners.map(([outer, inner]) => between(meshPoint(mesh, outer), meshPoint(mesh, inner)));
  return apart(right!, left!) / Math.max(1, apart(between(right!, left!), meshPoint(mesh, footOfNose)));
}

/** Root mean square of what is left of the points' motion when the best homography is taken off. */
function unexplained(from: ObservedFace, to: ObservedFace): number {
  const normal = ({ mesh, eyes, interEyeDistance }: ObservedFace) => {
    const middle = { x: (eyes.right.x + eyes.left.x) / 2, y: (eyes.right.y + eyes.left.y) / 2 };
    const scale = Math.max(1, interEyeDistance);
    return rigid.map((index) => {
      const { x, y } = meshPoint(mesh, index);
      return { x: (x - middle.x) / scale, y: (y - middle.y) / scale };
    });
  };
  const a = normal(from);
  const b = normal(to);
  const h = homography(a, b);
  let square = 0;
  a.forEach(({ x, y }, i) => {
    const w = h[6]! * x + h[7]! * y + 1;
    const u = (h[0]! * x + h[1]! * y + h[2]!) / w;
    const v = (h[3]! * x + h[4]! * y + h[5]!) / w;
    square += (u - b[i]!.x) ** 2 + (v - b[i]!.y) ** 2;
  });
  return Math.sqrt(square / a.length);
}

/** Least squares over the eight numbers of a homography (the ninth is 1). */
function homography(from: readonly Point[], to: readonly Point[]): Float64Array {
  const size = 8;
  const normal = Array.from({ length: size }, () => new Float64Array(size + 1));
  const add = (row: readonly number[], value: number) => {
    for (let i = 0; i < size; i++) {
      for (let k = 0; k < size; k++) normal[i]![k]! += row[i]! * row[k]!;
      normal[i]![size]! += row[i]! * value;
    }
  };
  from.forEach(({ x, y }, i) => {
    const { x: u, y: v } = to[i]!;
    add([x, y, 1, 0, 0, 0, -u * x, -u * y], u);
    add([0, 0, 0, x, y, 1, -v * x, -v * y], v);
  });
  // A trace of damping: two equal frames leave the last two numbers undetermined.
  for (let i = 0; i < size; i++) normal[i]![i]! += 1e-6;
  return solved(normal);
}

/** Gauss' elimination with pivots. */
function solved(rows: Float64Array[]): Float64Array {
  const n = rows.length;
  for (let i = 0; i < n; i++) {
    let best = i;
    for (let k = i + 1; k < n; k++) if (Math.abs(rows[k]![i]!) > Math.abs(rows[best]![i]!)) best = k;
    [rows[i], rows[best]] = [rows[best]!, rows[i]!];
    const pivot = rows[i]![i]! || 1e-12;
    for (let k = i + 1; k < n; k++) {
      const factor = rows[k]![i]! / pivot;
      for (let c = i; c <= n; c++) rows[k]![c]! -= factor * rows[i]![c]!;
    }
  }
  const result = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    let value = rows[i]![n]!;
    for (let c = i + 1; c < n; c++) value -= rows[i]![c]! * result[c]!;
    result[i] = value / (rows[i]![i]! || 1e-12);
  }
  return result;
}
