/**
 * The files of an audit log: `NAME` (entries, a line each), `NAME.checkpoints` (signed notes, an empty line after each), `NAME.cosigned` (the same,
 * of those that a witness has cosigned), `NAME.crt.pem` (the keys' certificates).
 */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { Certificate } from "../certificate/certificate.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { largestEntry } from "./entry.ts";

export const checkpointsFile = (path: string): string => `${path}.checkpoints`;
export const cosignedFile = (path: string): string => `${path}.cosigned`;
export const certificatesFile = (path: string): string => `${path}.crt.pem`;

const newline = 0x0a;
/** Ends a signed note's block: the last signature's line end, then an empty line. */
const betweenNotes = /(?<=\n\u2014 [^\n]*\n)\n/;

/** The whole lines of the entries' file, without their line ends; a last line that was cut off is not given, only counted in `torn`. */
export async function* readLines(path: string): AsyncGenerator<{ line: Uint8Array; end: number }> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of createReadStream(path)) {
    rest = Buffer.concat([rest, chunk as Buffer]);
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      offset += end + 1;
      yield { line: rest.subarray(0, end), end: offset };
      rest = rest.subarray(end + 1);
    }
    if (rest.length > largestEntry) throw new KabinaError("audit/entry-malformed", { index: -1 });
  }
}

/** The signed notes of a file in order; a last one that was cut off is left out. None when there is no file. `whole`: bytes of those that are given. */
export async function readNotes(file: string): Promise<{ notes: readonly string[]; whole: number }> {
  const text = await readOrEmpty(file);
  const blocks = text.split(betweenNotes);
  const notes = blocks.slice(0, -1);
  const whole = notes.reduce((length, note) => length + Buffer.byteLength(note) + 1, 0);
  return { notes, whole };
}

export async function readCertificates(path: string): Promise<readonly Certificate[]> {
  const text = await readOrEmpty(certificatesFile(path));
  return text === "" ? [] : Certificate.fromPem(text);
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
