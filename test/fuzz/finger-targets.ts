/** Every reader of finger data in `biometrics/`, with inputs that it takes and what must hold of all that it takes. */
import { extractTemplate, matchTemplates } from "../../biometrics/finger/finger.ts";
import { assessFinger } from "../../biometrics/finger/quality.ts";
import { isPgm, readPgm, writePgm } from "../../biometrics/image/pgm.ts";
import { readTransaction, writeTransaction } from "../../biometrics/records/an2.ts";
import { type CardForm, readCardMinutiae, writeCardMinutiae } from "../../biometrics/records/card-minutiae.ts";
import { readDer, writeDer } from "../../biometrics/records/der.ts";
import { type ExtendedForm, readExtendedData, writeExtendedData } from "../../biometrics/records/extended-data.ts";
import { readFingerMinutiae39794, writeFingerMinutiae39794 } from "../../biometrics/records/iso39794-2.ts";
import { readFingerImage39794, writeFingerImage39794 } from "../../biometrics/records/iso39794-4.ts";
import type { MinutiaeRecord } from "../../biometrics/records/minutiae-view.ts";
import { openRecord } from "../../biometrics/records/opened-record.ts";
import { readFingerRecord, writeFingerRecord } from "../../biometrics/records/record.ts";
import { templateOfPrint } from "../../biometrics/records/recorded-print.ts";
import { summaryOf } from "../../biometrics/records/summary.ts";
import { decodeWsq } from "../../biometrics/wsq/decode.ts";
import { encodeWsq } from "../../biometrics/wsq/encode.ts";
import { allRecords, picture, ridges, template } from "../biometrics/records/samples.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

/** What was read must be written back to the same bytes. */
function same(written: Uint8Array, read: Uint8Array): void {
  if (Buffer.compare(written, read) === 0) return;
  const at = read.findIndex((byte, i) => written[i] !== byte);
  throw new Error(`written back otherwise from byte ${at} on, ${written.length} bytes for ${read.length}`);
}

/** A picture of a finger cut from bytes: size, resolution, pixels. */
function pictureOf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 6) return undefined;
  return { width: view.getUint16(0), height: view.getUint16(2), ppi: view.getUint16(4), data: bytes.subarray(6) };
}

export async function fingerTargets(): Promise<FuzzTarget[]> {
  const records = await allRecords();
  const named = (...parts: string[]) =>
    [...records].filter(([name]) => parts.some((p) => name.startsWith(p))).map(([, b]) => b);
  const wsq = [encodeWsq({ ...ridges, ppi: 500 }), encodeWsq({ ...ridges, ppi: 500 }, 3)];
  const head = Buffer.alloc(6);
  head.writeUInt16BE(ridges.width, 0);
  head.writeUInt16BE(ridges.height, 2);
  head.writeUInt16BE(500, 4);
  const extended = (form: ExtendedForm): FuzzTarget => ({
    name: `extended data, ${form}`,
    seeds: named(form === "iso" ? "minutiae-iso20" : "minutiae-ansi").map(
      (bytes) => (readFingerRecord(bytes) as MinutiaeRecord).views[0]!.extended,
    ),
    read: (bytes) => same(writeExtendedData(readExtendedData(bytes, form), form), bytes),
  });
  const card = (form: CardForm): FuzzTarget => ({
    name: form,
    seeds: named(`minutiae-${form}`),
    read: (bytes) => same(writeCardMinutiae(readCardMinutiae(bytes, form)), bytes),
  });
  return [
    {
      name: "minutiae and image records of ISO/IEC 19794 and ANSI 378",
      seeds: named("minutiae-iso2", "minutiae-ansi", "picture-iso2"),
      read: (bytes) => same(writeFingerRecord(readFingerRecord(bytes)), bytes),
    },
    {
      name: "ANSI/NIST-ITL",
      seeds: named("minutiae-an2", "picture-an2"),
      read: (bytes) => same(writeTransaction(readTransaction(bytes)), bytes),
    },
    {
      name: "ISO/IEC 39794-2",
      seeds: named("minutiae-iso39794"),
      read: (bytes) => same(writeFingerMinutiae39794(readFingerMinutiae39794(bytes)), bytes),
    },
    {
      name: "ISO/IEC 39794-4",
      seeds: named("picture-iso39794"),
      read: (bytes) => same(writeFingerImage39794(readFingerImage39794(bytes)), bytes),
    },
    { name: "DER", seeds: named("minutiae-iso39794"), read: (bytes) => same(writeDer(readDer(bytes)), bytes) },
    extended("iso"),
    extended("ansi"),
    card("card-normal"),
    card("card-compact"),
    {
      name: "any record, shown",
      seeds: named("minutiae-a", "minutiae-i", "picture"),
      read: (bytes) => summaryOf(bytes),
    },
    {
      name: "any record's prints, compared",
      seeds: named("minutiae-a", "minutiae-i"),
      read: (bytes) => {
        for (const print of openRecord(bytes).prints.slice(0, 2)) {
          const { score } = matchTemplates(templateOfPrint(print, "fuzz"), template);
          if (!(score >= 0)) throw new Error(`score ${score}`);
        }
      },
    },
    {
      name: "PGM",
      seeds: [writePgm(picture), writePgm({ ...ridges })],
      read: (bytes) => (isPgm(bytes) ? readPgm(bytes, 500) : undefined),
    },
    {
      name: "WSQ",
      seeds: wsq,
      read: (bytes) => {
        const { image } = decodeWsq(bytes);
        if (image.data.length !== image.width * image.height) throw new Error("picture of another size");
      },
    },
    {
      name: "raw pictures, assessed and extracted",
      seeds: [Buffer.concat([head, ridges.data])],
      read: (bytes) => {
        const image = pictureOf(bytes);
        if (image === undefined) return;
        const { score } = assessFinger(image);
        if (!(score >= 0 && score <= 100)) throw new Error(`score ${score}`);
        extractTemplate(image);
      },
    },
  ];
}
