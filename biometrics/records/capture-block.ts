/** The part that every representation of a 2011 record begins with (ISO/IEC 19794-1:2011): when, with what, how good. */
import { BiometricsError } from "../errors.ts";
import type { RecordReader, RecordWriter } from "./bytes.ts";

export interface QualityBlock {
  readonly score: number;
  readonly vendor: number;
  readonly algorithm: number;
}

export interface CaptureBlock {
  /** Year (2), month, day, hour, minute, second, millisecond (2); all 0xff when unknown. */
  readonly dateTime: Uint8Array;
  readonly technology: number;
  readonly vendor: number;
  readonly device: number;
  readonly qualities: readonly QualityBlock[];
  /** Authority (2) and scheme (1) of each certificate of the device. */
  readonly certificates: readonly Uint8Array[];
}

/** Whether blocks of certificates follow: 0 or 1. @throws `record/field` */
export function certificationFlag(reader: RecordReader): boolean {
  const flag = reader.uint(1);
  if (flag > 1) throw new BiometricsError("record/field", { field: "certification flag", value: flag });
  return flag === 1;
}

export function readCapture(reader: RecordReader, certified: boolean): CaptureBlock {
  const dateTime = reader.take(9);
  const technology = reader.uint(1);
  const vendor = reader.uint(2);
  const device = reader.uint(2);
  const qualities = Array.from({ length: reader.uint(1) }, () => ({
    score: reader.uint(1),
    vendor: reader.uint(2),
    algorithm: reader.uint(2),
  }));
  const certificates = certified ? Array.from({ length: reader.uint(1) }, () => reader.take(3)) : [];
  return { dateTime, technology, vendor, device, qualities, certificates };
}

export function writeCapture(out: RecordWriter, capture: CaptureBlock, certified: boolean): void {
  out.put(capture.dateTime);
  out.uint(capture.technology, 1);
  out.uint(capture.vendor, 2);
  out.uint(capture.device, 2);
  out.uint(capture.qualities.length, 1);
  for (const quality of capture.qualities) {
    out.uint(quality.score, 1);
    out.uint(quality.vendor, 2);
    out.uint(quality.algorithm, 2);
  }
  if (!certified) return;
  out.uint(capture.certificates.length, 1);
  for (const certificate of capture.certificates) out.put(certificate);
}

/** Nothing known of the capture but the score of its picture. */
export function emptyCapture(score: number): CaptureBlock {
  const qualities = [{ score, vendor: 0, algorithm: 0 }];
  return { dateTime: new Uint8Array(9).fill(0xff), technology: 0, vendor: 0, device: 0, qualities, certificates: [] };
}
