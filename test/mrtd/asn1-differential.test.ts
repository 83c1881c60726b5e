/** Our TLV reader against `openssl asn1parse`: if this fails, we and the rest of the world read different things in the same document. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parseMasterList } from "../../mrtd/proof/master-list.ts";
import { listLimits } from "../../mrtd/tlv/limits.ts";
import { parseTlv, type TlvNode } from "../../mrtd/tlv/node.ts";
import { specimenPassport } from "./fixture.ts";
import { sharedData, unhex, whenShared } from "./shared-data.ts";

/** `offset:depth:header+length`, element by element, as openssl sees it. */
function byOpenssl(der: Uint8Array): string[] {
  const text = execFileSync("openssl", ["asn1parse", "-inform", "DER"], { input: der, maxBuffer: 1 << 26 }).toString();
  return [...text.matchAll(/^\s*(\d+):d=(\d+)\s+hl=(\d+)\s+l=\s*(\d+)\s/gm)].map(
    ([, offset, depth, header, length]) => `${offset}:${depth}:${Number(header) + Number(length)}`,
  );
}

function byUs(der: Uint8Array): string[] {
  const rows: string[] = [];
  const walk = (node: TlvNode, depth: number) => {
    rows.push(`${node.offset}:${depth}:${node.raw.length}`);
    if (node.constructed) for (const child of node.children()) walk(child, depth + 1);
  };
  walk(parseTlv(der, { where: "test", ber: true, limits: listLimits }), 0);
  return rows;
}

describe("TLV reader and openssl", () => {
  it("agree on our own documents", () => {
    const { files, csca, ds } = specimenPassport();
    const sod = parseTlv(files["EF.SOD"]!, { where: "EF.SOD" }).at(0).raw;
    for (const der of [sod, csca.certificate, ds.certificate, files["EF.CardAccess"]!]) {
      expect(byUs(der)).toEqual(byOpenssl(der));
    }
  });
});

const byCountry = sharedData("mrtd/sod/sod-by-country.json");
const lists = sharedData("mrtd/masterlists");
whenShared(byCountry)("TLV reader and openssl on real documents", () => {
  it("agree on every security object", () => {
    const cases = existsSync(byCountry)
      ? (JSON.parse(readFileSync(byCountry, "utf8")) as { efSod: string; expectParse: boolean }[])
      : [];
    for (const { efSod } of cases.filter(({ expectParse }) => expectParse)) {
      const der = parseTlv(unhex(efSod), { where: "EF.SOD", ber: true }).at(0).raw;
      expect(byUs(der)).toEqual(byOpenssl(der));
    }
  });

  it("agree on certificates of every tenth country entry", () => {
    const { entries } = parseMasterList(new Uint8Array(readFileSync(join(lists, "NL_ML_2026-04-02.ml"))));
    for (const { der } of entries.filter((_, i) => i % 10 === 0)) expect(byUs(der)).toEqual(byOpenssl(der));
  });
});
