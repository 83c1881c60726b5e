/** Looks through a folder for anything readable of what was captured: as it is, and as text that hides it thinly. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Something that must not be found: what it is, and bytes of it. */
export interface Secret {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Bytes of one sample; samples are spread over a secret so that a part of it is found too. */
const SAMPLE = 24;
const SAMPLES = 40;

export interface Finding {
  readonly file: string;
  readonly secret: string;
  readonly form: string;
}

interface Needle {
  readonly secret: string;
  readonly form: string;
  readonly needle: Buffer;
}

/** Every file below the folder in which a sample of a secret stands, raw or as base64, hexadecimal or UTF-16. */
export function scanFolder(folder: string, secrets: readonly Secret[]): Finding[] {
  const byStart = new Map<number, Needle[]>();
  for (const { name, bytes } of secrets)
    for (const needle of samples(bytes).flatMap((sample) => forms(name, sample))) {
      const start = needle.needle.readUInt32LE(0);
      byStart.set(start, [...(byStart.get(start) ?? []), needle]);
    }
  return filesBelow(folder).flatMap((file) => {
    const found = firstFinding(readFileSync(file), byStart);
    return found === undefined ? [] : [{ file, secret: found.secret, form: found.form }];
  });
}

/** One pass over the bytes: four of them tell which needles might begin here. */
function firstFinding(content: Buffer, byStart: ReadonlyMap<number, readonly Needle[]>): Needle | undefined {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  for (let at = 0; at + 4 <= content.length; at++) {
    const found = byStart
      .get(view.getUint32(at, true))
      ?.find(({ needle }) => needle.equals(content.subarray(at, at + needle.length)));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Parts of a secret that are not all one byte (a white background is nobody's). */
function samples(bytes: Uint8Array): Buffer[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (all.length <= SAMPLE) return [all];
  const gap = Math.max(1, Math.floor((all.length - SAMPLE) / SAMPLES));
  const taken: Buffer[] = [];
  for (let at = 0; at + SAMPLE <= all.length; at += gap) {
    const sample = all.subarray(at, at + SAMPLE);
    if (new Set(sample).size > 8) taken.push(sample);
  }
  return taken;
}

function forms(secret: string, sample: Buffer): Needle[] {
  const text = (form: string, value: string) => ({ secret, form, needle: Buffer.from(value) });
  // Base64 depends on where the sample begins within three bytes; the ends that depend on neighbours are cut off.
  const base64 = [0, 1, 2].map((shift) => {
    const whole = sample.subarray(shift, shift + Math.floor((sample.length - shift) / 3) * 3).toString("base64");
    return text("base64", whole);
  });
  const readable = /^[\x20-\x7e]+$/.test(sample.toString("latin1"));
  return [
    { secret, form: "raw", needle: sample },
    ...base64.filter(({ needle }) => needle.length >= 8),
    text("hexadecimal", sample.toString("hex")),
    text("HEXADECIMAL", sample.toString("hex").toUpperCase()),
    ...(readable ? [{ secret, form: "UTF-16", needle: Buffer.from(sample.toString("latin1"), "utf16le") }] : []),
  ];
}

export function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    return stat.isDirectory() ? filesBelow(path) : stat.isFile() ? [path] : [];
  });
}
