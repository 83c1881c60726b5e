/** Between the engine's templates and minutiae records. */
import type { Minutia, MinutiaType, Template } from "../finger/template.ts";
import { ANGLE_STEPS, type MinutiaeFormat, type MinutiaeRecord, type MinutiaeView } from "./minutiae-record.ts";

const TYPES: readonly MinutiaType[] = ["other", "ending", "bifurcation"];
/** One byte counts the minutiae of a view. */
const MOST_MINUTIAE = 255;
const CM_PER_INCH = 2.54;

/** What a record says of a finger besides its minutiae. */
export interface RecordedFinger {
  /** ISO/IEC 19794-4 table 5; 0 = unknown. */
  readonly position?: number;
  /** 0..100. */
  readonly quality?: number;
  /** 0 = live scan, plain. */
  readonly impressionType?: number;
}

/** The template of one view; singular points and flow are not in such records. */
export function templateOf(record: MinutiaeRecord, view: MinutiaeView): Template {
  const step = (2 * Math.PI) / ANGLE_STEPS[record.format];
  const minutiae = view.minutiae.map(
    (m): Minutia => ({
      x: m.x,
      y: m.y,
      direction: (m.angle * step) % (2 * Math.PI),
      type: TYPES[m.type] ?? "other",
      // Not stated counts as middling.
      quality: m.quality === 0 || m.quality > 100 ? 50 : m.quality,
    }),
  );
  const { width, height } = view;
  return { version: record.format, width, height, ppi: view.resolutionX * CM_PER_INCH, minutiae, singularPoints: [] };
}

/** A record with one view. @throws `record/field` when it is written and a position does not fit */
export function recordOf(template: Template, format: MinutiaeFormat, finger: RecordedFinger = {}): MinutiaeRecord {
  const steps = ANGLE_STEPS[format];
  const perCm = Math.round(template.ppi / CM_PER_INCH);
  const view: MinutiaeView = {
    position: finger.position ?? 0,
    viewNumber: 0,
    impressionType: finger.impressionType ?? 0,
    quality: finger.quality ?? 0,
    width: template.width,
    height: template.height,
    resolutionX: perCm,
    resolutionY: perCm,
    minutiae: template.minutiae.slice(0, MOST_MINUTIAE).map((m) => ({
      type: TYPES.indexOf(m.type),
      x: Math.round(m.x),
      y: Math.round(m.y),
      angle: Math.round((m.direction * steps) / (2 * Math.PI)) % steps,
      quality: Math.max(1, Math.min(100, Math.round(m.quality))),
      reserved: 0,
    })),
    extended: new Uint8Array(0),
  };
  return { kind: "minutiae", format, product: 0, equipment: 0, reserved: 0, certified: false, views: [view] };
}
