/** DG11 and DG12 (9303-10 §4.7.11, §4.7.12): what else is known of the holder and of the document, a list of tagged texts. */
import { derTag, integer, readSmallInteger } from "../tlv/der.ts";
import { parseTlv, type TlvNode } from "../tlv/node.ts";
import { concat, tlv } from "../tlv/write.ts";
import { fileIdentities, fileMalformed } from "./file.ts";

/** Names of the fields by their tags. */
export const detailTags = {
  DG11: {
    fullName: 0x5f0e,
    otherNames: 0x5f0f,
    personalNumber: 0x5f10,
    fullDateOfBirth: 0x5f2b,
    placeOfBirth: 0x5f11,
    address: 0x5f42,
    telephone: 0x5f12,
    profession: 0x5f13,
    title: 0x5f14,
    personalSummary: 0x5f15,
    proofOfCitizenship: 0x5f16,
    otherDocumentNumbers: 0x5f17,
    custody: 0x5f18,
  },
  DG12: {
    issuingAuthority: 0x5f19,
    dateOfIssue: 0x5f26,
    otherPersons: 0x5f1a,
    endorsements: 0x5f1b,
    taxOrExitRequirements: 0x5f1c,
    imageOfFront: 0x5f1d,
    imageOfRear: 0x5f1e,
    personalizationTime: 0x5f55,
    personalizationSystem: 0x5f56,
  },
} as const;

/** Fields whose value is a picture and not a text. */
const pictures: readonly number[] = [0x5f16, 0x5f1d, 0x5f1e];
/** Dates, which some documents write in packed digits. */
const dates: readonly number[] = [0x5f2b, 0x5f26, 0x5f55];
const tagList = 0x5c;
const group = 0xa0;
/** Most values of one repeated field. */
const maxRepeated = 64;

export type DetailName<File extends keyof typeof detailTags> = keyof (typeof detailTags)[File] & string;
/** Texts by field; a picture is its bytes; a repeated field is a list. */
export type Details<File extends keyof typeof detailTags> = Partial<
  Record<DetailName<File>, string | Uint8Array | readonly string[]>
>;

/**
 * Reads DG11 or DG12; throws `mrtd/tlv-malformed`, `mrtd/file-malformed`. Elements that the norm does not name are passed over. The list of tags at its
 * beginning must be there, and is not believed: what stands in the file counts, whatever the list left out or wrote otherwise.
 */
export function parseDetails<File extends keyof typeof detailTags>(file: File, bytes: Uint8Array): Details<File> {
  const root = parseTlv(bytes, { where: file }).expect(fileIdentities[file].tag!);
  root.get(tagList);
  const details: Record<string, string | Uint8Array | readonly string[]> = {};
  for (const [name, tag] of Object.entries(detailTags[file])) {
    const singles = root.children().filter((node) => node.tag === tag);
    const group = root.children().find((node) => isGroupOf(node, tag));
    if (group !== undefined) details[name] = readRepeated(group, tag, file);
    // Repeated without the group around it.
    else if (singles.length > 1 && !pictures.includes(tag)) details[name] = texts(singles, file);
    else if (singles[0] !== undefined) details[name] = readValue(singles[0]);
  }
  return details as Details<File>;
}

const isGroupOf = (node: TlvNode, tag: number): boolean => node.tag === group && node.children()[1]?.tag === tag;

function readRepeated(node: TlvNode, tag: number, file: string): readonly string[] {
  const count = readSmallInteger(node.at(0, derTag.integer));
  const values = node.children().filter((child) => child.tag === tag);
  if (values.length !== count) throw fileMalformed(file, "repeated-count");
  return texts(values, file);
}

function texts(values: readonly TlvNode[], file: string): readonly string[] {
  if (values.length > maxRepeated) throw fileMalformed(file, "repeated-count");
  return values.map(readText);
}

function readValue(node: TlvNode): string | Uint8Array {
  if (pictures.includes(node.tag)) return node.value;
  const packed = dates.includes(node.tag) && (node.value.length === 4 || node.value.length === 7);
  return packed ? Buffer.from(node.value).toString("hex") : readText(node);
}

/** UTF-8 by the norm; documents of the first years have Latin-1 instead, which is hardly ever good UTF-8. */
function readText({ value }: TlvNode): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(value);
  } catch {
    return new TextDecoder("latin1").decode(value);
  }
}

/** Writes DG11 or DG12: the list of tags, then the fields in the norm's order. */
export function composeDetails<File extends keyof typeof detailTags>(file: File, details: Details<File>): Uint8Array {
  const values = details as Record<string, string | Uint8Array | readonly string[] | undefined>;
  const present = Object.entries(detailTags[file]).filter(([name]) => values[name] !== undefined);
  const utf8 = (text: string) => new TextEncoder().encode(text);
  const fields = present.map(([name, tag]) => {
    const value = values[name]!;
    if (typeof value === "string") return tlv(tag, utf8(value));
    if (value instanceof Uint8Array) return tlv(tag, value);
    return tlv(group, integer(value.length), ...value.map((text) => tlv(tag, utf8(text))));
  });
  const list = concat(...present.map(([, tag]) => Uint8Array.of(tag >> 8, tag & 0xff)));
  return tlv(fileIdentities[file].tag!, tlv(tagList, list), ...fields);
}
