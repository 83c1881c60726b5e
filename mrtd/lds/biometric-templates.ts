/** The CBEFF envelope of DG2, DG3 and DG4 (9303-10 §4.7.2 to §4.7.4, ISO/IEC 19785-3): a group of biometric information templates. */
import { derTag, integer, readSmallInteger } from "../tlv/der.ts";
import { parseTlv } from "../tlv/node.ts";
import { tlv } from "../tlv/write.ts";
import { type DataGroupName, fileIdentities, fileMalformed } from "./file.ts";

export interface BiometricTemplate {
  /** CBEFF biometric type: 2 face, 8 finger, 16 iris. */
  readonly type: number | undefined;
  readonly subtype: number | undefined;
  readonly formatOwner: number;
  readonly formatType: number;
  /** The biometric data block: a whole ISO/IEC 19794 or 39794 record. */
  readonly data: Uint8Array;
}

export const cbeffFormat = {
  owner: 0x0101,
  face19794: 0x0008,
  finger19794: 0x0007,
  iris19794: 0x0009,
  finger39794: 0x0029,
  face39794: 0x002a,
  iris39794: 0x002b,
} as const;

/** Which of the two generations of records. */
export type BiometricEncoding = "19794" | "39794";
/** What wraps a 39794 block inside DO'7F2E'. */
export const blockWrapper = 0xa1;

/** More templates than any document has; a chip that claims more is not believed. */
const maxTemplates = 16;

const tag = {
  group: 0x7f61,
  template: 0x7f60,
  header: 0xa1,
  version: 0x80,
  type: 0x81,
  subtype: 0x82,
  formatOwner: 0x87,
  formatType: 0x88,
  data: 0x5f2e,
  constructedData: 0x7f2e,
  nonce: 0x53,
} as const;

/** Reads the envelope of a biometric data group; throws `mrtd/tlv-malformed`, `mrtd/file-malformed`. */
export function parseTemplates(bytes: Uint8Array, file: DataGroupName): readonly BiometricTemplate[] {
  const group = parseTlv(bytes, { where: file }).expect(fileIdentities[file].tag!).get(tag.group);
  const count = readSmallInteger(group.get(derTag.integer));
  const templates = group.children().filter((node) => node.tag === tag.template);
  if (count !== templates.length || count > maxTemplates) throw fileMalformed(file, "template-count");
  return templates.map((template) => {
    const header = template.get(tag.header);
    const number = (id: number) => header.find(id)?.value.reduce((sum, byte) => sum * 256 + byte, 0);
    const data = template.find(tag.data) ?? template.get(tag.constructedData);
    const formatOwner = number(tag.formatOwner);
    const formatType = number(tag.formatType);
    if (formatOwner === undefined || formatType === undefined) throw fileMalformed(file, "format-missing");
    return { type: number(tag.type), subtype: number(tag.subtype), formatOwner, formatType, data: data.value };
  });
}

/** @param nonce stands in a group without templates, so that nobody can tell from its hash that it is empty */
export function composeTemplates(
  file: DataGroupName,
  templates: readonly BiometricTemplate[],
  nonce?: Uint8Array,
): Uint8Array {
  const two = (value: number) => Uint8Array.of(value >> 8, value & 0xff);
  return tlv(
    fileIdentities[file].tag!,
    tlv(
      tag.group,
      integer(templates.length),
      ...templates.map((template) =>
        tlv(
          tag.template,
          tlv(
            tag.header,
            tlv(tag.version, two(0x0101)),
            ...(template.type === undefined ? [] : [tlv(tag.type, Uint8Array.of(template.type))]),
            ...(template.subtype === undefined ? [] : [tlv(tag.subtype, Uint8Array.of(template.subtype))]),
            tlv(tag.formatOwner, two(template.formatOwner)),
            tlv(tag.formatType, two(template.formatType)),
          ),
          tlv(isConstructed(template) ? tag.constructedData : tag.data, template.data),
        ),
      ),
      ...(templates.length === 0 && nonce !== undefined ? [tlv(tag.nonce, nonce)] : []),
    ),
  );
}

/** 39794 blocks are ASN.1 and stand in a constructed data object (9303-10 §4.7.2.2); 19794 blocks are opaque. */
function isConstructed({ formatType }: BiometricTemplate): boolean {
  return ![cbeffFormat.face19794, cbeffFormat.finger19794, cbeffFormat.iris19794].includes(formatType as 8);
}
