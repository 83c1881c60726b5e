/**
 * From the raw value of a measure to its 0–100 value: the mappings of ISO/IEC 29794-5 as OFIQ 1.0.3 carries them out. All are
 * rounded and clipped. Measures whose raw value is ours (a substitute for a network that Kabina does not have) are not here.
 */

/** The sigmoid of the norm: 0.5 at `middle`, rising over `width`. */
function s(x: number, middle: number, width: number): number {
  return 1 / (1 + Math.exp((middle - x) / width));
}

function cosineSquared(degrees: number): number {
  return 100 * Math.max(0, Math.cos((degrees * Math.PI) / 180)) ** 2;
}

const formulas = {
  UnifiedQualityScore: (x: number) => 100 * s(x, 23, 2.6),
  BackgroundUniformity: (x: number) => 190 * (1 - s(x, 10, 100)),
  IlluminationUniformity: (x: number) => 100 * x ** 0.3,
  LuminanceMean: (x: number) => 100 * s(x, 0.2, 0.05) * (1 - s(x, 0.8, 0.05)),
  LuminanceVariance: (x: number) => 100 * Math.sin((Math.PI * 60 * x) / (60 * x + 1)),
  UnderExposurePrevention: (x: number) => 120 * (0.832 - s(x, 0.92, 0.05)),
  OverExposurePrevention: (x: number) => 1 / (x + 0.01),
  DynamicRange: (x: number) => 12.5 * x,
  Sharpness: (x: number) => 115 * s(x, -20, 15) - 14,
  CompressionArtifacts: (x: number) => 103 * s(x, 0.3308, 0.092) - 0.0278,
  NaturalColour: (x: number) => 200 * (1 - s(x, 0, 10)),
  SingleFacePresent: (x: number) => 100 * (1 - x),
  EyesOpen: (x: number) => 100 * s(x, 0.02, 0.01),
  MouthClosed: (x: number) => 100 * (1 - s(x, 0.2, 0.06)),
  EyesVisible: (x: number) => 100 * (1 - x),
  MouthOcclusionPrevention: (x: number) => 100 * (1 - x),
  FaceOcclusionPrevention: (x: number) => 100 * (1 - x),
  InterEyeDistance: (x: number) => 100 * s(x, 70, 20),
  HeadSize: (x: number) => 200 * (1 - s(Math.abs(x - 0.45), 0, 0.05)),
  LeftwardCropOfTheFaceImage: (x: number) => 100 * s(x, 0.9, 0.1),
  RightwardCropOfTheFaceImage: (x: number) => 100 * s(x, 0.9, 0.1),
  MarginAboveOfTheFaceImage: (x: number) => 100 * s(x, 1.4, 0.1),
  MarginBelowOfTheFaceImage: (x: number) => 100 * s(x, 1.8, 0.1),
  HeadPoseYaw: cosineSquared,
  HeadPosePitch: cosineSquared,
  HeadPoseRoll: cosineSquared,
  ExpressionNeutrality: (x: number) => 100 * s(x, -5000, 5000),
  NoHeadCoverings: (x: number) => headCovering(x),
} as const;

export type StandardMeasure = keyof typeof formulas;
export const standardMeasures = Object.keys(formulas) as readonly StandardMeasure[];

/** The 0–100 value of a standard measure's raw value. */
export function scalar(measure: StandardMeasure, raw: number): number {
  return clipped(formulas[measure](raw));
}

/** Rounded to a whole number of 0…100. */
export function clipped(value: number): number {
  return Math.min(100, Math.max(0, Math.round(value)));
}

/** 100 when nothing covers the brow, 0 above 95 %, a falling sigmoid rescaled to touch both in between. */
function headCovering(share: number): number {
  if (share <= 0) return 100;
  if (share >= 0.95) return 0;
  const top = s(0, 0.02, 0.1);
  const bottom = s(0.95, 0.02, 0.1);
  return 100 * (1 - (s(share, 0.02, 0.1) - top) / (bottom - top));
}
