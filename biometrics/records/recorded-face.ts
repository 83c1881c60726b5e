/** A portrait as the face records have it in common: what is kept when one is turned into another. */
import { startsWith } from "./bytes.ts";
import type { RecordedPose } from "./recorded-pose.ts";

export type FaceCoding = "jpeg" | "jpeg2000" | "png";

/** A landmark by its MPEG-4 feature point (ISO/IEC 14496-2), such as 12.1, the centre of the person's left eye. */
export interface FaceLandmark {
  readonly group: number;
  readonly point: number;
  /** Pixels from the upper left. */
  readonly x: number;
  readonly y: number;
}

/** Feature points that we write; left and right are the person's own. */
export const FEATURE_POINTS = {
  leftEye: { group: 12, point: 1 },
  rightEye: { group: 12, point: 2 },
  chin: { group: 2, point: 1 },
  noseTip: { group: 9, point: 3 },
  leftMouthCorner: { group: 8, point: 3 },
  rightMouthCorner: { group: 8, point: 4 },
} as const;

export interface RecordedFace {
  readonly coding: FaceCoding;
  /** The picture's file, as it is. */
  readonly data: Uint8Array;
  /** Pixels; 0 when not stated. */
  readonly width: number;
  readonly height: number;
  readonly landmarks: readonly FaceLandmark[];
  /** 0…100, where it is stated. */
  readonly quality?: number | undefined;
  /** 0 not stated, 1 male, 2 female. */
  readonly sex: number;
  /** Where any of it is stated. */
  readonly pose?: RecordedPose | undefined;
}

/** By the picture's own first bytes: the records' fields are wrong in some real documents. */
export function faceCodingOf(data: Uint8Array): FaceCoding | undefined {
  if (startsWith(data, "\xff\xd8\xff")) return "jpeg";
  if (startsWith(data, "\x89PNG")) return "png";
  if (startsWith(data, "\0\0\0\x0cjP  \r\n\x87\n") || startsWith(data, "\xff\x4f\xff\x51")) return "jpeg2000";
  return undefined;
}
