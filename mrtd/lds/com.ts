/** EF.COM (9303-10 §4.6.1): the versions, and which data groups there are. Not signed: only a hint of what to read. */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { parseTlv } from "../tlv/node.ts";
import { concat, tlv } from "../tlv/write.ts";
import { type DataGroupNumber, dataGroupName, dataGroupOfTag, fileIdentities } from "./file.ts";

export interface CommonData {
  /** `0107` for LDS 1.7. */
  readonly ldsVersion: string;
  /** `040000` for Unicode 4.0.0. */
  readonly unicodeVersion: string;
  readonly dataGroups: readonly DataGroupNumber[];
}

const tag = { file: 0x60, ldsVersion: 0x5f01, unicodeVersion: 0x5f36, tagList: 0x5c } as const;

/** Reads EF.COM; throws `mrtd/tlv-malformed`. Tags of the list that are no data group's are passed over. */
export function parseCom(bytes: Uint8Array): CommonData {
  const file = parseTlv(bytes, { where: "EF.COM" }).expect(tag.file);
  const text = (node: { value: Uint8Array }) => new TextDecoder("latin1").decode(node.value);
  const numbers = [...file.get(tag.tagList).value].map(dataGroupOfTag).filter((number) => number !== undefined);
  return {
    ldsVersion: text(file.get(tag.ldsVersion)),
    unicodeVersion: text(file.get(tag.unicodeVersion)),
    dataGroups: [...new Set(numbers)],
  };
}

export function composeCom({ ldsVersion, unicodeVersion, dataGroups }: CommonData): Uint8Array {
  if (!/^\d{4}$/.test(ldsVersion) || !/^\d{6}$/.test(unicodeVersion)) {
    throw new KabinaError("mrtd/file-malformed", { file: "EF.COM", problem: "version" });
  }
  const ascii = (text: string) => new TextEncoder().encode(text);
  const tags = dataGroups.map((number) => fileIdentities[dataGroupName(number)].tag!);
  return tlv(
    tag.file,
    concat(
      tlv(tag.ldsVersion, ascii(ldsVersion)),
      tlv(tag.unicodeVersion, ascii(unicodeVersion)),
      tlv(tag.tagList, Uint8Array.from(tags)),
    ),
  );
}
