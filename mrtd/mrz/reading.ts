/** What reading an MRZ out of a picture gives: for whoever shows it, compares it with the chip, or opens the chip with it. */
import type { Mrz, MrzFault } from "./mrz.ts";

/** A grey picture, one byte a pixel, rows from the top. Every `GreyImage` of biometrics is one. */
export interface GreyPixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** A point of the picture, in pixels. */
export interface PicturePoint {
  readonly x: number;
  readonly y: number;
}

/** A character that was put in place of the one that the picture shows best. */
export interface MrzRepair {
  /** Line and position, counted from 0. */
  readonly line: number;
  readonly position: number;
  /** The field, as `MrzFault` names fields. */
  readonly field: string;
  readonly read: string;
  readonly repaired: string;
  /** `position`: only letters (or digits) may stand there. `check-digit`: the only likely reading that the check digits allow. */
  readonly because: "position" | "check-digit";
}

/** A character that may be another one, and that no check digit vouches for: somebody has to look. */
export interface MrzDoubt {
  readonly line: number;
  readonly position: number;
  readonly field: string;
  readonly read: string;
  /** The next best that may stand there. */
  readonly other: string;
  /** How likely what was read is, 0…1. */
  readonly likelihood: number;
}

export interface MrzReading {
  readonly lines: readonly string[];
  readonly fields: Mrz;
  /** What is wrong with the lines after the repairs (`fields.faults`); empty for a sound MRZ. */
  readonly faults: readonly MrzFault[];
  /** Every character that is not what the picture shows best. */
  readonly repairs: readonly MrzRepair[];
  /** Characters that are not sure and not under a check digit that fits; a sound MRZ with doubts may have a wrong name. */
  readonly doubts: readonly MrzDoubt[];
  /** The likelihood, 0…1, of the least certain character. */
  readonly confidence: number;
  /** The corners of the zone in the picture, from the first line's start clockwise as the text is read. */
  readonly zone: readonly [PicturePoint, PicturePoint, PicturePoint, PicturePoint];
}
