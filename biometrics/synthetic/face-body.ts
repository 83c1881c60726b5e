/** What is around the face: neck, shoulders, ears, hair, cap. */
import { curve, step } from "./curve.ts";
import { headPoint } from "./face-shape.ts";
import type { FaceTraits, HairStyle } from "./face-traits.ts";
import { type Material, material, type Surface } from "./mesh.ts";
import { noise } from "./noise.ts";

/** A surface of ovals: at each height a breadth, a depth and the depth of its centre. */
function ovals(
  kind: Material,
  heights: readonly number[],
  columns: number,
  shape: (y: number, longitude: number) => readonly [number, number, number],
): Surface {
  const rows = heights.length;
  const places = new Float32Array(rows * columns * 3);
  const marks = new Float32Array(rows * columns * 3);
  let i = 0;
  for (const height of heights) {
    for (let c = 0; c < columns; c++) {
      const longitude = -Math.PI + (2 * Math.PI * c) / (columns - 1);
      const [x, y, z] = shape(height, longitude);
      places[i] = x;
      places[i + 1] = y;
      places[i + 2] = z;
      marks[i] = longitude;
      marks[i + 1] = x;
      marks[i + 2] = height;
      i += 3;
    }
  }
  return { material: kind, rows, columns, places, marks };
}

function span(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

const neckBreadth = curve([
  [0.6, 0.4],
  [1, 0.4],
  [1.4, 0.43],
  [1.7, 0.56],
  [1.85, 0.8],
]);

/** From under the jaw to the collar. */
export function neckSurface(traits: FaceTraits): Surface {
  const wide = traits.sex === "M" ? 1.04 : 0.8;
  return ovals(material.neck, span(0.55, 1.85, 40), 72, (y, longitude) => {
    const w = neckBreadth(y) * wide;
    return [Math.sin(longitude) * w, y, 0.12 - Math.cos(longitude) * (0.43 * wide + 0.1 * step(1.3, 1.8, y))];
  });
}

const shoulderBreadth = curve([
  [1.42, 0.5],
  [1.5, 0.56],
  [1.62, 0.72],
  [1.74, 1.05],
  [1.9, 1.35],
  [2.1, 1.52],
  [2.5, 1.6],
  [4, 1.62],
]);
const chestDepth = curve([
  [1.42, 0.52],
  [1.5, 0.54],
  [1.8, 0.6],
  [2.2, 0.68],
  [4, 0.72],
]);

export function shoulderSurface(traits: FaceTraits): Surface {
  const wide = traits.sex === "M" ? 1.08 : 0.9;
  return ovals(material.cloth, span(1.42, 4, 60), 96, (y, longitude) => {
    const s = Math.sin(longitude);
    const c = Math.cos(longitude);
    // The collar dips in front.
    const dip = y < 1.7 ? Math.max(0, c) ** 2 * 0.16 * (1 - step(1.42, 1.7, y)) : 0;
    return [s * shoulderBreadth(y) * wide, y + dip, 0.14 - Math.sign(c) * Math.abs(c) ** 0.85 * chestDepth(y) * wide];
  });
}

/** One ear: a leaf that stands off the head. Marks: which side, and place on the leaf. */
export function earSurface(traits: FaceTraits, side: -1 | 1): Surface {
  const rows = 18;
  const columns = 14;
  const places = new Float32Array(rows * columns * 3);
  const marks = new Float32Array(rows * columns * 3);
  const [baseX, , baseZ] = headPoint(traits, side * 1.72, 0.12);
  let i = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const v = (r / (rows - 1)) * 2 - 1;
      // Columns run to the picture's right, so that the normals look at the camera.
      const across = side > 0 ? c / (columns - 1) : 1 - c / (columns - 1);
      const leaf = Math.sqrt(Math.max(0, 1 - v * v)) * (v > 0 ? 0.75 : 1);
      const rim = across ** 3 * 0.035;
      places[i] = baseX + side * (-0.03 + across * leaf * 0.165);
      places[i + 1] = 0.12 + v * 0.235 - across * 0.03;
      places[i + 2] = baseZ - 0.02 + across * leaf * 0.1 - rim;
      marks[i] = side;
      marks[i + 1] = across;
      marks[i + 2] = v;
      i += 3;
    }
  }
  return { material: material.ear, rows, columns, places, marks };
}

/** Height of the hairline by longitude (0 in front), and how far the hair stands off. */
const hairlines: Readonly<Record<Exclude<HairStyle, "bald">, (angle: number) => number>> = {
  short: curve([
    [0, -0.68],
    [0.45, -0.66],
    [0.75, -0.56],
    [0.98, -0.3],
    [1.12, -0.12],
    [1.3, -0.02],
    [1.5, 0.06],
    [1.62, -0.08],
    [1.95, 0.02],
    [2.2, 0.55],
    [3.15, 0.75],
  ]),
  bob: curve([
    [0, -0.7],
    [0.5, -0.6],
    [0.85, -0.4],
    [1.02, -0.1],
    [1.14, 0.3],
    [1.24, 0.72],
    [1.5, 0.85],
    [3.15, 0.85],
  ]),
  long: curve([
    [0, -0.72],
    [0.5, -0.62],
    [0.85, -0.42],
    [1.03, -0.1],
    [1.17, 0.3],
    [1.3, 0.9],
    [1.42, 1.5],
    [1.6, 1.75],
    [3.15, 1.75],
  ]),
};

/** True where hair grows, by longitude and height. */
export function hairShows(traits: FaceTraits): (longitude: number, x: number, y: number) => boolean {
  if (traits.hairStyle === "bald") {
    // A wreath is left.
    return (longitude, _x, y) => {
      const angle = Math.abs(longitude);
      return angle > 1.3 && y > -0.42 && y < hairlines.short(angle) + noise(longitude * 30, y * 12, traits.seed) * 0.02;
    };
  }
  const line = hairlines[traits.hairStyle];
  const recede = traits.sex === "M" ? Math.max(0, traits.age - 35) * 0.0035 : 0;
  return (longitude, _x, y) => {
    const angle = Math.abs(longitude);
    const back = recede * (angle < 0.9 ? 1 - 0.4 * Math.cos(angle * 3.4) : 0);
    // Locks, and single hairs of any length: skin shows through where they end.
    const fringe =
      noise(longitude * 26, y * 6, traits.seed) * 0.024 +
      noise(longitude * 70, y * 9, traits.seed + 5) * 0.03 +
      noise(longitude * 210, y * 5, traits.seed + 6) * 0.09 -
      0.02;
    return y < line(angle) + traits.fringe * (1 - step(0.5, 1, angle)) - back + fringe;
  };
}

export function hairSurface(traits: FaceTraits, detail: number): Surface {
  const style = traits.hairStyle;
  const thick = style === "bald" ? 0.012 : style === "short" ? 0.07 : 0.11;
  const bottom = style === "long" ? 1.85 : style === "bob" ? 0.95 : 0.85;
  const heights: number[] = [];
  const count = Math.round(90 * detail);
  for (let i = 0; i < 12; i++) heights.push(-1 + 0.12 * (i / 12) ** 2);
  for (let i = 0; i <= count; i++) heights.push(-0.88 + ((bottom + 0.88) * i) / count);
  const columns = Math.round(200 * detail) + 1;
  const line = style === "bald" ? hairlines.short : hairlines[style];
  return ovals(material.hair, heights, columns, (y, longitude) => {
    const angle = Math.abs(longitude);
    // Below the cheekbones long hair hangs instead of following the jaw.
    const followed = Math.min(y, style === "short" || style === "bald" ? 1 : 0.15);
    const [x, , z] = headPoint(traits, longitude, followed);
    const edge = step(-0.02, 0.34, line(angle) + traits.fringe - y);
    const tufts =
      1 + 0.22 * noise(longitude * 5, y * 4, traits.seed) + 0.1 * noise(longitude * 22, y * 3, traits.seed + 1);
    const off = thick * (0.12 + 0.88 * edge) * tufts + (y > 0.3 && style !== "short" ? 0.04 * step(0.3, 1.2, y) : 0);
    const away = Math.hypot(x, z) || 1;
    const top = y < -0.8 ? off * (1 - step(-1, -0.7, y)) : 0;
    return [
      x + (x / away) * off,
      y - top - off * 0.25 * (1 - step(-0.9, -0.2, y)),
      z + (z / away) * off + (y > 0.5 ? 0.1 * step(0.5, 1.4, y) : 0),
    ];
  });
}

/** A knitted cap or scarf over the hair down to the brow. */
export function capSurface(traits: FaceTraits, cover: number): Surface {
  const rim = -0.62 + cover * 0.36;
  return ovals(material.cap, [...span(-1, -0.9, 8), ...span(-0.88, rim, 40)], 120, (y, longitude) => {
    const [x, , z] = headPoint(traits, longitude, y);
    const away = Math.hypot(x, z) || 1;
    const off = 0.16;
    return [x + (x / away) * off, y - 0.19 * (1 - step(-1, -0.5, y)), z + (z / away) * off];
  });
}
