/**
 * The head as a surface. Face unit: from the middle of the eyes (y = 0) to the chin (y = 1); the crown is at y = −1. Cross-sections
 * are ovals given by three curves (breadth, front, back); features are bells that push the surface forwards or back.
 */
import { bell, curve, step } from "./curve.ts";
import type { FaceScene } from "./face-scene.ts";
import type { FaceTraits } from "./face-traits.ts";
import { material, type Surface } from "./mesh.ts";

/** Where features lie, for one person; painting uses the same numbers. */
export interface FacePlan {
  readonly eyeX: number;
  readonly eyeHalfWidth: number;
  readonly eyeHeight: number;
  readonly browY: number;
  readonly noseY: number;
  readonly noseHalfWidth: number;
  readonly mouthY: number;
  readonly mouthHalfWidth: number;
}

export function facePlan(traits: FaceTraits): FacePlan {
  return {
    eyeX: traits.eyeHalf,
    eyeHalfWidth: 0.142 * traits.eyeSize,
    eyeHeight: 0.088 * traits.eyeSize,
    browY: -0.2,
    noseY: 0.36 * traits.noseLength,
    noseHalfWidth: 0.155 * traits.noseWidth,
    mouthY: 0.6,
    mouthHalfWidth: 0.235 * traits.mouthWidth,
  };
}

const breadth = curve([
  [-1, 0],
  [-0.97, 0.2],
  [-0.9, 0.38],
  [-0.75, 0.55],
  [-0.5, 0.66],
  [-0.25, 0.69],
  [0, 0.68],
  [0.25, 0.655],
  [0.45, 0.6],
  [0.62, 0.535],
  [0.76, 0.43],
  [0.88, 0.31],
  [0.96, 0.2],
  [1, 0.1],
  [1.03, 0],
]);
const front = curve([
  [-1, 0],
  [-0.97, 0.22],
  [-0.9, 0.42],
  [-0.75, 0.61],
  [-0.5, 0.745],
  [-0.25, 0.79],
  [-0.05, 0.775],
  [0.15, 0.775],
  [0.35, 0.79],
  [0.5, 0.805],
  [0.65, 0.795],
  [0.75, 0.765],
  [0.87, 0.765],
  [0.95, 0.72],
  [1, 0.6],
  [1.03, 0.4],
]);
const back = curve([
  [-1, 0],
  [-0.97, 0.25],
  [-0.9, 0.48],
  [-0.7, 0.74],
  [-0.4, 0.92],
  [-0.1, 0.95],
  [0.2, 0.82],
  [0.5, 0.55],
  [0.8, 0.3],
  [1, 0.05],
  [1.03, -0.1],
]);

/** A point of the bare head: longitude 0 looks at the camera, positive to the picture's right. */
export function headPoint(traits: FaceTraits, longitude: number, y: number): [number, number, number] {
  const jaw = 1 + (traits.jawWidth - 1) * step(0.1, 0.7, y);
  const w = Math.max(1e-4, breadth(y) * traits.faceWidth * jaw);
  const s = Math.sin(longitude);
  const c = Math.cos(longitude);
  const deep = c > 0 ? front(y) : back(y);
  const d = Math.max(1e-4, deep);
  const power = 2.25;
  const radius = (Math.abs(s / w) ** power + Math.abs(c / d) ** power) ** (-1 / power);
  return [s * radius, y, -c * radius];
}

/** How far features push the point (x, y) of the front towards the camera. */
export function relief(traits: FaceTraits, plan: FacePlan, x: number, y: number): number {
  const side = Math.abs(x);
  const length = traits.noseLength;
  let out = 0;
  // Nose: a ridge that rises and widens to the tip, then falls steeply; wings beside it.
  const ny = y / length;
  const ridge = noseProfile(ny);
  if (ridge > 0) {
    const half = (0.055 + 0.075 * step(0, 0.33, ny)) * traits.noseWidth;
    out += ridge * bell(x, half);
  }
  out += 0.085 * bell(side - 0.092 * traits.noseWidth, 0.06 * traits.noseWidth) * bell(ny - 0.325, 0.062);
  // Eye sockets and the brow above; the eyeball bulges between the lids.
  const ex = side - plan.eyeX;
  out -= 0.075 * bell(ex + 0.01, 0.2) * bell(y + 0.01, 0.13);
  out -= 0.05 * bell(ex + 0.16, 0.07) * bell(y + 0.02, 0.12);
  out += 0.04 * bell(ex, 0.13) * bell(y, 0.085);
  out += 0.03 * bell(side - plan.eyeX * 0.95, 0.22) * bell(y + 0.23, 0.09) * (traits.sex === "M" ? 1.2 : 0.7);
  // Cheekbones, the hollow under them, the folds beside the mouth.
  out += 0.035 * bell(side - 0.4, 0.17) * bell(y - 0.26, 0.17);
  const fold = side - (0.2 + (y - 0.33) * 0.36);
  out -= (0.008 + 0.016 * traits.wrinkles) * bell(fold, 0.03) * step(0.3, 0.38, y) * (1 - step(0.56, 0.68, y));
  // Lips, the groove above, the dent under them, the chin.
  const my = y - plan.mouthY;
  const lips = bell(x, plan.mouthHalfWidth * 0.8) * traits.lipFullness;
  out += 0.05 * lips * bell(my + 0.038, 0.038);
  out += 0.052 * lips * bell(my - 0.045, 0.045);
  out -= 0.022 * bell(x, plan.mouthHalfWidth * 0.85) * bell(my, 0.018);
  out -= 0.012 * bell(x, 0.035) * bell(y - 0.475, 0.05);
  out -= 0.024 * bell(x, 0.16) * bell(y - 0.745, 0.05);
  out += 0.025 * bell(x, 0.15) * bell(y - 0.9, 0.08);
  return out;
}

const noseProfile = curve([
  [-0.16, 0],
  [-0.06, 0.045],
  [0.05, 0.09],
  [0.15, 0.155],
  [0.25, 0.225],
  [0.305, 0.25],
  [0.345, 0.215],
  [0.385, 0.11],
  [0.42, 0.02],
  [0.45, 0],
]);

/** How expression moves the point (x, y): down and sideways. Closing eyes is painted, not moved. */
function expression(scene: FaceScene, plan: FacePlan, x: number, y: number): [number, number] {
  let dx = 0;
  let dy = 0;
  if (scene.mouthOpen > 0) {
    const inside = 1 - step(plan.mouthHalfWidth * 0.55, plan.mouthHalfWidth * 1.02, Math.abs(x));
    const below = step(plan.mouthY - 0.007, plan.mouthY + 0.007, y);
    const jaw = step(plan.mouthY, plan.mouthY + 0.12, y) * 0.75;
    dy += 0.26 * scene.mouthOpen * Math.max(below * inside, jaw);
    dy -= 0.02 * scene.mouthOpen * bell(y - plan.mouthY + 0.05, 0.06) * inside;
  }
  if (scene.smile > 0) {
    const corner = bell(Math.abs(x) - plan.mouthHalfWidth, 0.14) * bell(y - plan.mouthY, 0.12);
    dy -= 0.07 * scene.smile * corner;
    dx += Math.sign(x) * 0.065 * scene.smile * corner;
    dy -= 0.025 * scene.smile * bell(Math.abs(x) - 0.38, 0.15) * bell(y - 0.33, 0.15);
  }
  return [dx, dy];
}

/** Longitudes, dense over the face; and heights. `detail` 1 for stills, 0.5 for live pictures. */
function grid(detail: number): { longitudes: number[]; heights: number[] } {
  const longitudes: number[] = [];
  const half = Math.round(118 * detail);
  const behind = Math.round(30 * detail);
  for (let i = -behind; i < 0; i++) longitudes.push(-1.35 + ((Math.PI - 1.35) * i) / behind);
  for (let i = -half; i <= half; i++) longitudes.push((1.35 * i) / half);
  for (let i = 1; i <= behind; i++) longitudes.push(1.35 + ((Math.PI - 1.35) * i) / behind);
  const heights: number[] = [];
  for (let i = 0; i < 16 * detail; i++) heights.push(-1 + 0.2 * (i / (16 * detail)) ** 2);
  for (let i = 0; i < 28 * detail; i++) heights.push(-0.8 + (0.5 * i) / (28 * detail));
  for (let i = 0; i <= 140 * detail; i++) heights.push(-0.3 + (1.28 * i) / (140 * detail));
  for (let i = 1; i <= 8; i++) heights.push(0.98 + 0.05 * (i / 8) ** 0.6);
  return { longitudes, heights };
}

/** The head of a person with an expression. Marks: longitude, and x and y of the bare head. */
export function headSurface(traits: FaceTraits, plan: FacePlan, scene: FaceScene, detail: number): Surface {
  const { longitudes, heights } = grid(detail);
  const rows = heights.length;
  const columns = longitudes.length;
  const places = new Float32Array(rows * columns * 3);
  const marks = new Float32Array(rows * columns * 3);
  let i = 0;
  for (const height of heights) {
    for (const longitude of longitudes) {
      const [x, y, z] = headPoint(traits, longitude, height);
      const facing = Math.max(0, Math.cos(longitude));
      let push = 0;
      let dx = 0;
      let dy = 0;
      if (facing > 0) {
        push = relief(traits, plan, x, y) * step(0, 0.35, facing);
        [dx, dy] = expression(scene, plan, x, y);
      }
      places[i] = x + dx;
      places[i + 1] = y + dy;
      places[i + 2] = z - push;
      marks[i] = longitude;
      marks[i + 1] = x;
      marks[i + 2] = y;
      i += 3;
    }
  }
  return { material: material.skin, rows, columns, places, marks };
}
