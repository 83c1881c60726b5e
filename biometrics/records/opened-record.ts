/** Any record by its first bytes, as prints and pictures; and prints and pictures as any record. */
import { BiometricsError } from "../errors.ts";
import { isTransaction, readTransaction, writeTransaction } from "./an2.ts";
import { picturesOfTransaction, printsOfTransaction, type TransactionHead, transactionOf } from "./an2-finger.ts";
import { type CardForm, cardMinutiaeOf, readCardMinutiae, writeCardMinutiae } from "./card-minutiae.ts";
import {
  FINGER_MINUTIAE_BLOCK,
  minutiae39794Of,
  readFingerMinutiae39794,
  writeFingerMinutiae39794,
} from "./iso39794-2.ts";
import {
  block39794Of,
  FINGER_IMAGE_BLOCK,
  picturesOf39794,
  readFingerImage39794,
  writeFingerImage39794,
} from "./iso39794-4.ts";
import { ANGLE_STEPS, type MinutiaeFormat } from "./minutiae-view.ts";
import { recordedPictureOf, recordOfPictures } from "./picture-record.ts";
import { isFingerRecord, readFingerRecord, writeFingerRecord } from "./record.ts";
import { greyOf, type RecordedPicture, recoded } from "./recorded-picture.ts";
import type { RecordedPrint } from "./recorded-print.ts";
import { printOfView, recordOfPrints } from "./template-record.ts";

export interface OpenedRecord {
  /** The format's name here, such as `iso2005` or `iso39794-2 version 3 (2023)`. */
  readonly format: string;
  readonly prints: readonly RecordedPrint[];
  readonly pictures: readonly RecordedPicture[];
}

/** What a record may be converted to. */
export const PRINT_FORMATS = [
  ...(Object.keys(ANGLE_STEPS) as MinutiaeFormat[]),
  "iso39794",
  "card-normal",
  "card-compact",
  "an2",
] as const;
export const PICTURE_RECORDS = ["iso2005", "iso2011", "iso39794", "an2", "an2-type4"] as const;
export type PrintFormat = (typeof PRINT_FORMATS)[number];
export type PictureRecord = (typeof PICTURE_RECORDS)[number];

/** True when the bytes begin as one of the records does (lists for a card have no beginning of their own). */
export function isRecord(bytes: Uint8Array): boolean {
  const [first] = bytes;
  return (
    isFingerRecord(bytes) || isTransaction(bytes) || first === FINGER_MINUTIAE_BLOCK || first === FINGER_IMAGE_BLOCK
  );
}

/**
 * Reads a record of any format.
 * @param card the form, when the bytes are a list of minutiae for a card: such a list does not say so itself
 * @throws `record/format-unknown`, `record/truncated`, `record/field`
 */
export function openRecord(bytes: Uint8Array, card?: CardForm): OpenedRecord {
  if (card !== undefined) return { format: card, prints: [readCardMinutiae(bytes, card).print], pictures: [] };
  if (isTransaction(bytes)) {
    const transaction = readTransaction(bytes);
    const prints = printsOfTransaction(transaction);
    return { format: "ansi-nist-itl", prints, pictures: picturesOfTransaction(transaction) };
  }
  if (bytes[0] === FINGER_MINUTIAE_BLOCK) {
    const { generation, year, representations } = readFingerMinutiae39794(bytes);
    const prints = representations.map(({ print }) => print);
    return { format: `iso39794-2 version ${generation} (${year})`, prints, pictures: [] };
  }
  if (bytes[0] === FINGER_IMAGE_BLOCK) {
    const block = readFingerImage39794(bytes);
    const format = `iso39794-4 version ${block.generation} (${block.year})`;
    return { format, prints: [], pictures: picturesOf39794(block) };
  }
  const record = readFingerRecord(bytes);
  return record.kind === "minutiae"
    ? { format: record.format, prints: record.views.map((view) => printOfView(record, view)), pictures: [] }
    : { format: record.format, prints: [], pictures: record.views.map(recordedPictureOf) };
}

/** Prints as a record; forms for a card take the first. @throws `record/field` */
export function printsAs(prints: readonly RecordedPrint[], format: PrintFormat, head: TransactionHead): Uint8Array {
  const [first] = prints;
  if (first === undefined) throw new BiometricsError("record/no-minutiae");
  if (format === "iso39794") return writeFingerMinutiae39794(minutiae39794Of(prints));
  if (format === "an2") return writeTransaction(transactionOf(prints, [], head));
  if (format === "card-normal" || format === "card-compact") return writeCardMinutiae(cardMinutiaeOf(first, format));
  return writeFingerRecord(recordOfPrints(prints, format));
}

/** Pictures as a record; a coding that it has no code for becomes raw. @throws `record/field`, and the codecs' own */
export async function picturesAs(
  pictures: readonly RecordedPicture[],
  format: PictureRecord,
  head: TransactionHead,
): Promise<Uint8Array> {
  if (pictures.length === 0) throw new BiometricsError("record/no-picture");
  const all = await Promise.all(pictures.map((picture) => fitting(picture, format)));
  if (format === "iso39794") return writeFingerImage39794(block39794Of(all));
  if (format === "an2" || format === "an2-type4") {
    return writeTransaction(transactionOf([], all, head, format === "an2-type4"));
  }
  return writeFingerRecord(recordOfPictures(all, format === "iso2005" ? "iso19794-4-2005" : "iso19794-4-2011"));
}

/** Codings that each format cannot name. */
const UNKNOWN: Readonly<Record<PictureRecord, readonly RecordedPicture["coding"][]>> = {
  iso2005: ["jpeg2000-lossless"],
  iso2011: [],
  iso39794: ["packed", "jpeg"],
  an2: ["packed"],
  "an2-type4": ["packed", "jpeg", "jpeg2000", "jpeg2000-lossless", "png"],
};

async function fitting(picture: RecordedPicture, format: PictureRecord): Promise<RecordedPicture> {
  if (UNKNOWN[format].includes(picture.coding)) return recoded(picture, "raw");
  // 39794-4 leaves the size to the picture file; the other records state it.
  if (picture.width > 0 || format === "iso39794") return picture;
  const { width, height } = await greyOf(picture);
  return { ...picture, width, height };
}
