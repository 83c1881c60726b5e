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

/** Reads DG11 or DG12; throws `mrtd/tlv-malformed`, `mrtd/file-malformed`. Elements that the norm does not name are passed over. */
export function parseDetails<File extends keyof typeof detailTags>(file: File, bytes: Uint8Array): Details<File> {
  const root = parseTlv(bytes, { where: file }).expect(fileIdentities[file].tag!);
  const listed = tagsOf(root.get(tagList).value, file);
  const details: Record<string, string | Uint8Array | readonly string[]> = {};
  for (const [name, tag] of Object.entries(detailTags[file])) {
    if (!listed.includes(tag)) continue;
    const single = root.find(tag);
    if (single !== undefined) details[name] = readValue(single);
    else {
      const repeated = root.children().find((node) => node.tag === group && node.children()[1]?.tag === tag);
      if (repeated !== undefined) details[name] = readRepeated(repeated, tag, file);
    }
  }
  return details as Details<File>;
}

function readRepeated(node: TlvNode, tag: number, file: string): readonly string[] {
  const count = readSmallInteger(node.at(0, derTag.integer));
  const values = node.children().filter((child) => child.tag === tag);
  if (values.length !== count || count > maxRepeated) throw fileMalformed(file, "repeated-count");
  return values.map((value) => readText(value));
}

function readValue(node: TlvNode): string | Uint8Array {
  if (pictures.includes(node.tag)) return node.value;
  const packed = dates.includes(node.tag) && (node.value.length === 4 || node.value.length === 7);
  return packed ? Buffer.from(node.value).toString("hex") : readText(node);
}

const readText = ({ value }: TlvNode) => new TextDecoder().decode(value);

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

/** Tags of a list; all of the norm's have two bytes. */
function tagsOf(list: Uint8Array, file: string): number[] {
  if (list.length % 2 !== 0) throw fileMalformed(file, "tag-list");
  return Array.from({ length: list.length / 2 }, (_, i) => (list[2 * i]! << 8) | list[2 * i + 1]!);
}
