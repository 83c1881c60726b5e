/** What is known of a picture's ridges before any minutia is sought: shared by the extractor and the quality score. */
import type { GreyImage } from "../image/image.ts";
import { enhance, halved } from "./enhance.ts";
import { findForeground, trimForeground, waveShares } from "./foreground.ts";
import { type NormalisedImage, normalise } from "./normalise.ts";
import { estimateOrientation, orientationFromTensor, tensorField } from "./orientation.ts";
import { estimatePeriod } from "./period.ts";
import { chain } from "./ridge-kernel.ts";
import { emptyRidgeMap, type RidgeMap } from "./ridge-map.ts";
import { type WorkingImage, workingImage } from "./working-image.ts";

/** Smoothing of the tensor of the enhanced picture, cells. */
const FINE_SIGMA = 1;
const COARSE_SIGMA = 2;

export interface RidgeAnalysis {
  readonly image: WorkingImage;
  readonly normalised: NormalisedImage;
  readonly map: RidgeMap;
  /** Cells with finger. */
  readonly cells: number;
  /** For each cell the share of its contrast that the ridge wave explains, about 0..1. */
  readonly waveShare: Float32Array;
}

/**
 * Normalises, then finds orientation, finger and period; a first enhancement at half size sharpens orientation and outline. What `use` is given
 * lies in the kernel's memory: it is only there until `use` returns.
 * @throws BiometricsError as `workingImage`
 */
export function withRidges<Result>(source: GreyImage, use: (ridges: RidgeAnalysis) => Result): Result {
  const image = workingImage(source);
  return chain(image.width * image.height, () => use(analyseRidges(image)));
}

function analyseRidges(image: WorkingImage): RidgeAnalysis {
  const { width, height } = image;
  const normalised = normalise(image);
  const map = emptyRidgeMap(width, height);
  const tensor = estimateOrientation(normalised, map);
  let cells = findForeground(normalised, tensor, map);
  if (cells === 0) return { image, normalised, map, cells, waveShare: new Float32Array(map.mask.length) };
  estimatePeriod(normalised, map);
  const half = halved(normalised.value, width, height);
  const [w, h] = [width >> 1, height >> 1];
  const first = enhance(half, w, h, map, 2);
  orientationFromTensor(tensorField(first, w, h, map, 2), map, FINE_SIGMA, COARSE_SIGMA);
  const waveShare = waveShares(half, first, w, h, map);
  cells = trimForeground(waveShare, map);
  return { image, normalised, map, cells, waveShare };
}
