import { enhance } from "./enhance.js";
import { findForeground } from "./foreground.js";
import { MAX_MINUTIAE, WORKING_PPI } from "./limits.js";
import { findMinutiae } from "./minutiae.js";
import { normalise } from "./normalise.js";
import { estimateOrientation, orientationFromTensor, tensorField } from "./orientation.js";
import { estimatePeriod } from "./period.js";
import { emptyRidgeMap, ridgeAngle } from "./ridge-map.js";
import { thin } from "./skeleton.js";
import { repairSkeleton } from "./skeleton-repair.js";
import { NO_FLOW } from "./template.js";
import { workingImage } from "./working-image.js";
/** Stamped into every template; changes whenever the same picture could give another template. */
export const EXTRACTOR_VERSION = "kabina-finger-1";
/**
 * The template of a finger picture; an empty one when there is no finger.
 * @throws BiometricsError as `workingImage`
 */
export function extractTemplate(image) {
    return extractStages(image).template;
}
/** The same, with all stages kept for looking at. */
export function extractStages(source) {
    const image = workingImage(source);
    const { width, height } = image;
    const normalised = normalise(image);
    const map = emptyRidgeMap(width, height);
    const tensor = estimateOrientation(normalised, map);
    const cells = findForeground(normalised, tensor, map);
    estimatePeriod(normalised, map);
    const first = enhance(normalised.value, width, height, map);
    orientationFromTensor(tensorField(first, width, height, map), map, 1, 2);
    const enhanced = enhance(normalised.value, width, height, map);
    const quality = cellQuality(normalised, enhanced, map);
    const skeleton = new Uint8Array(width * height);
    for (let i = 0; i < skeleton.length; i++)
        skeleton[i] = enhanced[i] < 0 ? 1 : 0;
    thin(skeleton, width, height);
    repairSkeleton(skeleton, width, height);
    const minutiae = findMinutiae(skeleton, width, height, map, quality)
        .sort((a, b) => b.quality - a.quality)
        .slice(0, MAX_MINUTIAE);
    const template = {
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
function cellQuality(normalised, enhanced, map) {
    const { cell, columns, rows } = map;
    const { width, height, value } = normalised;
    const quality = new Float32Array(map.mask.length);
    for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
            const c = row * columns + column;
            if (map.mask[c] === 0)
                continue;
            let wave = 0;
            let all = 0;
            for (let y = row * cell; y < Math.min(height, (row + 1) * cell); y++) {
                for (let x = column * cell; x < Math.min(width, (column + 1) * cell); x++) {
                    const i = y * width + x;
                    wave += enhanced[i] * enhanced[i];
                    all += value[i] * value[i];
                }
            }
            quality[c] = Math.min(1, all > 0 ? wave / all : 0) * Math.min(1, map.coherence[c]);
        }
    }
    return quality;
}
/** The part of the maps a template keeps. */
function flowMap(map) {
    const orientation = new Uint8Array(map.mask.length).fill(NO_FLOW);
    const period = new Uint8Array(map.mask.length);
    for (let i = 0; i < orientation.length; i++) {
        if (map.mask[i] === 0)
            continue;
        const degrees = Math.round((-ridgeAngle(map, i) * 180) / Math.PI);
        orientation[i] = ((degrees % 180) + 180) % 180;
        period[i] = Math.min(255, Math.round(map.period[i] * 10));
    }
    return { cell: map.cell, columns: map.columns, rows: map.rows, orientation, period };
}
