/**
 * Minutiae for matching on a card (ISO/IEC 19794-2:2005 §8, also :2011): no header, no sizes; the normal form with 5 bytes a
 * minutia in hundredths of a millimetre, the compact form with 3 bytes in tenths. Bare, or in a biometric data template (7F2E, 81).
 */
import { BiometricsError } from "../errors.ts";
import { RecordReader, RecordWriter } from "./bytes.ts";
import { derBytes, derParent, readDer, writeDer } from "./der.ts";
import type { RecordedMinutia, RecordedPrint } from "./recorded-print.ts";
import { MINUTIA_TYPES } from "./template-record.ts";

export type CardForm = "card-normal" | "card-compact";

const TEMPLATE = 0x7f2e;
const STANDARD_FORMAT = 0x81;
const TURN = 2 * Math.PI;
const MM_PER_INCH = 25.4;
/** Bytes of a minutia, units a millimetre, steps of a full turn, and the largest coordinate. */
const FORMS: Readonly<Record<CardForm, { bytes: number; perMm: number; steps: number; most: number }>> = {
  "card-normal": { bytes: 5, perMm: 100, steps: 256, most: 0x3fff },
  "card-compact": { bytes: 3, perMm: 10, steps: 64, most: 0xff },
};
/** A card takes no more. */
const MOST_MINUTIAE = 255;

export interface CardMinutiae {
  readonly kind: "card-minutiae";
  readonly form: CardForm;
  readonly wrapped: boolean;
  readonly print: RecordedPrint;
}

/** Reads a list; the bytes do not say which form they are of. @throws `record/field`, `record/truncated` */
export function readCardMinutiae(bytes: Uint8Array, form: CardForm): CardMinutiae {
  const wrapped = bytes[0] === TEMPLATE >> 8 && bytes[1] === (TEMPLATE & 0xff);
  const list = wrapped ? unwrapped(bytes) : bytes;
  const { bytes: size, perMm, steps, most } = FORMS[form];
  const count = list.length / size;
  if (!Number.isInteger(count) || count > MOST_MINUTIAE) {
    throw new BiometricsError("record/field", { field: `${form} length`, value: list.length });
  }
  const reader = new RecordReader(list);
  const minutiae = Array.from({ length: count }, (): RecordedMinutia => {
    if (form === "card-normal") {
      const first = reader.uint(2);
      const y = reader.uint(2);
      if (y > most) throw new BiometricsError("record/field", { field: "minutia position", value: y });
      return minutia(first >> 14, first & 0x3fff, y, reader.uint(1), steps);
    }
    const x = reader.uint(1);
    const y = reader.uint(1);
    const last = reader.uint(1);
    return minutia(last >> 6, x, y, last & 0x3f, steps);
  });
  // Of the finger a card's list says nothing; its sizes are as large as its numbers reach.
  const unknown = { position: 0, viewNumber: 0, impressionType: 0, quality: undefined, cores: [], deltas: [] };
  const print = { ...unknown, width: most + 1, height: most + 1, ppi: perMm * MM_PER_INCH, minutiae };
  return { kind: "card-minutiae", form, wrapped, print };
}

function unwrapped(bytes: Uint8Array): Uint8Array {
  const [first, ...others] = readDer(bytes).children;
  if (first?.tag !== STANDARD_FORMAT || others.length > 0) {
    throw new BiometricsError("record/field", { field: "biometric data template", value: first?.tag ?? 0 });
  }
  return first.value;
}

function minutia(code: number, x: number, y: number, angle: number, steps: number): RecordedMinutia {
  const type = MINUTIA_TYPES[code];
  if (type === undefined) throw new BiometricsError("record/field", { field: "minutia type", value: code });
  return { type, x, y, direction: (angle * TURN) / steps, quality: undefined };
}

/**
 * A print for a card: its best minutiae, ordered by y, then x (8.3.3). What lies outside the compact form's 25.6 mm is left out.
 * @param most how many the card takes
 */
export function cardMinutiaeOf(print: RecordedPrint, form: CardForm, most = 60): CardMinutiae {
  const scale = (FORMS[form].perMm * MM_PER_INCH) / print.ppi;
  const reach = FORMS[form].most;
  const minutiae = print.minutiae
    .map((m) => ({ ...m, x: Math.round(m.x * scale), y: Math.round(m.y * scale) }))
    .filter((m) => m.x <= reach && m.y <= reach)
    .sort((a, b) => (b.quality ?? 0) - (a.quality ?? 0))
    .slice(0, Math.min(most, MOST_MINUTIAE))
    .map((m) => ({ ...m, quality: undefined }))
    .sort((a, b) => a.y - b.y || a.x - b.x);
  const size = { width: reach + 1, height: reach + 1, ppi: FORMS[form].perMm * MM_PER_INCH };
  return { kind: "card-minutiae", form, wrapped: true, print: { ...print, ...size, minutiae } };
}

/** @throws `record/field` */
export function writeCardMinutiae({ form, wrapped, print }: CardMinutiae): Uint8Array {
  const { steps } = FORMS[form];
  const out = new RecordWriter();
  for (const { type, x, y, direction } of print.minutiae) {
    const code = MINUTIA_TYPES.indexOf(type);
    const angle = Math.round((direction * steps) / TURN) % steps;
    if (form === "card-normal") {
      out.uint((code << 14) | x, 2);
      out.uint(y, 2);
      out.uint(angle, 1);
    } else {
      out.uint(x, 1);
      out.uint(y, 1);
      out.uint((code << 6) | angle, 1);
    }
  }
  return wrapped ? writeDer(derParent(TEMPLATE, [derBytes(STANDARD_FORMAT, out.bytes())])) : out.bytes();
}
