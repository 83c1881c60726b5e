/** Surfaces of triangles, and turning them. */

/** What a surface is made of: chooses how its pixels are painted. */
export const material = { skin: 1, hair: 2, cloth: 3, neck: 4, ear: 5, cap: 6 } as const;
export type Material = (typeof material)[keyof typeof material];

/** A grid of `rows × columns` points. Places are in face units: x to the picture's right, y down, z away from the camera. */
export interface Surface {
  readonly material: Material;
  readonly rows: number;
  readonly columns: number;
  /** x, y, z of each point. */
  readonly places: Float32Array;
  /** Three numbers of each point by which it is painted: for the head its longitude, and its x and y before expression. */
  readonly marks: Float32Array;
}

/** Outward normals of a surface's points, from its neighbours. */
export function normalsOf({ rows, columns, places }: Surface): Float32Array {
  const normals = new Float32Array(places.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const left = (r * columns + Math.max(0, c - 1)) * 3;
      const right = (r * columns + Math.min(columns - 1, c + 1)) * 3;
      const up = (Math.max(0, r - 1) * columns + c) * 3;
      const down = (Math.min(rows - 1, r + 1) * columns + c) * 3;
      const ax = places[right]! - places[left]!;
      const ay = places[right + 1]! - places[left + 1]!;
      const az = places[right + 2]! - places[left + 2]!;
      const bx = places[down]! - places[up]!;
      const by = places[down + 1]! - places[up + 1]!;
      const bz = places[down + 2]! - places[up + 2]!;
      // Columns run to the picture's right over the front, rows run down: their product points away, so it is negated.
      const nx = -(ay * bz - az * by);
      const ny = -(az * bx - ax * bz);
      const nz = -(ax * by - ay * bx);
      const length = Math.hypot(nx, ny, nz) || 1;
      const i = (r * columns + c) * 3;
      normals[i] = nx / length;
      normals[i + 1] = ny / length;
      normals[i + 2] = nz / length;
    }
  }
  return normals;
}

/** A rotation as nine numbers, row by row. */
export type Rotation = readonly number[];

/** Pitched, then yawed, then rolled; the directions of `Pose`. Degrees. */
export function rotationOf(yaw: number, pitch: number, roll: number): Rotation {
  const radians = Math.PI / 180;
  const [cy, sy] = [Math.cos(yaw * radians), Math.sin(yaw * radians)];
  const [cp, sp] = [Math.cos(pitch * radians), Math.sin(pitch * radians)];
  const [cr, sr] = [Math.cos(roll * radians), Math.sin(roll * radians)];
  const pitched = [1, 0, 0, 0, cp, sp, 0, -sp, cp];
  const yawed = [cy, 0, -sy, 0, 1, 0, sy, 0, cy];
  const rolled = [cr, -sr, 0, sr, cr, 0, 0, 0, 1];
  return product(rolled, product(yawed, pitched));
}

function product(a: Rotation, b: Rotation): Rotation {
  const result: number[] = [];
  for (let r = 0; r < 3; r++)
    for (let c = 0; c < 3; c++) result.push(a[r * 3]! * b[c]! + a[r * 3 + 1]! * b[3 + c]! + a[r * 3 + 2]! * b[6 + c]!);
  return result;
}

/** Turns triples of numbers about a centre; for normals the centre is the origin. */
export function turned(
  triples: Float32Array,
  rotation: Rotation,
  centre: readonly [number, number, number],
): Float32Array {
  const result = new Float32Array(triples.length);
  const [a, b, c, d, e, f, g, h, k] = rotation as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const [ox, oy, oz] = centre;
  for (let i = 0; i < triples.length; i += 3) {
    const x = triples[i]! - ox;
    const y = triples[i + 1]! - oy;
    const z = triples[i + 2]! - oz;
    result[i] = a * x + b * y + c * z + ox;
    result[i + 1] = d * x + e * y + f * z + oy;
    result[i + 2] = g * x + h * y + k * z + oz;
  }
  return result;
}
