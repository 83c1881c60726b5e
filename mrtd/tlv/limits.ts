/** What a TLV structure may demand of us. A chip, a file or a list that goes beyond is refused before anything is allocated. */
export interface TlvLimits {
  /** Nesting, the outermost element being 1. */
  readonly maxDepth: number;
  /** Bytes of one element's value. */
  readonly maxLength: number;
  /** Elements in one structure, nested ones included, as far as they are looked at. */
  readonly maxCount: number;
}

/** For a document's files and what a chip answers. DG2 of several pictures stays far below 4 MiB. */
export const documentLimits: TlvLimits = { maxDepth: 24, maxLength: 4 * 1024 * 1024, maxCount: 20_000 };

/** For master lists and revocation lists: the largest known are under 3 MB. */
export const listLimits: TlvLimits = { maxDepth: 24, maxLength: 64 * 1024 * 1024, maxCount: 500_000 };
