/** What a file of a chip says, for people: told by its first tag, without pictures and without keys. */

import { parseTlvPrefix } from "../tlv/node.ts";
import { parseCom } from "./com.ts";
import { parseDg1 } from "./dg1.ts";
import { parseDg2 } from "./dg2.ts";
import { dataGroupName, dataGroupOfTag } from "./file.ts";
import { parseSecurityObject } from "./security-object.ts";

export interface FileDescription {
  readonly file: string;
  readonly bytes: number;
  readonly content: unknown;
}

/** Throws `mrtd/tlv-malformed`, `mrtd/file-malformed` and what the file's own reader throws. */
export function inspectFile(bytes: Uint8Array): FileDescription {
  const { tag } = parseTlvPrefix(bytes, { where: "file", ber: true });
  const describe = (file: string, content: unknown): FileDescription => ({ file, bytes: bytes.length, content });
  if (tag === 0x60) return describe("EF.COM", parseCom(bytes));
  if (tag === 0x61) return describe("DG1", parseDg1(bytes));
  if (tag === 0x75) {
    return describe(
      "DG2",
      parseDg2(bytes).map(({ data, ...face }) => ({ ...face, imageBytes: data.length })),
    );
  }
  if (tag === 0x77) return describe("EF.SOD", describeSecurityObject(bytes));
  const number = dataGroupOfTag(tag);
  return describe(number === undefined ? `tag ${tag.toString(16)}` : dataGroupName(number), null);
}

function describeSecurityObject(bytes: Uint8Array) {
  const { signed, lds } = parseSecurityObject(bytes);
  return {
    version: lds.version,
    hash: lds.hash,
    ldsVersion: lds.ldsVersion ?? null,
    unicodeVersion: lds.unicodeVersion ?? null,
    dataGroups: Object.fromEntries(
      [...lds.hashes].map(([number, hash]) => [dataGroupName(number), Buffer.from(hash).toString("hex")]),
    ),
    certificates: signed.certificates.map((certificate) => ({
      subject: certificate.subjectText,
      issuer: certificate.issuerText,
      serial: certificate.serialText,
      notBefore: certificate.notBefore.toISOString(),
      notAfter: certificate.notAfter.toISOString(),
    })),
    departuresFromDer: signed.departures,
  };
}
