/** How good a finger picture is for matching, and what the person can do better; fast enough for a live preview. */
import type { GreyImage } from "../image/image.ts";
import { steepnessPeriod } from "./doubts.ts";
import { CELL } from "./limits.ts";
import type { RidgeMap } from "./ridge-map.ts";
import { type RidgeAnalysis, withRidges } from "./ridges.ts";
import { singularPoints } from "./singular.ts";
import { smearOdds } from "./smear.ts";

const { abs, atan2, floor, hypot, log, max, min, round, sqrt } = Math;

/** What a person can change. In the order in which a screen should say it. */
export type FingerReason =
  | "no-finger"
  | "too-small"
  | "shifted"
  | "no-core"
  | "rotated"
  | "too-dry"
  | "too-wet"
  | "smudged"
  | "moving"
  | "wrong-resolution"
  | "inverted";

/** Named measures of ISO/IEC 29794-4; each says its own unit. */
export interface FingerMeasures {
  /** Area of the finger, square millimetres. */
  readonly area: number;
  /** Share of the finger's area whose ridges run clearly in one direction, 0..1 (orientation certainty level). */
  readonly orientationCertainty: number;
  /** Ridges against valleys: how well grey tells them apart, 0..1 (local clarity). */
  readonly ridgeClarity: number;
  /** Share of dark pixels where the finger is, 0..1: low when dry, high when wet. */
  readonly darkness: number;
  /** Share of the contrast that the ridge wave explains, 0..1 (spectral energy). */
  readonly waveShare: number;
  /** Area weighted by how clear its ridges are, square millimetres. */
  readonly clearArea: number;
  /** Cores found: 0 when the middle of the pattern is not on the picture (or the finger is an arch, which has none). */
  readonly cores: number;
  /** Clear area that another print of the finger will show too, square millimetres: less than all of it when no core is in it. */
  readonly sharedArea: number;
  /** Mean deviation of grey where the finger is, levels. */
  readonly contrast: number;
  /** Deviation of the contrast from place to place, as a share of its mean: 0.1 to 0.35 of a finger, more of a photograph. */
  readonly unevenness: number;
  /** Mean coherence of the ridge flow, 0..1: 0.93 and more of a finger (orientation flow). */
  readonly parallelism: number;
  /** Turn of the finger from upright, degrees, positive clockwise; 0 when it cannot be told. */
  readonly rotation: number;
  /** Distance from ridge to ridge, pixels at 500 ppi by the stated resolution: far from 9, that resolution is not true. */
  readonly ridgePeriod: number;
  /** Log-odds that the finger moved while the picture was taken: detail faded along one way only. */
  readonly smear: number;
}

export interface FingerAssessment {
  readonly present: boolean;
  /** 0 (useless) to 100 (excellent), in the manner of ISO/IEC 29794-1. */
  readonly score: number;
  readonly measures: FingerMeasures;
  readonly reasons: readonly FingerReason[];
  /** Middle of the finger in pixels of the given picture. */
  readonly centre: { readonly x: number; readonly y: number };
  /** Area of the finger, square millimetres. */
  readonly area: number;
}

/** Below this area there is no finger, and below that one too little of it, mm². */
const PRESENT_AREA = 25;
const SMALL_AREA = 115;
/** The finger's middle may be this far from the picture's middle, as a share of its side, when the finger is cut by the edge. */
const SHIFT_SHARE = 0.16;
const ROTATED_DEGREES = 25;
/** Little ink, and ridges that are rows of dots. */
const DRY_DARKNESS = 0.3;
const DRY_WAVE_SHARE = 0.48;
const WET_DARKNESS = 0.62;
/** Below this the contrast is not made of ridges. */
const SMUDGED_WAVE_SHARE = 0.32;
/** An outline turned further than this is the cut of a partial print, not a finger. */
const MOST_TILT = 60;
/** Any texture looks like ridges to this share of its contrast. */
const CHANCE_SHARE = 0.18;
/** A finger has more of it than this. */
const PRESENT_WAVE_SHARE = 0.22;
/** No finger is larger, a thumb rolled from nail to nail, mm² (a slap is several, and is segmented first). */
const MOST_AREA = 800;
const MOST_UNEVENNESS = 0.45;
/** One of these a print has, however poor. */
const REGULAR_WAVE_SHARE = 0.3;
const REGULAR_PARALLELISM = 0.92;
/**
 * A print with its core lies on every other print with the core; one without may show another part of the finger. Of its clear area that share counts that it
 * has of itself and this, mm²: a fifth of a fingertip's, most of a rolled arch's.
 */
const ANOTHER_PART = 300;
/** Without a core and with less clear area than this, another part of the finger should be pressed, mm². */
const WHOLE_ARCH = 150;
/** Shared areas that score 0 and 100, mm². */
const SCORE_RANGE = { least: 5, most: 250 };
/** Darkness away from the usual by more than the free part costs points. */
const USUAL_DARKNESS = 0.47;
const TONE_FREE = 0.27;
const TONE_WEIGHT = 100;
/** Periods that a finger may have, adult or child, pixels at 500 ppi. */
const PERIODS = { least: 6.6, most: 12.5 };
/** More than nearly every still finger shows. */
const MOVING_SMEAR = 1.1;
/** A picture of a false scale matches nothing, however clear it is. */
const FALSE_SCALE_SCORE = 15;
const MM_PER_CELL = (CELL * 25.4) / 500;

/**
 * Assesses a picture of one finger.
 * @throws BiometricsError as `workingImage`
 */
export function assessFinger(source: GreyImage): FingerAssessment {
  return withRidges(source, (ridges) => assess(source, ridges));
}

function assess(source: GreyImage, { image, normalised, map, cells, waveShare }: RidgeAnalysis): FingerAssessment {
  const area = cells * MM_PER_CELL ** 2;
  let x = 0;
  let y = 0;
  let certain = 0;
  let contrast = 0;
  let contrasts = 0;
  let coherence = 0;
  let wave = 0;
  let effective = 0;
  for (let i = 0; i < map.mask.length; i++) {
    if (map.mask[i] === 0) continue;
    const cx = ((i % map.columns) + 0.5) * CELL;
    const cy = (floor(i / map.columns) + 0.5) * CELL;
    x += cx;
    y += cy;
    if (map.coherence[i]! > 0.5) certain++;
    wave += waveShare[i]!;
    effective += max(0, waveShare[i]! - CHANCE_SHARE) * map.coherence[i]!;
    contrast += normalised.deviation[i]!;
    contrasts += normalised.deviation[i]! ** 2;
    coherence += map.coherence[i]!;
  }
  const n = max(1, cells);
  const centre =
    cells > 0 ? { x: (x / n) * image.scale, y: (y / n) * image.scale } : { x: source.width / 2, y: source.height / 2 };
  const tones = inkTones(image.data, image.width, map);
  const clearArea = effective * MM_PER_CELL ** 2;
  const cores = cells > 0 ? singularPoints(map).filter(({ kind }) => kind === "core").length : 0;
  const measures: FingerMeasures = {
    area,
    orientationCertainty: certain / n,
    ridgeClarity: tones.clarity,
    darkness: tones.darkness,
    waveShare: wave / n,
    clearArea,
    cores,
    sharedArea: cores > 0 ? clearArea : clearArea ** 2 / (clearArea + ANOTHER_PART),
    contrast: contrast / n,
    unevenness: contrast > 0 ? sqrt(max(0, (contrasts * n) / contrast ** 2 - 1)) : 0,
    parallelism: coherence / n,
    rotation: area > SMALL_AREA ? tilt(map) : 0,
    ridgePeriod: steepnessPeriod(normalised, map),
    smear: smearOdds(image, map),
  };
  const ridged = measures.waveShare >= PRESENT_WAVE_SHARE && resemblesFinger(measures);
  const present = area >= PRESENT_AREA && (ridged || isOfFalseScale(measures));
  const reasons = present ? faults(measures, centre, source) : (["no-finger"] as FingerReason[]);
  if (present && image.inverted) reasons.push("inverted");
  const usual = present ? scoreOf(measures) : 0;
  const score = reasons.includes("wrong-resolution") ? min(FALSE_SCALE_SCORE, usual) : usual;
  return { present, score, measures, reasons, centre, area };
}

/** A photograph has texture too, but more of it than a finger is large, of uneven strength, or neither regular nor parallel. */
function resemblesFinger(m: FingerMeasures): boolean {
  const regular = m.waveShare >= REGULAR_WAVE_SHARE || m.parallelism >= REGULAR_PARALLELISM;
  return m.area <= MOST_AREA && m.unevenness <= MOST_UNEVENNESS && regular;
}

/** Parallel lines all over, but not as far apart as ridges are: a finger whose resolution is stated wrongly. */
function isOfFalseScale(m: FingerMeasures): boolean {
  const far = m.ridgePeriod < PERIODS.least || m.ridgePeriod > PERIODS.most;
  return far && m.parallelism >= REGULAR_PARALLELISM && m.unevenness <= MOST_UNEVENNESS;
}

/** Clear area shared with other prints is what best foretells genuine scores (docs/fingers.md); its logarithm is laid on 0..100. */
function scoreOf(m: FingerMeasures): number {
  const worth = log(m.sharedArea / SCORE_RANGE.least) / log(SCORE_RANGE.most / SCORE_RANGE.least);
  const tone = max(0, abs(m.darkness - USUAL_DARKNESS) - TONE_FREE) * TONE_WEIGHT;
  return round(max(0, min(100, 100 * worth - tone)));
}

function faults(m: FingerMeasures, centre: { x: number; y: number }, source: GreyImage): FingerReason[] {
  const reasons: FingerReason[] = [];
  const shift = max(abs(centre.x / source.width - 0.5), abs(centre.y / source.height - 0.5));
  if (m.area < SMALL_AREA) reasons.push("too-small");
  if (shift > SHIFT_SHARE) reasons.push("shifted");
  if (m.cores === 0 && m.clearArea < WHOLE_ARCH) reasons.push("no-core");
  if (abs(m.rotation) > ROTATED_DEGREES) reasons.push("rotated");
  if (m.darkness < DRY_DARKNESS && m.waveShare < DRY_WAVE_SHARE) reasons.push("too-dry");
  else if (m.darkness > WET_DARKNESS) reasons.push("too-wet");
  if (m.waveShare < SMUDGED_WAVE_SHARE) reasons.push("smudged");
  if (m.smear > MOVING_SMEAR) reasons.push("moving");
  if (m.ridgePeriod < PERIODS.least || m.ridgePeriod > PERIODS.most || m.area > MOST_AREA) {
    reasons.push("wrong-resolution");
  }
  return reasons;
}

/** Splits the finger's grey into ink and paper (Otsu): how far apart they are, and how much is ink. */
function inkTones(data: Uint8Array, width: number, map: RidgeMap): { darkness: number; clarity: number } {
  const histogram = new Float64Array(256);
  let total = 0;
  for (let i = 0; i < data.length; i++) {
    const x = i % width;
    const y = (i - x) / width;
    if (map.mask[floor(y / CELL) * map.columns + floor(x / CELL)] === 0) continue;
    histogram[data[i]!]!++;
    total++;
  }
  if (total === 0) return { darkness: 0, clarity: 0 };
  let sum = 0;
  let squares = 0;
  for (let v = 0; v < 256; v++) {
    sum += v * histogram[v]!;
    squares += v * v * histogram[v]!;
  }
  let best = 0;
  let share = 0;
  let below = 0;
  let belowSum = 0;
  for (let v = 0; v < 255; v++) {
    below += histogram[v]!;
    belowSum += v * histogram[v]!;
    if (below === 0 || below === total) continue;
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
function tilt(map: RidgeMap): number {
  let n = 0;
  let sx = 0;
  let sy = 0;
  for (let i = 0; i < map.mask.length; i++) {
    if (map.mask[i] === 0) continue;
    n++;
    sx += i % map.columns;
    sy += floor(i / map.columns);
  }
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let i = 0; i < map.mask.length; i++) {
    if (map.mask[i] === 0) continue;
    const dx = (i % map.columns) - sx / n;
    const dy = floor(i / map.columns) - sy / n;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  const stretch = hypot(xx - yy, 2 * xy) / (xx + yy || 1);
  if (stretch < 0.2) return 0;
  const axis = 0.5 * atan2(2 * xy, xx - yy);
  const degrees = (axis * 180) / Math.PI;
  // The axis of an upright finger is vertical: ±90°.
  const turn = round(degrees > 0 ? degrees - 90 : degrees + 90);
  return abs(turn) > MOST_TILT ? 0 : turn;
}
