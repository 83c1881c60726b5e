/**
 * Proofs as files. An inclusion proof is a C2SP tlog-proof, whose extra data is the entry itself; a consistency proof is the body of a C2SP
 * tlog-witness `add-checkpoint`, which is also what a booth sends for its cosignature. Reading them verifies nothing.
 */
import { KabinaError } from "../errors/kabina-error.ts";
import { largestEntry } from "./entry.ts";
import type { Hash } from "./merkle.ts";
import { largestNote } from "./note.ts";

const mostHashes = 63;
const hashForm = /^[A-Za-z0-9+/]{43}=$/;
const firstLine = "c2sp.org/tlog-proof@v1";

export interface InclusionProofFile {
  readonly index: number;
  /** The entry's line, without its line end. */
  readonly entry: Uint8Array;
  readonly hashes: readonly Hash[];
  /** The checkpoint, a signed note. */
  readonly note: string;
}

export interface AdditionFile {
  readonly oldSize: number;
  readonly hashes: readonly Hash[];
  readonly note: string;
}

export const isInclusionProof = (text: string): boolean => text.startsWith(`${firstLine}\n`);
export const isAddition = (text: string): boolean => /^old \d+\n/.test(text);

export function writeInclusionProof({ index, entry, hashes, note }: InclusionProofFile): string {
  return `${firstLine}\nextra ${base64(entry)}\nindex ${index}\n${hashes.map(hashLine).join("")}\n${note}`;
}

/** Throws `audit/proof-malformed`. */
export function readInclusionProof(text: string): InclusionProofFile {
  const { head, hashes, note } = readLines(text, 3);
  const [first, extra, place] = head;
  const entry = Buffer.from(/^extra ([A-Za-z0-9+/]+={0,2})$/.exec(extra ?? "")?.[1] ?? "", "base64");
  const index = count(/^index (0|[1-9]\d{0,14})$/.exec(place ?? "")?.[1]);
  if (first !== firstLine || entry.length === 0 || entry.length > largestEntry) throw malformed();
  return { index, entry, hashes, note };
}

export function writeAddition({ oldSize, hashes, note }: AdditionFile): string {
  return `old ${oldSize}\n${hashes.map(hashLine).join("")}\n${note}`;
}

/** Throws `audit/proof-malformed`. */
export function readAddition(text: string): AdditionFile {
  const { head, hashes, note } = readLines(text, 1);
  return { oldSize: count(/^old (0|[1-9]\d{0,14})$/.exec(head[0] ?? "")?.[1]), hashes, note };
}

/** Lines of a head, lines of hashes, an empty line, a note. */
function readLines(text: string, headLines: number): { head: string[]; hashes: Hash[]; note: string } {
  const end = text.indexOf("\n\n");
  if (end < 0 || text.length > 2 * largestNote) throw malformed();
  const lines = text.slice(0, end).split("\n");
  const head = lines.slice(0, headLines);
  const rest = lines.slice(headLines);
  if (rest.length > mostHashes || rest.some((line) => !hashForm.test(line))) throw malformed();
  return { head, hashes: rest.map((line) => Buffer.from(line, "base64")), note: text.slice(end + 2) };
}

function count(digits: string | undefined): number {
  if (digits === undefined) throw malformed();
  return Number(digits);
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const hashLine = (hash: Hash): string => `${base64(hash)}\n`;
const malformed = (): KabinaError => new KabinaError("audit/proof-malformed", {});
