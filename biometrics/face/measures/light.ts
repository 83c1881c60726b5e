/** Light on the face, by the formulas of ISO/IEC 29794-5 (OFIQ 1.0.3). */
import { cheeks, type WorkFace } from "./work-face.ts";

export interface LightValues {
  readonly LuminanceMean: number;
  readonly LuminanceVariance: number;
  readonly UnderExposurePrevention: number;
  readonly OverExposurePrevention: number;
  readonly DynamicRange: number;
  readonly IlluminationUniformity: number;
}

/** Luminances, of 255, that count as too dark and too bright. */
const dark = 25;
const bright = 247;

export function lightValues(work: WorkFace): LightValues {
  const histogram = new Float64Array(256);
  let count = 0;
  for (let i = 0; i < work.luma.length; i++) {
    if (work.mask[i] === 0) continue;
    histogram[work.luma[i]!]!++;
    count++;
  }
  let mean = 0;
  let square = 0;
  let under = 0;
  let over = 0;
  let entropy = 0;
  for (let level = 0; level < 256; level++) {
    const share = histogram[level]! / Math.max(1, count);
    const value = level / 255;
    mean += share * value;
    square += share * value * value;
    if (level <= dark) under += share;
    if (level >= bright) over += share;
    if (share > 0) entropy -= share * Math.log2(share);
  }
  return {
    LuminanceMean: mean,
    LuminanceVariance: square - mean * mean,
    UnderExposurePrevention: under,
    OverExposurePrevention: over,
    DynamicRange: entropy,
    IlluminationUniformity: likeness(work),
  };
}

/** Common area of the histograms of both cheeks. */
function likeness(work: WorkFace): number {
  const { right, left } = cheeks(work);
  const shares = (pixels: readonly number[]) => {
    const histogram = new Float64Array(256);
    for (const i of pixels) histogram[work.luma[i]!]! += 1 / pixels.length;
    return histogram;
  };
  const a = shares(right);
  const b = shares(left);
  return a.reduce((sum, share, level) => sum + Math.min(share, b[level]!), 0);
}
