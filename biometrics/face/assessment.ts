import type { HintCode } from "./hints.ts";
import type { FaceObservation } from "./observation.ts";

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
  /** What the engine saw. */
  readonly observation: FaceObservation;
}
