/** What all parts of ISO/IEC 39794 share (part 1): version, quality, sampling rate, and codes of an impression. */
import { type DerElement, derChild, derNumber, derOptional, derParent, numberOf, SEQUENCE } from "./der.ts";

export interface Version39794 {
  readonly generation: number;
  readonly year: number;
}

export function readVersion(block: DerElement): Version39794 {
  const version = derChild(block, 0xa0);
  return { generation: numberOf(derChild(version, 0x80)), year: numberOf(derChild(version, 0x81)) };
}

export function versionBlock({ generation, year }: Version39794): DerElement {
  return derParent(0xa0, [derNumber(0x80, generation), derNumber(0x81, year)]);
}

/** The first score (0..100) of quality blocks; undefined when there is none, or only an error. */
export function readScore(blocks: DerElement | undefined): number | undefined {
  for (const block of blocks?.children ?? []) {
    const score = derOptional(block, 0xa1);
    const value = score && derOptional(score, 0x80);
    if (value !== undefined) return numberOf(value);
  }
  return undefined;
}

/** Quality blocks with one score; the organisation and algorithm are not stated (0). */
export function scoreBlocks(tag: number, score: number): DerElement {
  const algorithm = derParent(0xa0, [derNumber(0x80, 0), derNumber(0x81, 0)]);
  return derParent(tag, [derParent(SEQUENCE, [algorithm, derParent(0xa1, [derNumber(0x80, score)])])]);
}

const PER_CM = 1;
const CM_PER_INCH = 2.54;

/** Pixels per inch of a sampling-rate block (samples per unit, 0 = inch or 1 = centimetre). */
export function readSamplingRate(block: DerElement): number {
  const rate = numberOf(derChild(block, 0x80));
  return numberOf(derChild(block, 0x81)) === PER_CM ? rate * CM_PER_INCH : rate;
}

/** Whole pixels per inch as they are, others per centimetre, as the older records state them. */
export function samplingRateBlock(tag: number, ppi: number): DerElement {
  const perInch = Number.isInteger(ppi);
  const rate = perInch ? ppi : Math.round(ppi / CM_PER_INCH);
  return derParent(tag, [derNumber(0x80, rate), derNumber(0x81, perInch ? 0 : PER_CM)]);
}

/** Impressions that 39794 has a code for; the rest of ISO/IEC 19794-4 table 7 map to the nearest, or to 29 = unknown. */
const SAME_CODE = new Set([0, 1, 4, 8, 24, 25, 28, 29, 41, 42]);
const NEAREST: Readonly<Record<number, number>> = { 2: 0, 3: 1, 5: 4, 6: 4, 7: 4 };
const UNKNOWN_IMPRESSION = 29;

export function impression39794(type: number): number {
  return SAME_CODE.has(type) ? type : (NEAREST[type] ?? UNKNOWN_IMPRESSION);
}
