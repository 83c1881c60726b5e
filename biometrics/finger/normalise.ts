/** Local contrast normalisation: every neighbourhood to mean 0 and deviation about 1. */
import { CELL } from "./limits.ts";
import { RidgeKernel } from "./ridge-kernel.ts";
import type { WorkingImage } from "./working-image.ts";

const { ceil, floor, max, min, sqrt } = Math;

/** Half side of the neighbourhood, pixels: about three ridges. */
const RADIUS = 14;
/** Deviations below this are noise and are not stretched to full contrast, grey levels. */
const NOISE_FLOOR = 6;
/** Stretched values are cut here, so that scars and dirt do not outshout ridges. */
const CLIP = 2.5;

export interface NormalisedImage {
  readonly width: number;
  readonly height: number;
  /** About -2.5..2.5; ridges (dark) are negative. */
  readonly value: Float32Array;
  /** Local deviation in grey levels in the middle of each cell. */
  readonly deviation: Float32Array;
}

export function normalise({ width, height, data }: WorkingImage): NormalisedImage {
  const kernel = new RidgeKernel();
  const columns = ceil(width / CELL);
  const cells = columns * ceil(height / CELL);
  const value = kernel.take(4 * data.length + 16);
  const deviation = kernel.take(4 * cells);
  const mark = kernel.mark();
  const at = {
    data: kernel.bytes(data),
    sums: kernel.take(4 * 4 * (2 * RADIUS + 16 + width + 8)),
    parts: kernel.floats(windowShares(width)),
  };
  kernel.call.normalise(
    at.data,
    width,
    height,
    RADIUS,
    CELL,
    columns,
    at.sums,
    at.parts,
    value,
    deviation,
    NOISE_FLOOR,
    CLIP,
  );
  kernel.release(mark);
  return {
    width,
    height,
    value: kernel.readFloats(value, data.length),
    deviation: kernel.readFloats(deviation, cells),
  };
}

/** For each column 1 / the columns of the window there. */
function windowShares(width: number): Float32Array {
  const shares = new Float32Array(width);
  for (let x = 0; x < width; x++) shares[x] = 1 / windowSide(x, width);
  return shares;
}

/** How much of the window around `at` lies in the picture. */
function windowSide(at: number, side: number): number {
  return min(at + RADIUS, side - 1) - max(at - RADIUS, 0) + 1;
}

/** The same in plain TypeScript: the reference that a test holds the compiled one against. */
export function normalisePlainly({ width, height, data }: WorkingImage): NormalisedImage {
  const value = new Float32Array(data.length);
  const columns = ceil(width / CELL);
  const deviation = new Float32Array(columns * ceil(height / CELL));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      let square = 0;
      for (let j = max(0, y - RADIUS); j <= min(height - 1, y + RADIUS); j++) {
        for (let i = max(0, x - RADIUS); i <= min(width - 1, x + RADIUS); i++) {
          const grey = data[j * width + i]!;
          sum += grey;
          square += grey * grey;
        }
      }
      const n = windowSide(x, width) * windowSide(y, height);
      const mean = sum / n;
      const spread = sqrt(max(0, square / n - mean * mean));
      value[y * width + x] = min(CLIP, max(-CLIP, (data[y * width + x]! - mean) / max(spread, NOISE_FLOOR)));
      const [column, row] = [floor(x / CELL), floor(y / CELL)];
      const middle = (cell: number, side: number) => min(side - 1, cell * CELL + (CELL >> 1));
      if (x === middle(column, width) && y === middle(row, height)) deviation[row * columns + column] = spread;
    }
  }
  return { width, height, value, deviation };
}
