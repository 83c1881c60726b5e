import { findForeground } from "./foreground.js";
import { CELL } from "./limits.js";
import { normalise } from "./normalise.js";
import { estimateOrientation } from "./orientation.js";
import { emptyRidgeMap } from "./ridge-map.js";
import { workingImage } from "./working-image.js";
/** Below this area there is no finger, and below that one too little of it, mm². */
const PRESENT_AREA = 25;
const SMALL_AREA = 90;
/** The finger's middle may be this far from the picture's middle, as a share of its side, when the finger is cut by the edge. */
const SHIFT_SHARE = 0.16;
const ROTATED_DEGREES = 25;
const DRY_DARKNESS = 0.36;
const WET_DARKNESS = 0.66;
const SMUDGED_CERTAINTY = 0.45;
const MM_PER_CELL = (CELL * 25.4) / 500;
/**
 * Assesses a picture of one finger.
 * @throws BiometricsError as `workingImage`
 */
export function assessFinger(source) {
    const image = workingImage(source);
    const normalised = normalise(image);
    const map = emptyRidgeMap(image.width, image.height);
    const tensor = estimateOrientation(normalised, map);
    const cells = findForeground(normalised, tensor, map);
    const area = cells * MM_PER_CELL ** 2;
    let x = 0;
    let y = 0;
    let certain = 0;
    let certainty = 0;
    let contrast = 0;
    for (let i = 0; i < map.mask.length; i++) {
        if (map.mask[i] === 0)
            continue;
        const cx = ((i % map.columns) + 0.5) * CELL;
        const cy = (Math.floor(i / map.columns) + 0.5) * CELL;
        x += cx;
        y += cy;
        if (map.coherence[i] > 0.5)
            certain++;
        certainty += map.coherence[i];
        const at = Math.min(image.height - 1, Math.round(cy)) * image.width + Math.min(image.width - 1, Math.round(cx));
        contrast += normalised.deviation[at];
    }
    const n = Math.max(1, cells);
    const centre = cells > 0 ? { x: (x / n) * image.scale, y: (y / n) * image.scale } : { x: source.width / 2, y: source.height / 2 };
    const tones = inkTones(image.data, image.width, map);
    const measures = {
        area,
        orientationCertainty: certain / n,
        ridgeClarity: tones.clarity,
        darkness: tones.darkness,
        contrast: contrast / n,
        rotation: area > SMALL_AREA ? tilt(map) : 0,
    };
    const present = area >= PRESENT_AREA;
    const reasons = present ? faults(measures, centre, source) : ["no-finger"];
    const score = present ? scoreOf(measures, certainty / n) : 0;
    return { present, score, measures, reasons, centre, area };
}
function scoreOf(m, certainty) {
    const area = Math.min(1, m.area / 180);
    const clarity = Math.min(1, Math.max(0, (m.ridgeClarity - 0.3) / 0.5));
    const tone = 1 - Math.min(1, Math.abs(m.darkness - 0.5) / 0.4);
    return Math.round(100 * Math.sqrt(area) * (0.5 * certainty + 0.3 * clarity + 0.2 * tone));
}
function faults(m, centre, source) {
    const reasons = [];
    const shift = Math.max(Math.abs(centre.x / source.width - 0.5), Math.abs(centre.y / source.height - 0.5));
    if (m.area < SMALL_AREA)
        reasons.push("too-small");
    if (shift > SHIFT_SHARE)
        reasons.push("shifted");
    if (Math.abs(m.rotation) > ROTATED_DEGREES)
        reasons.push("rotated");
    if (m.darkness < DRY_DARKNESS)
        reasons.push("too-dry");
    else if (m.darkness > WET_DARKNESS)
        reasons.push("too-wet");
    if (m.orientationCertainty < SMUDGED_CERTAINTY)
        reasons.push("smudged");
    return reasons;
}
/** Splits the finger's grey into ink and paper (Otsu): how far apart they are, and how much is ink. */
function inkTones(data, width, map) {
    const histogram = new Float64Array(256);
    let total = 0;
    for (let i = 0; i < data.length; i++) {
        const x = i % width;
        const y = (i - x) / width;
        if (map.mask[Math.floor(y / CELL) * map.columns + Math.floor(x / CELL)] === 0)
            continue;
        histogram[data[i]]++;
        total++;
    }
    if (total === 0)
        return { darkness: 0, clarity: 0 };
    let sum = 0;
    let squares = 0;
    for (let v = 0; v < 256; v++) {
        sum += v * histogram[v];
        squares += v * v * histogram[v];
    }
    let best = 0;
    let share = 0;
    let below = 0;
    let belowSum = 0;
    for (let v = 0; v < 255; v++) {
        below += histogram[v];
        belowSum += v * histogram[v];
        if (below === 0 || below === total)
            continue;
        const gap = belowSum / below - (sum - belowSum) / (total - below);
        const between = (below / total) * (1 - below / total) * gap * gap;
        if (between > best) {
            best = between;
            share = below / total;
        }
    }
    const variance = squares / total - (sum / total) ** 2;
    return { darkness: share, clarity: variance > 0 ? best / variance : 0 };
}
/** Turn from upright by the finger's own outline: the long axis of its area, degrees; 0 for a round area. */
function tilt(map) {
    let n = 0;
    let sx = 0;
    let sy = 0;
    for (let i = 0; i < map.mask.length; i++) {
        if (map.mask[i] === 0)
            continue;
        n++;
        sx += i % map.columns;
        sy += Math.floor(i / map.columns);
    }
    let xx = 0;
    let yy = 0;
    let xy = 0;
    for (let i = 0; i < map.mask.length; i++) {
        if (map.mask[i] === 0)
            continue;
        const dx = (i % map.columns) - sx / n;
        const dy = Math.floor(i / map.columns) - sy / n;
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    const stretch = Math.hypot(xx - yy, 2 * xy) / (xx + yy || 1);
    if (stretch < 0.2)
        return 0;
    const axis = 0.5 * Math.atan2(2 * xy, xx - yy);
    const degrees = (axis * 180) / Math.PI;
    // The axis of an upright finger is vertical: ±90°.
    return Math.round(degrees > 0 ? degrees - 90 : degrees + 90);
}
