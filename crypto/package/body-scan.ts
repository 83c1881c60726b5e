/**
 * Checks a package's body as it arrives, in pieces of any size. A verified manifest leaves one byte form for all that follows
 * the head: each part's archive header, its bytes with their hash, zero padding, the end marker. So every byte is either
 * known beforehand or hashed, and nothing has to be read twice. What does not agree is for `verifyPackage` to name.
 */
import { createHash, type Hash, hash } from "node:crypto";
import type { Manifest } from "./manifest.ts";
import { encodeTarHeader, tarBlock, tarEnd, tarPadding } from "./tar.ts";

/** A stretch of the body: bytes that are known, or a part of known length and hash. */
type Stretch = { readonly bytes: number; readonly known: Buffer } | { readonly bytes: number; readonly sha256: string };

export class BodyScan {
  readonly #stretches: readonly Stretch[];
  /** The stretch that the next byte belongs to, and how much of it has been seen. */
  #index = 0;
  #seen = 0;
  /** Of a part that has come in part. */
  #hash: Hash | undefined;
  #agrees: boolean;

  constructor(manifest: Manifest) {
    // A part of no bytes is no envelope, and has nothing to be hashed by: verifyPackage says what it is.
    this.#agrees = manifest.parts.every(({ size }) => size > 0);
    this.#stretches = stretchesOf(manifest);
  }

  /** True when the whole body has been seen and is what the manifest says, to the byte. */
  get complete(): boolean {
    return this.#agrees && this.#index === this.#stretches.length;
  }

  /** The body's stretches behind a head of so many bytes, as `placedStretches` has them. */
  placed(headBytes: number): readonly PlacedStretch[] {
    return place(this.#stretches, headBytes);
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && this.#agrees; ) {
      const stretch = this.#stretches[this.#index];
      if (!stretch) {
        this.#agrees = false;
        return;
      }
      const piece = bytes.subarray(at, at + stretch.bytes - this.#seen);
      at += piece.length;
      if ("known" in stretch) {
        const known = stretch.known.subarray(this.#seen, this.#seen + piece.length);
        this.#agrees = Buffer.compare(piece, known) === 0;
      } else if (piece.length === stretch.bytes) {
        this.#agrees = hash("sha256", piece, "hex") === stretch.sha256;
      } else {
        this.#hash ??= createHash("sha256");
        this.#hash.update(piece);
      }
      this.#seen += piece.length;
      if (this.#seen === stretch.bytes) this.#finish(stretch);
    }
  }

  #finish(stretch: Stretch): void {
    if ("sha256" in stretch && this.#hash) this.#agrees = this.#hash.digest("hex") === stretch.sha256;
    this.#hash = undefined;
    this.#index++;
    this.#seen = 0;
  }
}

/** Bytes of an archive's entry: header, content, padding. */
export function entryBytes(size: number): number {
  return tarBlock + size + tarPadding(size).length;
}

/** Bytes of the body that a manifest describes: what follows the head, to the package's end. */
export function bodyBytes({ parts }: Manifest): number {
  return parts.reduce((sum, { size }) => sum + entryBytes(size), tarEnd.length);
}

/** A stretch with its place in the package; `known` are its bytes, where the manifest alone says them. */
export interface PlacedStretch {
  readonly start: number;
  readonly end: number;
  readonly known: Buffer | undefined;
}

/** What follows a head of so many bytes, in order, to the package's end. */
export function placedStretches(manifest: Pick<Manifest, "parts">, headBytes: number): readonly PlacedStretch[] {
  return place(stretchesOf(manifest), headBytes);
}

function place(stretches: readonly Stretch[], headBytes: number): readonly PlacedStretch[] {
  let end = headBytes;
  return stretches.map((stretch) => {
    const start = end;
    end += stretch.bytes;
    return { start, end, known: "known" in stretch ? stretch.known : undefined };
  });
}

function stretchesOf({ parts }: Pick<Manifest, "parts">): readonly Stretch[] {
  const stretches: Stretch[] = [];
  /** Known bytes that belong to one stretch: the padding of the part before, and the header of the next. */
  let known: Uint8Array[] = [];
  const addKnown = () => {
    const bytes = Buffer.concat(known);
    stretches.push({ bytes: bytes.length, known: bytes });
    known = [];
  };
  for (const { name, size, sha256 } of parts) {
    known.push(encodeTarHeader({ name: `parts/${name}.p7m`, size }));
    addKnown();
    stretches.push({ bytes: size, sha256 });
    known.push(tarPadding(size));
  }
  known.push(tarEnd);
  addKnown();
  return stretches;
}
