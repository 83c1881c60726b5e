/** Any finger record by its first bytes. */
import { BiometricsError } from "../errors.ts";
import { startsWith } from "./bytes.ts";
import { type FingerImageRecord, readFingerImageRecord, writeFingerImageRecord } from "./image-record.ts";
import { readMinutiaeRecord, writeMinutiaeRecord } from "./minutiae-record.ts";
import type { MinutiaeRecord } from "./minutiae-view.ts";

export type FingerRecord = MinutiaeRecord | FingerImageRecord;

/** True when the bytes begin as a finger record does. */
export function isFingerRecord(bytes: Uint8Array): boolean {
  return startsWith(bytes, "FMR\0") || startsWith(bytes, "FIR\0");
}

/** @throws `record/format-unknown`, `record/truncated`, `record/field` */
export function readFingerRecord(bytes: Uint8Array): FingerRecord {
  if (startsWith(bytes, "FMR\0")) return readMinutiaeRecord(bytes);
  if (startsWith(bytes, "FIR\0")) return readFingerImageRecord(bytes);
  throw new BiometricsError("record/format-unknown");
}

export function writeFingerRecord(record: FingerRecord): Uint8Array {
  return record.kind === "minutiae" ? writeMinutiaeRecord(record) : writeFingerImageRecord(record);
}
