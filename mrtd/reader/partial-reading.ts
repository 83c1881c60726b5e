import { createHash } from "node:crypto";
import type { AccessKey } from "../access/access-key.ts";
import type { FileName } from "../lds/file.ts";

/** A file of which the first bytes are here. */
export interface PartialFile {
  readonly total: number;
  bytes: Uint8Array;
}

/**
 * What an interrupted read already holds. The caller makes one per document, gives it to `readPassport` each time the card comes
 * back, and throws it away with the session. It lives in memory only.
 */
export class PartialReading {
  readonly files = new Map<FileName, PartialFile>();
  #document: string | undefined;

  /** Binds the bytes to the document that this key opens; the bytes of any other document are forgotten. */
  bind(key: AccessKey): void {
    const document = createHash("sha256").update(JSON.stringify(key)).digest("hex");
    if (this.#document !== document) this.files.clear();
    this.#document = document;
  }

  /** Overwrites and forgets everything: prints and portraits leave nothing behind. */
  erase(): void {
    for (const { bytes } of this.files.values()) bytes.fill(0);
    this.files.clear();
    this.#document = undefined;
  }

  /** The files that are here from the first byte to the last. */
  complete(): FileName[] {
    return [...this.files].filter(([, file]) => file.bytes.length === file.total).map(([name]) => name);
  }
}
