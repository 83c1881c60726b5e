/** A print's minutiae as any record tells of them: the common ground of all formats, between which records are converted. */
import type { Minutia, MinutiaType, Template } from "../finger/template.ts";
import type { RidgeCountMethod } from "./extended-data.ts";

export interface RecordedMinutia {
  readonly type: MinutiaType;
  /** Pixels from the top left, at the print's own resolution. */
  readonly x: number;
  readonly y: number;
  /** Counter-clockwise from +x, radians 0..2π (ISO/IEC 19794-2 §6.3.3). */
  readonly direction: number;
  /** 0..100; undefined = the record does not say. */
  readonly quality: number | undefined;
}

export interface RecordedRidgeCounts {
  readonly method: RidgeCountMethod;
  /** By number, the first minutia is 1; neighbour 0 = none there. */
  readonly counts: readonly { readonly centre: number; readonly neighbour: number; readonly count: number }[];
}

export interface RecordedPoint {
  readonly x: number;
  readonly y: number;
  /** Radians: none or one of a core, none or three of a delta. */
  readonly directions: readonly number[];
}

export interface RecordedPrint {
  /** ISO/IEC 19794-4 table 5; 0 = unknown. */
  readonly position: number;
  /** Number of the view among those of its finger. */
  readonly viewNumber: number;
  /** ISO/IEC 19794-4 table 7; 0 = live scan, plain. */
  readonly impressionType: number;
  /** 0..100; undefined = the record does not say. */
  readonly quality: number | undefined;
  readonly width: number;
  readonly height: number;
  /** Pixels per inch. */
  readonly ppi: number;
  readonly minutiae: readonly RecordedMinutia[];
  readonly ridgeCounts?: RecordedRidgeCounts | undefined;
  readonly cores: readonly RecordedPoint[];
  readonly deltas: readonly RecordedPoint[];
}

/** What a record says of a finger besides its minutiae. */
export interface RecordedFinger {
  /** ISO/IEC 19794-4 table 5; 0 = unknown. */
  readonly position?: number;
  /** 0..100. */
  readonly quality?: number;
  /** 0 = live scan, plain. */
  readonly impressionType?: number;
}

/** Records count minutiae in one byte. */
const MOST_MINUTIAE = 255;
/** A quality that is not stated counts as middling in a match. */
const MIDDLING = 50;

/** The engine's template of a recorded print; flow is not in such records. `version` says what it came from. */
export function templateOfPrint(print: RecordedPrint, version: string): Template {
  const { width, height, ppi } = print;
  const minutiae = print.minutiae.map(({ quality, ...place }): Minutia => ({ ...place, quality: quality ?? MIDDLING }));
  const singularPoints = [
    ...print.cores.map(({ x, y }) => ({ kind: "core" as const, x, y })),
    ...print.deltas.map(({ x, y }) => ({ kind: "delta" as const, x, y })),
  ];
  const known = (number: number) => number >= 1 && number <= minutiae.length;
  const ridgeCounts = print.ridgeCounts?.counts
    .filter(({ centre, neighbour }) => known(centre) && known(neighbour))
    .map(({ centre, neighbour, count }) => ({ from: centre - 1, to: neighbour - 1, count }));
  return { version, width, height, ppi, minutiae, singularPoints, ...(ridgeCounts && { ridgeCounts }) };
}

/** A template as a print to be recorded: its best 255 minutiae at whole pixels. */
export function printOfTemplate(template: Template, finger: RecordedFinger = {}): RecordedPrint {
  const { width, height, ppi } = template;
  const points = (kind: "core" | "delta") =>
    template.singularPoints
      .filter((p) => p.kind === kind)
      .map(({ x, y }) => ({ x: Math.round(x), y: Math.round(y), directions: [] }));
  const counts = (template.ridgeCounts ?? []).filter(({ from, to }) => from < MOST_MINUTIAE && to < MOST_MINUTIAE);
  return {
    position: finger.position ?? 0,
    viewNumber: 0,
    impressionType: finger.impressionType ?? 0,
    quality: finger.quality,
    width,
    height,
    ppi,
    minutiae: template.minutiae.slice(0, MOST_MINUTIAE).map((m) => ({
      type: m.type,
      x: Math.round(m.x),
      y: Math.round(m.y),
      direction: m.direction,
      // 0 means "not stated" in some formats.
      quality: Math.max(1, Math.min(100, Math.round(m.quality))),
    })),
    ridgeCounts:
      counts.length === 0
        ? undefined
        : {
            method: 2,
            counts: counts.map(({ from, to, count }) => ({ centre: from + 1, neighbour: to + 1, count })),
          },
    cores: points("core"),
    deltas: points("delta"),
  };
}
