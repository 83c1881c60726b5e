/** EF.DIR and EF.ATR/INFO, which stand in the master file and are free to read (9303-10 §3.11; ISO/IEC 7816-4 §12.1, §12.2). */
import { derTag, integer, readSmallInteger } from "../tlv/der.ts";
import { parseTlvPrefix, type TlvNode } from "../tlv/node.ts";
import { concat, tlv } from "../tlv/write.ts";
import { fileMalformed } from "./file.ts";

const tag = {
  application: 0x61,
  applicationId: 0x4f,
  label: 0x50,
  capabilities: 0x47,
  lengthInfo: 0x7f66,
} as const;
/** Elements of either file: a card has a few applications. */
const maxElements = 32;

export interface Application {
  readonly aid: Uint8Array;
  readonly label?: string;
}

/** The applications of EF.DIR. Throws `mrtd/tlv-malformed`, `mrtd/file-malformed`. */
export function parseDir(bytes: Uint8Array): readonly Application[] {
  const templates = elementsOf(bytes, "EF.DIR");
  return templates.map((template) => {
    const label = template.expect(tag.application).find(tag.label);
    return {
      aid: template.get(tag.applicationId).value,
      ...(label && { label: new TextDecoder().decode(label.value) }),
    };
  });
}

export function composeDir(applications: readonly Application[]): Uint8Array {
  return concat(
    ...applications.map(({ aid, label }) =>
      tlv(
        tag.application,
        tlv(tag.applicationId, aid),
        ...(label === undefined ? [] : [tlv(tag.label, new TextEncoder().encode(label))]),
      ),
    ),
  );
}

export interface AtrInfo {
  /** The third byte of the card capabilities says that the card takes extended Lc and Le. */
  readonly extendedLength: boolean;
  /** Most bytes of a command and of a response APDU (DO'7F66'), when the card says so. */
  readonly mostCommand?: number;
  readonly mostResponse?: number;
}

/** Bit 7 of the third byte of the card capabilities (7816-4 table 120). */
const extendedLengthBit = 0x40;

/** Throws `mrtd/tlv-malformed`, `mrtd/file-malformed`. */
export function parseAtrInfo(bytes: Uint8Array): AtrInfo {
  const row = elementsOf(bytes, "EF.ATR/INFO");
  const capabilities = row.find((node) => node.tag === tag.capabilities)?.value;
  const lengths = row.find((node) => node.tag === tag.lengthInfo);
  return {
    extendedLength: capabilities?.length === 3 && (capabilities[2]! & extendedLengthBit) !== 0,
    ...(lengths && {
      mostCommand: lengthOf(lengths.at(0, derTag.integer)),
      mostResponse: lengthOf(lengths.at(1, derTag.integer)),
    }),
  };
}

/** A card that takes less than a short command or response is none. */
function lengthOf(node: TlvNode): number {
  const length = readSmallInteger(node);
  return length >= 256 ? length : node.fail("length");
}

export function composeAtrInfo({ extendedLength, mostCommand, mostResponse }: AtrInfo): Uint8Array {
  // Selection by full name and by short identifier; logical channels: none.
  const capabilities = tlv(tag.capabilities, Uint8Array.of(0x94, 0x01, extendedLength ? extendedLengthBit : 0));
  if (mostCommand === undefined || mostResponse === undefined) return capabilities;
  return concat(capabilities, tlv(tag.lengthInfo, integer(mostCommand), integer(mostResponse)));
}

/** The elements of a file that may be longer than what it holds; the rest is zeros. */
function elementsOf(bytes: Uint8Array, where: string): readonly TlvNode[] {
  const elements: TlvNode[] = [];
  for (let at = 0; at < bytes.length && bytes[at] !== 0; at += elements[elements.length - 1]!.raw.length) {
    if (elements.length >= maxElements) throw fileMalformed(where, "element-count");
    elements.push(parseTlvPrefix(bytes.subarray(at), { where }));
  }
  return elements;
}
