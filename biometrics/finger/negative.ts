/** Pictures in black for white: told by their empty part, and turned round. */
import type { GreyImage } from "../image/image.ts";

const { floor, max, min, sqrt } = Math;

/** Side of a block for polarity, pixels as captured. */
const BLOCK = 16;
/** Blocks with this share of the strongest contrast are finger, with that share its edge at least, and below the last background. */
const FINGER_CONTRAST = 0.6;
const EDGE_CONTRAST = 0.45;
const BACKGROUND_CONTRAST = 0.2;
/** Background must be this share of the picture to tell anything, and lie within so many blocks of so many blocks of the finger's edge. */
const LEAST_BACKGROUND = 0.03;
const NEAR = 3;
const LEAST_NEAR = 2;
const LEAST_EDGE = 6;
/** How much darker than the finger, in deviations of the finger's grey: beside its edge, and the whole background than the whole finger. */
const DARKER_BESIDE = 0.6;
const DARKER = 0.4;
/** A single block counts up to this. */
const MOST_BESIDE = 1.5;

/**
 * True when ridges are light on a dark ground: the empty part of the picture is nearer to the ridges' grey than to the valleys'. A picture without an empty
 * part, or with one as grey as both, does not tell, and counts as it is.
 */
export function isNegative(image: GreyImage): boolean {
  const blocks = blocksOf(image);
  const { mean, deviation, strongest } = blocks;
  let [finger, contrast, fingers, ground, grounds] = [0, 0, 0, 0, 0];
  for (let i = 0; i < mean.length; i++) {
    if (deviation[i]! > FINGER_CONTRAST * strongest) {
      finger += mean[i]!;
      contrast += deviation[i]!;
      fingers++;
    } else if (deviation[i]! < BACKGROUND_CONTRAST * strongest) {
      ground += mean[i]!;
      grounds++;
    }
  }
  if (fingers === 0 || grounds < LEAST_BACKGROUND * mean.length) return false;
  const darker = (finger / fingers - ground / grounds) / (contrast / fingers);
  return darker > DARKER && darkerBeside(blocks) > DARKER_BESIDE;
}

interface Blocks {
  readonly columns: number;
  readonly rows: number;
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  /** Deviation that a tenth of the blocks exceed. */
  readonly strongest: number;
}

/** Mean and deviation of each block's grey, from every other pixel. */
function blocksOf({ width, height, data }: GreyImage): Blocks {
  const columns = floor(width / BLOCK);
  const rows = floor(height / BLOCK);
  const mean = new Float32Array(columns * rows);
  const deviation = new Float32Array(columns * rows);
  const n = (BLOCK / 2) ** 2;
  for (let i = 0; i < mean.length; i++) {
    const left = (i % columns) * BLOCK;
    const top = floor(i / columns) * BLOCK;
    let sum = 0;
    let squares = 0;
    for (let y = top; y < top + BLOCK; y += 2) {
      for (let k = y * width + left; k < y * width + left + BLOCK; k += 2) {
        const v = data[k]!;
        sum += v;
        squares += v * v;
      }
    }
    mean[i] = sum / n;
    deviation[i] = sqrt(max(0, squares / n - (sum / n) ** 2));
  }
  return {
    columns,
    rows,
    mean,
    deviation,
    strongest: Float32Array.from(deviation).sort()[floor(deviation.length * 0.9)] ?? 0,
  };
}

/** How much darker the background is than the blocks of the finger's edge beside it, in their deviations; 0 when there is no edge. */
function darkerBeside({ columns, rows, mean, deviation, strongest }: Blocks): number {
  let sum = 0;
  let edge = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      if (deviation[i]! <= EDGE_CONTRAST * strongest) continue;
      let ground = 0;
      let grounds = 0;
      for (let r = max(0, row - NEAR); r <= min(rows - 1, row + NEAR); r++) {
        for (let c = max(0, column - NEAR); c <= min(columns - 1, column + NEAR); c++) {
          const j = r * columns + c;
          if (deviation[j]! >= BACKGROUND_CONTRAST * strongest) continue;
          ground += mean[j]!;
          grounds++;
        }
      }
      if (grounds < LEAST_NEAR) continue;
      sum += max(-MOST_BESIDE, min(MOST_BESIDE, (mean[i]! - ground / grounds) / deviation[i]!));
      edge++;
    }
  }
  return edge < LEAST_EDGE ? 0 : sum / edge;
}

/** The picture with black for white. */
export function negative(image: GreyImage): GreyImage {
  return { ...image, data: image.data.map((v) => 255 - v) };
}
