/**
 * A signed note (C2SP signed-note): a text of lines, an empty line, and signature lines, each by a key that its name and four bytes of
 * key id tell apart. Nothing here knows keys: who verifies, ignores the signatures of keys that they do not know.
 */
import { KabinaError } from "../errors/kabina-error.ts";

export const keyIdLength = 4; // bytes
/** Signatures of a note, and characters of it, at most: sixteen, and room for post-quantum ones. */
const mostSignatures = 16;
export const largestNote = 96 * 1024;

/** No control characters but the line end. */
const textForm = /^[^\p{Cc}]*(\n[^\p{Cc}]+)*\n$/u;
const lineForm = /^\u2014 ([^\s+]{1,256}) ((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/u;

export interface NoteSignature {
  readonly name: string;
  /** Four bytes. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** With its last line end: what is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Reads a note; verifies nothing. Throws `audit/checkpoint-malformed`. */
export function readNote(note: string): SignedNote {
  // The last empty line: a text may have some of its own.
  const end = note.lastIndexOf("\n\n");
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2).split("\n");
  const good = note.length <= largestNote && end > 0 && textForm.test(text) && lines.pop() === "";
  const signatures = good ? lines.map(readLine) : [];
  if (signatures.length === 0 || signatures.length > mostSignatures) throw malformed();
  return { text, signatures };
}

/** `— NAME BASE64`, with its line end. */
export function signatureLine({ name, keyId, signature }: NoteSignature): string {
  return `\u2014 ${name} ${Buffer.concat([keyId, signature]).toString("base64")}\n`;
}

function readLine(line: string): NoteSignature {
  const [, name, base64] = lineForm.exec(line) ?? [];
  const bytes = Buffer.from(base64 ?? "", "base64");
  if (!name || bytes.length <= keyIdLength) throw malformed();
  return { name, keyId: bytes.subarray(0, keyIdLength), signature: bytes.subarray(keyIdLength) };
}

const malformed = (): KabinaError => new KabinaError("audit/checkpoint-malformed", {});
