/** How well the ridge flows of two prints agree where one lies on the other. */
import type { Pose } from "./pose.ts";
import type { PreparedTemplate } from "./prepared.ts";
import { NO_FLOW } from "./template.ts";

/** Every second cell is compared. */
const STRIDE = 2;
const COS2 = Float32Array.from({ length: 181 }, (_, d) => Math.cos((d * Math.PI) / 90));
const SIN2 = Float32Array.from({ length: 181 }, (_, d) => Math.sin((d * Math.PI) / 90));

/** Writes mean cosine of twice the difference of directions, cells compared and mean relative difference of periods. */
export function flowAgreement(
  a: PreparedTemplate,
  b: PreparedTemplate,
  pose: Pose,
  out: { flow: number; flowCells: number; period: number },
): void {
  const fa = a.template.flow;
  const fb = b.template.flow;
  if (fa === undefined || fb === undefined) return;
  const c2 = Math.cos(2 * pose.turn);
  const s2 = Math.sin(2 * pose.turn);
  let sum = 0;
  let periods = 0;
  let cells = 0;
  for (let row = 0; row < fa.rows; row += STRIDE) {
    for (let column = 0; column < fa.columns; column += STRIDE) {
      const ia = row * fa.columns + column;
      const da = fa.orientation[ia]!;
      if (da === NO_FLOW) continue;
      const dx = (column + 0.5) * fa.cell - pose.ax;
      const dy = -(row + 0.5) * fa.cell - pose.ay;
      const x = pose.bx + dx * pose.cos - dy * pose.sin;
      const y = pose.by + dx * pose.sin + dy * pose.cos;
      if (x < 0 || y > 0) continue;
      const cb = (x / fb.cell) | 0;
      const rb = (-y / fb.cell) | 0;
      if (cb >= fb.columns || rb >= fb.rows) continue;
      const ib = rb * fb.columns + cb;
      const db = fb.orientation[ib]!;
      if (db === NO_FLOW) continue;
      const ca = COS2[da]! * c2 - SIN2[da]! * s2;
      const sa = SIN2[da]! * c2 + COS2[da]! * s2;
      sum += ca * COS2[db]! + sa * SIN2[db]!;
      periods += Math.abs(fa.period[ia]! - fb.period[ib]!) / (fa.period[ia]! + fb.period[ib]!);
      cells++;
    }
  }
  out.flowCells = cells;
  if (cells > 0) {
    out.flow = sum / cells;
    out.period = periods / cells;
  }
}
