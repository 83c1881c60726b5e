/** A made-up print and picture that the tests of the records share, and both as every record there is. */
import type { Template } from "../../../biometrics/finger/template.ts";
import type { TransactionHead } from "../../../biometrics/records/an2-finger.ts";
import {
  type OpenedRecord,
  openRecord,
  PICTURE_RECORDS,
  PRINT_FORMATS,
  picturesAs,
  printsAs,
} from "../../../biometrics/records/opened-record.ts";
import type { RecordedPicture } from "../../../biometrics/records/recorded-picture.ts";
import { printOfTemplate, type RecordedPrint } from "../../../biometrics/records/recorded-print.ts";
import { encodeWsq } from "../../../biometrics/wsq/encode.ts";

const TYPES = ["ending", "bifurcation", "other"] as const;
const COUNT = 12;

export const template: Template = {
  version: "sample",
  width: 300,
  height: 400,
  ppi: 500,
  minutiae: Array.from({ length: COUNT }, (_, i) => ({
    x: 20 + ((i * 83) % 220),
    y: 20 + ((i * 131) % 220),
    direction: (i * 2 * Math.PI) / COUNT,
    type: TYPES[i % 3]!,
    quality: 40 + 5 * i,
  })),
  singularPoints: [
    { kind: "core", x: 150, y: 160 },
    { kind: "delta", x: 60, y: 300 },
  ],
  ridgeCounts: Array.from({ length: COUNT }, (_, i) => ({ from: i, to: (i + 5) % COUNT, count: (i * 7) % 13 })),
};

export const print: RecordedPrint = printOfTemplate(template, { position: 7, quality: 66 });
/** A second finger, so that records of several views are tried too. */
export const secondPrint: RecordedPrint = {
  ...print,
  position: 2,
  minutiae: print.minutiae.slice(0, 5),
  ridgeCounts: undefined,
};

export const picture: RecordedPicture = {
  position: 7,
  impressionType: 0,
  quality: 55,
  width: 24,
  height: 20,
  ppi: 500,
  depth: 8,
  coding: "raw",
  data: Uint8Array.from({ length: 480 }, (_, i) => (i * 37) % 251),
};

/** Ridges of 9 pixels with grain, so that every subband of a wavelet has something to hold. */
export const ridges: RecordedPicture = (() => {
  const [width, height] = [96, 80];
  const data = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.round(
      128 +
        70 * Math.sin(((i % width) + Math.floor(i / width) * 0.6) * ((2 * Math.PI) / 9)) +
        (((i * i * 7919) % 101) - 50) / 2,
    ),
  );
  return { ...picture, width, height, data };
})();

export const head: TransactionHead = { date: "20261121", agency: "KABINA", number: "7" };

/** Every record by the name of its golden file. */
export async function allRecords(): Promise<Map<string, Uint8Array>> {
  const records = new Map<string, Uint8Array>();
  for (const format of PRINT_FORMATS) records.set(`minutiae-${format}`, printsAs([print, secondPrint], format, head));
  const wsq = { ...ridges, coding: "wsq" as const, data: encodeWsq({ ...ridges, ppi: 500 }) };
  for (const format of PICTURE_RECORDS) {
    records.set(`picture-${format}`, await picturesAs([picture], format, head));
    records.set(`picture-${format}-wsq`, await picturesAs([wsq, { ...wsq, position: 2 }], format, head));
  }
  return records;
}

/** Opens one of them; lists for a card are told by their name, for nothing in them says so. */
export function openNamed(name: string, bytes: Uint8Array): OpenedRecord {
  const card = name.endsWith("card-normal")
    ? "card-normal"
    : name.endsWith("card-compact")
      ? "card-compact"
      : undefined;
  return openRecord(bytes, card);
}
