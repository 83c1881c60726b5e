import type { RgbImage } from "../image/image.ts";
import type { HintCode } from "./hints.ts";
import { type FaceLimits, faceLimits } from "./limits.ts";
import { measureAll } from "./measures.ts";
import type { FaceObservation } from "./observation.ts";
import { type PresentationSignal, stillSignals } from "./presentation/signals.ts";

/** One measure of a portrait. */
export interface Measure {
  /** The measured quantity in its own unit; null where there was nothing to measure. */
  readonly raw: number | null;
  /** 0 (worst) … 100 (best), by the mapping of ISO/IEC 29794-5 where it has one. */
  readonly value: number;
  readonly pass: boolean;
  /** What would mend it; null when it passes. */
  readonly hint: HintCode | null;
}

/** A still portrait, judged. Measures bear OFIQ's names where OFIQ has them. */
export interface PortraitAssessment {
  readonly width: number;
  readonly height: number;
  /** Faces found. */
  readonly faces: number;
  readonly measures: Readonly<Record<string, Measure>>;
  /** True when every measure passes. */
  readonly pass: boolean;
  /** 0…100: how good the portrait is as a whole, for comparing portraits of one session. */
  readonly score: number;
  /** What to tell the person first; null when all passes. */
  readonly hint: HintCode | null;
  /** Signs of a picture held before the camera, of this still alone. They never make it fail. */
  readonly presentation: readonly PresentationSignal[];
  /** What the engine saw. */
  readonly observation: FaceObservation;
}

/** Judges a still by what the engine saw in it. */
export function assessPortrait(
  still: RgbImage,
  observation: FaceObservation,
  limits: FaceLimits = faceLimits,
): PortraitAssessment {
  const { width, height, faces } = observation;
  const face = faces[0];
  if (face === undefined) {
    const missing: Measure = { raw: null, value: 0, pass: false, hint: "no-face" };
    return {
      width,
      height,
      faces: 0,
      measures: { SingleFacePresent: missing },
      pass: false,
      score: 0,
      hint: "no-face",
      presentation: [],
      observation,
    };
  }
  const measures: Record<string, Measure> = {};
  for (const { name, raw, value, hint } of measureAll(still, face, faces[1])) {
    const least = (limits.pass as Readonly<Record<string, number>>)[name] ?? 0;
    const pass = value >= least;
    measures[name] = { raw, value, pass, hint: pass ? null : hint };
  }
  const failed = Object.values(measures).filter((one) => !one.pass);
  // Measures without a limit (how large the head is in a picture that will be cut) do not count. The geometric mean lets one bad
  // measure weigh more than many good ones mend.
  const counted = Object.entries(measures).filter(([name]) => name in limits.pass);
  const logs = counted.reduce((total, [, { value }]) => total + Math.log(Math.max(1, value)), 0) / counted.length;
  return {
    width,
    height,
    faces: faces.length,
    measures,
    pass: failed.length === 0,
    score: Math.round(Math.exp(logs) * 10) / 10,
    hint: failed[0]?.hint ?? null,
    presentation: stillSignals(still, face, limits.presentation),
    observation,
  };
}
