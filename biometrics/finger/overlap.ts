/** Whether a place lies on the part of a finger that a print shows. */
import { WORKING_PPI } from "./limits.ts";
import type { PreparedTemplate } from "./prepared.ts";
import { NO_FLOW } from "./template.ts";

/** Place in the matcher's coordinates (500 ppi, y upwards). */
export function inside(print: PreparedTemplate, x: number, y: number): boolean {
  const { flow, ppi, width, height } = print.template;
  const px = (x * ppi) / WORKING_PPI;
  const py = (-y * ppi) / WORKING_PPI;
  if (px < 0 || py < 0 || px >= width || py >= height) return false;
  if (flow === undefined) return true;
  const column = (px / flow.cell) | 0;
  const row = (py / flow.cell) | 0;
  if (column >= flow.columns || row >= flow.rows) return false;
  return flow.orientation[row * flow.columns + column] !== NO_FLOW;
}
