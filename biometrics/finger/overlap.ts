/** The part of a finger that a print shows: from its flow map, or guessed around the minutiae of a foreign template. */
import { CELL, WORKING_PPI } from "./limits.ts";
import { type FlowMap, NO_FLOW, type Template } from "./template.ts";

/** Without a flow map the finger is taken to reach this far around each minutia, pixels at 500 ppi. */
const REACH = 44;

/** Cells of `CELL` pixels at 500 ppi; 1 where the finger is. */
export interface Footprint {
  readonly columns: number;
  readonly rows: number;
  readonly cells: Uint8Array;
}

/** The flow map, if it is on the matcher's grid. */
export function flowOf({ flow, ppi }: Template): FlowMap | undefined {
  return flow?.cell === CELL && ppi === WORKING_PPI ? flow : undefined;
}

export function footprintOf(template: Template): Footprint {
  const scale = WORKING_PPI / template.ppi;
  const flow = flowOf(template);
  if (flow !== undefined) {
    return { columns: flow.columns, rows: flow.rows, cells: flow.orientation.map((o) => (o === NO_FLOW ? 0 : 1)) };
  }
  const columns = Math.ceil((template.width * scale) / CELL);
  const rows = Math.ceil((template.height * scale) / CELL);
  const cells = new Uint8Array(columns * rows);
  for (const m of template.minutiae) {
    const x = (m.x * scale) / CELL - 0.5;
    const y = (m.y * scale) / CELL - 0.5;
    const reach = REACH / CELL;
    for (let row = Math.max(0, Math.ceil(y - reach)); row <= Math.min(rows - 1, y + reach); row++) {
      for (let column = Math.max(0, Math.ceil(x - reach)); column <= Math.min(columns - 1, x + reach); column++) {
        if ((column - x) ** 2 + (row - y) ** 2 <= reach * reach) cells[row * columns + column] = 1;
      }
    }
  }
  return { columns, rows, cells };
}
