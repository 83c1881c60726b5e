/**
 * How a head is turned, as face records state it, in both their codings: single bytes in steps of two degrees (ISO/IEC 19794-5
 * §5.5.8), and a block of whole degrees (ISO/IEC 39794-5). All angles follow the records: yaw is positive to the person's left,
 * pitch looking down, roll to the person's right shoulder.
 */
import { type DerElement, derInteger, derOptional, derParent, integerOf } from "./der.ts";

export interface RecordedAngle {
  /** −180…180, whole. */
  readonly degrees: number;
  /** How far off it may be, 0…180; undefined where the record does not say. */
  readonly uncertainty?: number | undefined;
}

/** Angles that are not stated are left out. */
export interface RecordedPose {
  readonly yaw?: RecordedAngle | undefined;
  readonly pitch?: RecordedAngle | undefined;
  readonly roll?: RecordedAngle | undefined;
}

const NAMES = ["yaw", "pitch", "roll"] as const;
const MOST = 180;
/** The byte of 180°, after which the negative angles follow up to those that round to 0°; 0 states nothing, and nothing lies beyond. */
const LAST_POSITIVE = 91;
const LAST = 181;
/** Of an angle in the block of 39794-5. */
const VALUE = 0x80;
const UNCERTAINTY = 0x81;

/** Six bytes: yaw, pitch and roll, then what each may be off. Bytes beyond the standard's range state nothing. */
export function poseOfBytes(bytes: Uint8Array): RecordedPose | undefined {
  const angle = (i: number): RecordedAngle | undefined => {
    const code = bytes[i] ?? 0;
    if (code === 0 || code > LAST) return undefined;
    const off = bytes[i + NAMES.length] ?? 0;
    return {
      degrees: code <= LAST_POSITIVE ? (code - 1) * 2 : (code - LAST) * 2,
      ...(off === 0 || off > MOST + 1 ? {} : { uncertainty: off - 1 }),
    };
  };
  return poseOf(NAMES.map((_, i) => angle(i)));
}

/** The same six bytes; odd degrees lose one towards zero, as the standard has it. */
export function bytesOfPose(pose: RecordedPose | undefined): Uint8Array {
  const angles = NAMES.map((name) => pose?.[name]);
  const code = (angle: RecordedAngle | undefined) => {
    if (angle === undefined) return 0;
    const degrees = bounded(angle.degrees, -MOST);
    // −180° and 180° are the same turn, and have one byte; −1° has its own, though it is read as 0°.
    return Math.trunc(degrees / 2) + (degrees >= 0 ? 1 : LAST);
  };
  const off = ({ uncertainty }: RecordedAngle) => (uncertainty === undefined ? 0 : bounded(uncertainty, 0) + 1);
  return Uint8Array.from([...angles.map(code), ...angles.map((angle) => (angle === undefined ? 0 : off(angle)))]);
}

/** PoseAngleBlock. @throws `record/field` for an angle without a value */
export function poseOfBlock(block: DerElement | undefined): RecordedPose | undefined {
  if (block === undefined) return undefined;
  return poseOf(
    NAMES.map((_, i): RecordedAngle | undefined => {
      const angle = derOptional(block, 0xa0 + i);
      const value = angle && derOptional(angle, VALUE);
      if (angle === undefined || value === undefined) return undefined;
      const off = derOptional(angle, UNCERTAINTY);
      return { degrees: integerOf(value), ...(off === undefined ? {} : { uncertainty: integerOf(off) }) };
    }),
  );
}

/** @param tag of the block within its parent */
export function blockOfPose(tag: number, pose: RecordedPose): DerElement {
  return derParent(
    tag,
    NAMES.flatMap((name, i) => {
      const angle = pose[name];
      if (angle === undefined) return [];
      const off = angle.uncertainty;
      return [
        derParent(0xa0 + i, [
          derInteger(VALUE, bounded(angle.degrees, -MOST)),
          ...(off === undefined ? [] : [derInteger(UNCERTAINTY, bounded(off, 0))]),
        ]),
      ];
    }),
  );
}

function poseOf([yaw, pitch, roll]: readonly (RecordedAngle | undefined)[]): RecordedPose | undefined {
  if (yaw === undefined && pitch === undefined && roll === undefined) return undefined;
  return { ...(yaw && { yaw }), ...(pitch && { pitch }), ...(roll && { roll }) };
}

function bounded(value: number, least: number): number {
  return Math.min(MOST, Math.max(least, Math.round(value)));
}
