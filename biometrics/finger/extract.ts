/** From a finger picture to a template: a chain of named stages, each of which can be looked at. */
import type { GreyImage } from "../image/image.ts";
import { enhance, halved } from "./enhance.ts";
import { findForeground, trimForeground } from "./foreground.ts";
import { MAX_MINUTIAE, WORKING_PPI } from "./limits.ts";
import { findMinutiae } from "./minutiae.ts";
import { type NormalisedImage, normalise } from "./normalise.ts";
import { estimateOrientation, orientationFromTensor, tensorField } from "./orientation.ts";
import { estimatePeriod } from "./period.ts";
import { emptyRidgeMap, type RidgeMap, ridgeAngle } from "./ridge-map.ts";
import { thin } from "./skeleton.ts";
import { repairSkeleton } from "./skeleton-repair.ts";
import { type FlowMap, type Minutia, NO_FLOW, type Template } from "./template.ts";
import { type WorkingImage, workingImage } from "./working-image.ts";

/** Stamped into every template; changes whenever the same picture could give another template. */
export const EXTRACTOR_VERSION = "kabina-finger-1";

/** What every stage of an extraction left behind. */
export interface Extraction {
  readonly image: WorkingImage;
  readonly normalised: NormalisedImage;
  readonly map: RidgeMap;
  readonly cells: number;
  readonly quality: Float32Array;
  readonly enhanced: Float32Array;
  readonly skeleton: Uint8Array;
  readonly minutiae: readonly Minutia[];
  readonly template: Template;
}

/**
 * The template of a finger picture; an empty one when there is no finger.
 * @throws BiometricsError as `workingImage`
 */
export function extractTemplate(image: GreyImage): Template {
  return extractStages(image).template;
}

/** The same, with all stages kept for looking at. */
export function extractStages(source: GreyImage): Extraction {
  const image = workingImage(source);
  const { width, height } = image;
  const normalised = normalise(image);
  const map = emptyRidgeMap(width, height);
  const tensor = estimateOrientation(normalised, map);
  let cells = findForeground(normalised, tensor, map);
  estimatePeriod(normalised, map);
  const [w, h] = [width >> 1, height >> 1];
  const first = enhance(halved(normalised.value, width, height), w, h, map, 2);
  orientationFromTensor(tensorField(first, w, h, map, 2), map, 1, 2);
  cells = trimForeground(halved(normalised.value, width, height), first, w, h, map);
  const enhanced = enhance(normalised.value, width, height, map);
  const quality = cellQuality(normalised, enhanced, map);
  const skeleton = new Uint8Array(width * height);
  for (let i = 0; i < skeleton.length; i++) skeleton[i] = enhanced[i]! < 0 ? 1 : 0;
  thin(skeleton, width, height);
  repairSkeleton(skeleton, width, height);
  const minutiae = findMinutiae(skeleton, width, height, map, quality)
    .sort((a, b) => b.quality - a.quality)
    .slice(0, MAX_MINUTIAE);
  const template: Template = {
    version: EXTRACTOR_VERSION,
    width,
    height,
    ppi: WORKING_PPI,
    minutiae,
    singularPoints: [],
    flow: flowMap(map),
  };
  return { image, normalised, map, cells, quality, enhanced, skeleton, minutiae, template };
}

/** How much of a cell's contrast the ridge wave explains, times how parallel it runs: 0..1. */
function cellQuality(normalised: NormalisedImage, enhanced: Float32Array, map: RidgeMap): Float32Array {
  const { cell, columns, rows } = map;
  const { width, height, value } = normalised;
  const quality = new Float32Array(map.mask.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const c = row * columns + column;
      if (map.mask[c] === 0) continue;
      let wave = 0;
      let all = 0;
      for (let y = row * cell; y < Math.min(height, (row + 1) * cell); y++) {
        for (let x = column * cell; x < Math.min(width, (column + 1) * cell); x++) {
          const i = y * width + x;
          wave += enhanced[i]! * enhanced[i]!;
          all += value[i]! * value[i]!;
        }
      }
      quality[c] = Math.min(1, all > 0 ? wave / all : 0) * Math.min(1, map.coherence[c]!);
    }
  }
  return quality;
}

/** The part of the maps a template keeps. */
function flowMap(map: RidgeMap): FlowMap {
  const orientation = new Uint8Array(map.mask.length).fill(NO_FLOW);
  const period = new Uint8Array(map.mask.length);
  for (let i = 0; i < orientation.length; i++) {
    if (map.mask[i] === 0) continue;
    const degrees = Math.round((-ridgeAngle(map, i) * 180) / Math.PI);
    orientation[i] = ((degrees % 180) + 180) % 180;
    period[i] = Math.min(255, Math.round(map.period[i]! * 10));
  }
  return { cell: map.cell, columns: map.columns, rows: map.rows, orientation, period };
}
