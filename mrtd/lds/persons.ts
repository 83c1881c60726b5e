/** DG16 (9303-10 §4.7.16): persons to notify. */
import { derTag, integer, readSmallInteger } from "../tlv/der.ts";
import { parseTlv } from "../tlv/node.ts";
import { tlv } from "../tlv/write.ts";
import { fileIdentities, fileMalformed } from "./file.ts";

export interface PersonToNotify {
  /** YYYYMMDD, the day on which it was written down. */
  readonly dateRecorded: string;
  /** Names as in the MRZ's field: `SURNAME<<GIVEN<NAMES`, in the state's own letters. */
  readonly name: string;
  readonly telephone: string;
  readonly address: string;
}

const tags = { dateRecorded: 0x5f50, name: 0x5f51, telephone: 0x5f52, address: 0x5f53 } as const;
/** Templates are A1, A2, … */
const firstTemplate = 0xa1;
const maxPersons = 15;

/** Throws `mrtd/tlv-malformed`, `mrtd/file-malformed`. */
export function parseDg16(bytes: Uint8Array): readonly PersonToNotify[] {
  const root = parseTlv(bytes, { where: "DG16" }).expect(fileIdentities.DG16.tag!);
  const count = readSmallInteger(root.at(0, derTag.integer));
  const templates = root.children().slice(1);
  if (templates.length !== count || count > maxPersons) throw fileMalformed("DG16", "person-count");
  return templates.map((template, i) => {
    const person = template.expect(firstTemplate + i);
    const text = (tag: number) => new TextDecoder().decode(person.find(tag)?.value ?? new Uint8Array());
    return {
      dateRecorded: text(tags.dateRecorded),
      name: text(tags.name),
      telephone: text(tags.telephone),
      address: text(tags.address),
    };
  });
}

/** Throws `mrtd/file-malformed` for a date that is none, or too many persons. */
export function composeDg16(persons: readonly PersonToNotify[]): Uint8Array {
  if (persons.length > maxPersons || !persons.every(({ dateRecorded }) => /^\d{8}$/.test(dateRecorded))) {
    throw fileMalformed("DG16", "person");
  }
  const templates = persons.map((person, i) =>
    tlv(
      firstTemplate + i,
      ...(Object.keys(tags) as (keyof typeof tags)[]).map((field) =>
        tlv(tags[field], new TextEncoder().encode(person[field])),
      ),
    ),
  );
  return tlv(fileIdentities.DG16.tag!, integer(persons.length), ...templates);
}
