/** What a file, a list or a chip may demand of the TLV reader. */
import type { ReadLimits } from "../../crypto/der/scan.ts";

/** For a document's files and what a chip answers. DG2 of several pictures stays far below 4 MiB. */
export const documentLimits: ReadLimits = { depth: 24, bytes: 4 * 1024 * 1024, elements: 20_000 };

/** For master lists and revocation lists: the largest known are under 3 MB. */
export const listLimits: ReadLimits = { depth: 24, bytes: 64 * 1024 * 1024, elements: 500_000 };
