/** From a finger picture to a template: a chain of named stages, each of which can be looked at. */
import type { GreyImage } from "../image/image.ts";
import { enhance } from "./enhance.ts";
import { MAX_MINUTIAE, WORKING_PPI } from "./limits.ts";
import { findMinutiae } from "./minutiae.ts";
import type { NormalisedImage } from "./normalise.ts";
import { type RidgeMap, ridgeAngle } from "./ridge-map.ts";
import { type RidgeAnalysis, withRidges } from "./ridges.ts";
import { singularPoints } from "./singular.ts";
import { skeletonOf } from "./skeleton.ts";
import { repairSkeleton } from "./skeleton-repair.ts";
import { type FlowMap, type Minutia, NO_FLOW, type Template } from "./template.ts";
import type { WorkingImage } from "./working-image.ts";

/** Stamped into every template; changes whenever the same picture could give another template. */
export const EXTRACTOR_VERSION = "kabina-finger-3";

/** What every stage of an extraction left behind. */
export interface Extraction {
  readonly image: WorkingImage;
  readonly normalised: NormalisedImage;
  readonly map: RidgeMap;
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
  return withRidges(image, (ridges) => extract(ridges).template);
}

/** The same, with all stages kept for looking at. */
export function extractStages(source: GreyImage): Extraction {
  return withRidges(source, (ridges) => {
    const { normalised, enhanced, skeleton, ...rest } = extract(ridges);
    return {
      ...rest,
      normalised: { ...normalised, value: normalised.value.slice(), deviation: normalised.deviation.slice() },
      enhanced: enhanced.slice(),
      skeleton: skeleton.slice(),
    };
  });
}

function extract({ image, normalised, map, waveShare }: RidgeAnalysis): Extraction {
  const { width, height } = image;
  const enhanced = enhance(normalised.value, width, height, map);
  const quality = waveShare.map((share, i) => (map.mask[i] === 1 ? Math.min(1, share) * map.coherence[i]! : 0));
  const skeleton = skeletonOf(enhanced, width, height);
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
    singularPoints: singularPoints(map),
    flow: flowMap(map),
  };
  return { image, normalised, map, quality, enhanced, skeleton, minutiae, template };
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
