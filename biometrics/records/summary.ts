/** What a record holds, in words and numbers for people. */
import { isTransaction, readTransaction, textOf } from "./an2.ts";
import type { CardForm } from "./card-minutiae.ts";
import { openFace } from "./opened-face.ts";
import { openRecord } from "./opened-record.ts";
import type { RecordedPicture } from "./recorded-picture.ts";
import type { RecordedPose } from "./recorded-pose.ts";
import type { RecordedPrint } from "./recorded-print.ts";

export interface RecordSummary {
  readonly kind: "minutiae" | "pictures" | "transaction" | "faces";
  readonly format: string;
  /** One line of named values for each print and picture. */
  readonly views: readonly Readonly<Record<string, string | number>>[];
  /** Of a transaction: its records, with their fields of text. */
  readonly records?: readonly Readonly<Record<string, string | number>>[];
}

/** Characters of a field that are shown. */
const SHOWN = 40;
/** Of the control characters, those that separate items in a field begin here and end before the space. */
const SEPARATORS = { first: 0x1c, last: 0x1f };

/** @throws as `openRecord` */
export function summaryOf(bytes: Uint8Array, card?: CardForm): RecordSummary {
  const { format, prints, pictures } = openRecord(bytes, card);
  const views = [...prints.map(ofPrint), ...pictures.map(ofPicture)];
  if (card !== undefined || !isTransaction(bytes))
    return { kind: prints.length > 0 ? "minutiae" : "pictures", format, views };
  const records = readTransaction(bytes).records.map((record) =>
    record.encoding === "tagged"
      ? Object.fromEntries([
          ["type", record.type],
          ...record.fields
            .filter(({ number }) => number !== 999)
            .map(({ tag, number }) => [tag, short(textOf(record, number) ?? "")]),
          ["bytes", record.fields.reduce((sum, { value }) => sum + value.length, 0)],
        ])
      : { type: record.type, width: record.width, height: record.height, bytes: record.data.length },
  );
  return { kind: "transaction", format, views, records };
}

/** @throws as `openFace` */
/** Such as `yaw 4°, pitch −2° ± 3`. */
function poseText(pose: RecordedPose | undefined): string {
  const stated = (["yaw", "pitch", "roll"] as const).flatMap((name) => {
    const angle = pose?.[name];
    const off = angle?.uncertainty === undefined ? "" : ` ± ${angle.uncertainty}`;
    return angle === undefined ? [] : [`${name} ${angle.degrees}°${off}`];
  });
  return stated.join(", ") || "not stated";
}

export function faceSummaryOf(bytes: Uint8Array): RecordSummary {
  const { format, faces } = openFace(bytes);
  const views = faces.map((face) => ({
    coding: face.coding,
    width: face.width,
    height: face.height,
    quality: face.quality ?? "not stated",
    pose: poseText(face.pose),
    landmarks: face.landmarks.map(({ group, point, x, y }) => `${group}.${point} at ${x},${y}`).join("; ") || "none",
    bytes: face.data.length,
  }));
  return { kind: "faces", format, views };
}

function short(text: string): string {
  const separates = (code: number) => code >= SEPARATORS.first && code <= SEPARATORS.last;
  const shown = [...text.slice(0, SHOWN)].map((c) => (separates(c.charCodeAt(0)) ? " " : c)).join("");
  return text.length > SHOWN ? `${shown}…` : shown;
}

function ofPrint(print: RecordedPrint): Record<string, string | number> {
  return {
    position: print.position,
    view: print.viewNumber,
    impression: print.impressionType,
    quality: print.quality ?? "not stated",
    width: print.width,
    height: print.height,
    ppi: Math.round(print.ppi),
    minutiae: print.minutiae.length,
    endings: print.minutiae.filter(({ type }) => type === "ending").length,
    bifurcations: print.minutiae.filter(({ type }) => type === "bifurcation").length,
    ridgeCounts: print.ridgeCounts?.counts.length ?? 0,
    cores: print.cores.length,
    deltas: print.deltas.length,
  };
}

function ofPicture(picture: RecordedPicture): Record<string, string | number> {
  return {
    position: picture.position,
    impression: picture.impressionType,
    quality: picture.quality ?? "not stated",
    ...(picture.width > 0 && { width: picture.width, height: picture.height }),
    ppi: picture.ppi === undefined ? "not stated" : Math.round(picture.ppi),
    coding: picture.coding,
    bytes: picture.data.length,
  };
}
