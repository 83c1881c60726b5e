/**
 * What the ridges around a minutia do: their direction at sixteen points on three rings, told from the minutia's own. It does
 * not change when the finger is shifted or turned, and hardly when the skin is dragged (idea: Tico and Kuosmanen 2003).
 */
import { CELL } from "./limits.ts";
import { type FlowMap, NO_FLOW } from "./template.ts";

/** Rings: radius in pixels at 500 ppi, and points on it. */
const RINGS = [
  { radius: 14, points: 4 },
  { radius: 28, points: 6 },
  { radius: 42, points: 6 },
] as const;
const POINTS = RINGS.flatMap(({ radius, points }) =>
  Array.from({ length: points }, (_, k) => ({
    x: radius * Math.cos((2 * Math.PI * k) / points),
    y: radius * Math.sin((2 * Math.PI * k) / points),
  })),
);
/** Bytes of a descriptor: half turns in 256 parts. */
export const FLOW_POINTS = 16;
/**
 * Stands for "no ridges there": in the probe and in the gallery values far apart, so that two such points never count as alike.
 */
export const NO_RIDGE = { probe: 64, gallery: 191 } as const;

/** Writes the descriptor at (x, y), y upwards; `missing` where the print shows no ridges. */
export function describeFlow(
  flow: FlowMap,
  x: number,
  y: number,
  direction: number,
  missing: number,
  out: Uint8Array,
): void {
  const cos = Math.cos(direction);
  const sin = Math.sin(direction);
  POINTS.forEach((point, k) => {
    const column = Math.floor((x + point.x * cos - point.y * sin) / CELL);
    const row = Math.floor(-(y + point.x * sin + point.y * cos) / CELL);
    const inside = column >= 0 && row >= 0 && column < flow.columns && row < flow.rows;
    const ridge = inside ? flow.orientation[row * flow.columns + column]! : NO_FLOW;
    out[k] = ridge === NO_FLOW ? missing : Math.round((ridge * 256) / 180 - (direction * 256) / Math.PI) & 255;
  });
}
