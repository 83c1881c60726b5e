/** DG1 (9303-10 §4.7.1): the MRZ. */
import { composeMrz } from "../mrz/compose.ts";
import type { Mrz, MrzData } from "../mrz/mrz.ts";
import { parseMrz } from "../mrz/parse.ts";
import { parseTlv } from "../tlv/node.ts";
import { tlv } from "../tlv/write.ts";

const tag = { file: 0x61, mrz: 0x5f1f } as const;

/** Reads DG1; throws `mrtd/tlv-malformed`, `mrtd/mrz-format`. */
export function parseDg1(bytes: Uint8Array): Mrz {
  const node = parseTlv(bytes, { where: "DG1" }).expect(tag.file).get(tag.mrz);
  return parseMrz(new TextDecoder("latin1").decode(node.value));
}

export function composeDg1(data: MrzData): Uint8Array {
  return tlv(tag.file, tlv(tag.mrz, new TextEncoder().encode(composeMrz(data).join(""))));
}
