/** Whether a finger lies still: one live picture against the one before, coarsely. */
import type { GreyImage } from "../../biometrics/image/image.ts";

/** Pixels of a cell's side: about four ridges. */
const CELL = 36;
/** Mean change of a cell's grey, levels of 255, under which nothing moves. */
const STILL_LEVELS = 6;

export class Stillness {
  #last: Float32Array | undefined;

  /** True when this picture differs little from the one before. */
  observe(image: GreyImage): boolean {
    const cells = meansOf(image);
    const last = this.#last;
    this.#last = cells;
    if (last === undefined || last.length !== cells.length) return false;
    const change = cells.reduce((sum, mean, index) => sum + Math.abs(mean - last[index]!), 0) / cells.length;
    return change < STILL_LEVELS;
  }
}

function meansOf({ width, height, data }: GreyImage): Float32Array {
  const columns = Math.max(1, Math.floor(width / CELL));
  const rows = Math.max(1, Math.floor(height / CELL));
  const cells = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      let count = 0;
      for (let y = row * CELL; y < Math.min(height, (row + 1) * CELL); y += 2)
        for (let x = column * CELL; x < Math.min(width, (column + 1) * CELL); x += 2) {
          sum += data[y * width + x]!;
          count += 1;
        }
      cells[row * columns + column] = sum / count;
    }
  return cells;
}
