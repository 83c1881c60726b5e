/**
 * Measures that are Kabina's own: where OFIQ uses a network that Kabina does not have, or has no such measure. Their values are
 * fitted on degradation ladders and synthetic faces, and are not comparable with OFIQ's.
 */
import { clipped, scalar } from "./scalars.ts";

function s(x: number, middle: number, width: number): number {
  return 1 / (1 + Math.exp((middle - x) / width));
}

const formulas = {
  /** Share of fine differences, 0.05 smeared … 0.25 crisp. */
  Sharpness: (x: number) => 100 * s(x, 0.12, 0.025),
  /** Deviation of 255. */
  Noise: (x: number) => 100 * (1 - s(x, 8, 1.5)),
  /** Height of block borders, of 255. */
  CompressionArtifacts: (x: number) => 100 * (1 - s(x, 3.2, 0.6)),
  /** Decibels of the finest detail below that of middling size. */
  OriginalPixels: (x: number) => 100 * s(x, -19.5, 1),
  /** Share of the eye's middle. */
  RedEyes: (x: number) => 100 * (1 - s(x, 0.15, 0.03)),
  /** Mean Sobel magnitude. */
  BackgroundUniformity: (x: number) => 100 * (1 - s(x, 32, 8)),
  /** Luminance 0…1. */
  BackgroundLight: (x: number) => 100 * s(x, 0.12, 0.03),
  /** Mean distance, CIELAB. */
  BackgroundShadow: (x: number) => 100 * (1 - s(x, 14, 3)),
  /** Mean chroma, CIELAB. */
  ColourPresent: (x: number) => 10 * x,
  /** Degrees. */
  Gaze: (x: number) => 100 * (1 - s(Math.abs(x), 16, 3)),
  /** Smile, eye distances. */
  ExpressionNeutrality: (x: number) => 100 * (1 - s(x, 0.11, 0.02)),
  /** Shares of a zone. */
  DarkGlasses: (x: number) => 100 * (1 - s(x, 0.65, 0.06)),
  GlassesGlare: (x: number) => 100 * (1 - x),
  EyesVisible: (x: number) => 100 * (1 - x),
  MouthOcclusionPrevention: (x: number) => 100 * (1 - x),
  FaceOcclusionPrevention: (x: number) => 100 * (1 - x),
  /** By OFIQ's mapping: cloth and hat above the brow, as another network sees them. */
  NoHeadCoverings: (x: number) => scalar("NoHeadCoverings", x),
} as const;

export type SubstituteMeasure = keyof typeof formulas;
export const substituteMeasures = Object.keys(formulas) as readonly SubstituteMeasure[];

/** The 0–100 value of one of our own measures. */
export function substituteValue(measure: SubstituteMeasure, raw: number): number {
  return clipped(formulas[measure](raw));
}
