/** Draws surfaces into a picture of depths, normals and marks; painting comes after. */
import { material, type Surface } from "./mesh.ts";

/** A pinhole camera on the line of sight: the eyes' plane is `distance` away, one face unit there is `scale` pixels. */
export interface Camera {
  readonly distance: number;
  readonly scale: number;
  /** Where the line of sight meets the picture, in pixels. */
  readonly centreX: number;
  readonly centreY: number;
}

/** What is seen at each pixel. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly depth: Float32Array;
  readonly material: Uint8Array;
  /** Three each. */
  readonly normal: Float32Array;
  readonly marks: Float32Array;
}

export function emptyCanvas(width: number, height: number): Canvas {
  return {
    width,
    height,
    depth: new Float32Array(width * height).fill(Number.POSITIVE_INFINITY),
    material: new Uint8Array(width * height),
    normal: new Float32Array(width * height * 3),
    marks: new Float32Array(width * height * 3),
  };
}

export function project(camera: Camera, x: number, y: number, z: number): { x: number; y: number } {
  const shrink = (camera.distance / (camera.distance + z)) * camera.scale;
  return { x: camera.centreX + x * shrink, y: camera.centreY + y * shrink };
}

/** Draws one surface. `shows` may leave out places by their marks (the edge of the hair). */
export function draw(
  canvas: Canvas,
  camera: Camera,
  surface: Surface,
  places: Float32Array,
  normals: Float32Array,
  shows?: (a: number, b: number, c: number) => boolean,
): void {
  const { rows, columns, marks } = surface;
  const count = rows * columns;
  const screen = new Float32Array(count * 3);
  for (let i = 0; i < count; i++) {
    const z = places[i * 3 + 2]!;
    const shrink = (camera.distance / (camera.distance + z)) * camera.scale;
    screen[i * 3] = camera.centreX + places[i * 3]! * shrink;
    screen[i * 3 + 1] = camera.centreY + places[i * 3 + 1]! * shrink;
    screen[i * 3 + 2] = z;
  }
  const { width, height, depth } = canvas;
  const bothSides = surface.material === material.hair || surface.material === material.cloth;
  const triangle = (p: number, q: number, r: number) => {
    const px = screen[p * 3]!;
    const py = screen[p * 3 + 1]!;
    const qx = screen[q * 3]!;
    const qy = screen[q * 3 + 1]!;
    const rx = screen[r * 3]!;
    const ry = screen[r * 3 + 1]!;
    const area = (qx - px) * (ry - py) - (qy - py) * (rx - px);
    if (area === 0 || Number.isNaN(area)) return;
    const left = Math.max(0, Math.ceil(Math.min(px, qx, rx)));
    const right = Math.min(width - 1, Math.floor(Math.max(px, qx, rx)));
    const top = Math.max(0, Math.ceil(Math.min(py, qy, ry)));
    const bottom = Math.min(height - 1, Math.floor(Math.max(py, qy, ry)));
    if (left > right || top > bottom) return;
    const inverse = 1 / area;
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const wq = ((x - px) * (ry - py) - (y - py) * (rx - px)) * inverse;
        const wr = ((qx - px) * (y - py) - (qy - py) * (x - px)) * inverse;
        const wp = 1 - wq - wr;
        if (wp < -1e-4 || wq < -1e-4 || wr < -1e-4) continue;
        const z = wp * screen[p * 3 + 2]! + wq * screen[q * 3 + 2]! + wr * screen[r * 3 + 2]!;
        const at = y * width + x;
        if (z >= depth[at]!) continue;
        const a = wp * marks[p * 3]! + wq * marks[q * 3]! + wr * marks[r * 3]!;
        const b = wp * marks[p * 3 + 1]! + wq * marks[q * 3 + 1]! + wr * marks[r * 3 + 1]!;
        const c = wp * marks[p * 3 + 2]! + wq * marks[q * 3 + 2]! + wr * marks[r * 3 + 2]!;
        if (shows !== undefined && !shows(a, b, c)) continue;
        depth[at] = z;
        canvas.material[at] = surface.material;
        for (let k = 0; k < 3; k++)
          canvas.normal[at * 3 + k] = wp * normals[p * 3 + k]! + wq * normals[q * 3 + k]! + wr * normals[r * 3 + k]!;
        canvas.marks[at * 3] = a;
        canvas.marks[at * 3 + 1] = b;
        canvas.marks[at * 3 + 2] = c;
      }
    }
  };
  for (let r = 0; r + 1 < rows; r++) {
    for (let c = 0; c + 1 < columns; c++) {
      const i = r * columns + c;
      // What looks away from the camera is not drawn; hair is seen from both sides.
      if (!bothSides && normals[i * 3 + 2]! > 0.6 && normals[(i + columns + 1) * 3 + 2]! > 0.6) continue;
      triangle(i, i + 1, i + columns);
      triangle(i + 1, i + columns + 1, i + columns);
    }
  }
}
