import type { FileName } from "../lds/file.ts";

/**
 * What an interrupted read already holds. The caller makes one per document, gives it to `readPassport` each time the card comes
 * back, and throws it away with the session. It lives in memory only.
 */
export class PartialReading {
  /** Which document these bytes are of; set by the first read, checked by the next. */
  fingerprint: string | undefined;
  /** Bytes read so far from the start of each file, with the file's whole length. */
  readonly files = new Map<FileName, { total: number; bytes: Uint8Array }>();

  /** Forgets everything, for a different document. */
  clear(): void {
    this.fingerprint = undefined;
    this.files.clear();
  }
}
