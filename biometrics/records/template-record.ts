/** Between prints and the binary minutiae records (ISO/IEC 19794-2:2005 and :2011, ANSI INCITS 378). */
import { BiometricsError } from "../errors.ts";
import type { MinutiaType, Template } from "../finger/template.ts";
import { type ExtendedArea, type ExtendedForm, readExtendedData, writeExtendedData } from "./extended-data.ts";
import { ANGLE_STEPS, type MinutiaeFormat, type MinutiaeRecord, type MinutiaeView } from "./minutiae-view.ts";
import {
  printOfTemplate,
  type RecordedFinger,
  type RecordedPoint,
  type RecordedPrint,
  templateOfPrint,
} from "./recorded-print.ts";

/** Codes 0, 1 and 2 of every minutiae record. */
export const MINUTIA_TYPES: readonly MinutiaType[] = ["other", "ending", "bifurcation"];
export const CM_PER_INCH = 2.54;
const TURN = 2 * Math.PI;
/** Qualities above this are no quality: 254 not reported, 255 not computed. */
const MOST_QUALITY = 100;
const NOT_REPORTED = 254;
/** ANSI INCITS 378 §6.4.4: owner and type of the product; the owner must not be 0, and 0x0101 is registered as "unknown". */
const UNREGISTERED = 0x0101_0000;

/** The form of extended data that goes with a format. */
export function extendedForm(format: MinutiaeFormat): ExtendedForm {
  return format === "ansi378" || format === "ansi378-2009" ? "ansi" : "iso";
}

/** The print that a view of a record tells of. */
export function printOfView(record: MinutiaeRecord, view: MinutiaeView): RecordedPrint {
  const step = TURN / ANGLE_STEPS[record.format];
  const early = record.format === "iso2005" || record.format === "ansi378";
  const stated = (quality: number) => (quality > MOST_QUALITY || (early && quality === 0) ? undefined : quality);
  const areas = areasOf(view.extended, extendedForm(record.format));
  const counts = areas.find((area) => area.kind === "ridge-counts");
  const points = areas.find((area) => area.kind === "singular-points");
  const placed = ({ x, y, angles }: { x: number; y: number; angles: readonly number[] }): RecordedPoint => ({
    x,
    y,
    directions: angles.map((angle) => (angle * step) % TURN),
  });
  return {
    position: view.position,
    viewNumber: view.viewNumber,
    impressionType: view.impressionType,
    quality: view.quality > MOST_QUALITY ? undefined : view.quality,
    width: view.width,
    height: view.height,
    ppi: view.resolutionX * CM_PER_INCH,
    minutiae: view.minutiae.map((m) => ({
      type: MINUTIA_TYPES[m.type] ?? "other",
      x: m.x,
      y: m.y,
      direction: (m.angle * step) % TURN,
      quality: stated(m.quality),
    })),
    ridgeCounts: counts && { method: counts.method, counts: counts.counts },
    cores: points?.cores.map(placed) ?? [],
    deltas: points?.deltas.map(placed) ?? [],
  };
}

/** Extended data of another maker may be broken; the minutiae are whole all the same, and are what a match needs. */
function areasOf(bytes: Uint8Array, form: ExtendedForm): ExtendedArea[] {
  try {
    return readExtendedData(bytes, form);
  } catch (error) {
    if (error instanceof BiometricsError) return [];
    throw error;
  }
}

/** A record of prints. @throws `record/field` when there is none; when it is written, where a value does not fit */
export function recordOfPrints(prints: readonly RecordedPrint[], format: MinutiaeFormat): MinutiaeRecord {
  const [first] = prints;
  if (first === undefined) throw new BiometricsError("record/field", { field: "views", value: 0 });
  const seen = new Map<number, number>();
  const views = prints.map((print) => {
    // Views of one finger are numbered from 0 in the order in which they stand.
    const viewNumber = seen.get(print.position) ?? 0;
    seen.set(print.position, viewNumber + 1);
    if (headed(format) && (print.width !== first.width || print.height !== first.height)) {
      throw new BiometricsError("record/field", { field: "views of several sizes", value: format });
    }
    return viewOf(print, viewNumber, format);
  });
  const product = extendedForm(format) === "ansi" ? UNREGISTERED : 0;
  return { kind: "minutiae", format, product, equipment: 0, reserved: 0, certified: false, views };
}

/** True when size and resolution stand once, in the record's header. */
function headed(format: MinutiaeFormat): boolean {
  return format === "iso2005" || format === "ansi378";
}

function viewOf(print: RecordedPrint, viewNumber: number, format: MinutiaeFormat): MinutiaeView {
  const steps = ANGLE_STEPS[format];
  const angle = (direction: number) => Math.round((direction * steps) / TURN) % steps;
  const perCm = Math.round(print.ppi / CM_PER_INCH);
  const unknown = headed(format) ? 0 : NOT_REPORTED;
  const areas: ExtendedArea[] = [];
  if (print.ridgeCounts !== undefined) areas.push({ kind: "ridge-counts", ...print.ridgeCounts });
  if (print.cores.length + print.deltas.length > 0) {
    const coded = (p: RecordedPoint) => ({ x: p.x, y: p.y, angles: p.directions.map(angle) });
    areas.push({ kind: "singular-points", cores: print.cores.map(coded), deltas: print.deltas.map(coded) });
  }
  return {
    position: print.position,
    viewNumber,
    impressionType: print.impressionType,
    quality: print.quality ?? unknown,
    width: print.width,
    height: print.height,
    resolutionX: perCm,
    resolutionY: perCm,
    minutiae: print.minutiae.map((m) => ({
      type: MINUTIA_TYPES.indexOf(m.type),
      x: m.x,
      y: m.y,
      angle: angle(m.direction),
      quality: m.quality ?? unknown,
      reserved: 0,
    })),
    extended: writeExtendedData(areas, extendedForm(format)),
  };
}

/** The template of one view. */
export function templateOf(record: MinutiaeRecord, view: MinutiaeView): Template {
  return templateOfPrint(printOfView(record, view), record.format);
}

/** A record with one view. @throws `record/field` when it is written and a position does not fit */
export function recordOf(template: Template, format: MinutiaeFormat, finger: RecordedFinger = {}): MinutiaeRecord {
  return recordOfPrints([printOfTemplate(template, finger)], format);
}
