/** Passive authentication on our own documents, on JMRTD's and on real security objects: if this fails, a forged passport passes or a genuine one does not. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { PassportFiles } from "../../mrtd/lds/file.ts";
import { parseSecurityObject } from "../../mrtd/lds/security-object.ts";
import { passiveAuthentication } from "../../mrtd/proof/passive-authentication.ts";
import { makeCsca, makeDocumentSigner } from "../../mrtd/synthetic/authority.ts";
import { makePassport } from "../../mrtd/synthetic/passport.ts";
import { clock, portrait, seededRandom, specimen, specimenPassport } from "./fixture.ts";
import { sharedData, unhex, whenShared } from "./shared-data.ts";

const data = specimenPassport();
const at = clock.now();
const csca = [data.csca.certificate];
const verdictOf = (files: PassportFiles, trust: Partial<Parameters<typeof passiveAuthentication>[0]> = {}) => {
  const result = passiveAuthentication({ files, csca, at, ...trust });
  return [result.verdict, ...result.reasons.map(({ code }) => code)];
};

describe("passive authentication of a synthetic passport", () => {
  it("passes", () => expect(verdictOf(data.files)).toEqual(["passed"]));

  it("fails on a changed data group, and names it", () => {
    const forged = Uint8Array.from(data.files.DG1!);
    forged[20]! ^= 1;
    const result = passiveAuthentication({ files: { ...data.files, DG1: forged }, csca, at });
    expect(result.verdict).toBe("failed");
    expect(result.reasons).toEqual([{ code: "proof/hash-wrong", details: { dataGroup: "DG1" } }]);
  });

  it("fails on a data group that nobody signed", () => {
    expect(verdictOf({ ...data.files, DG11: Uint8Array.of(0x6b, 0) })).toEqual([
      "failed",
      "proof/data-group-not-signed",
    ]);
  });

  it("fails when a stranger signed in the country's name", () => {
    const source = { clock, random: seededRandom("stranger") };
    const stranger = makeCsca(source);
    const forged = makePassport(
      { ...source, mrz: specimen, portrait: portrait() },
      { csca: stranger, ds: makeDocumentSigner(source, stranger) },
    );
    expect(verdictOf(forged.files)).toEqual(["failed", "proof/chain-signature-wrong"]);
  });

  it("is not checked, and says why, without trust, without data groups, without EF.SOD", () => {
    expect(verdictOf(data.files, { csca: [] })).toEqual(["not-checked", "proof/no-trust"]);
    expect(verdictOf({ "EF.SOD": data.files["EF.SOD"]! })).toEqual(["not-checked", "proof/data-groups-missing"]);
    expect(verdictOf({ DG1: data.files.DG1! })).toEqual(["not-checked", "proof/sod-missing"]);
  });

  it("fails after the signer has expired and before it is valid", () => {
    expect(verdictOf(data.files, { at: new Date("2040-01-01") })).toEqual(["failed", "proof/signer-expired"]);
    expect(verdictOf(data.files, { at: new Date("2020-01-01") })).toEqual(["failed", "proof/signer-not-yet-valid"]);
  });

  it("passes with one byte of EF.SOD changed only where nothing is said, and never throws", () => {
    const sod = data.files["EF.SOD"]!;
    const meaning = (bytes: Uint8Array) => {
      const { signed, lds } = parseSecurityObject(bytes);
      return JSON.stringify([
        [...lds.hashes].map(([number, hash]) => [number, [...hash]]),
        signed.certificates.map(({ der }) => [...der]),
        signed.signers.map(({ signature, signedAttributes }) => [[...signature], [...signedAttributes!]]),
      ]);
    };
    const unchanged = meaning(sod);
    for (let i = 0; i < sod.length; i++) {
      for (const bit of [0x01, 0x80]) {
        const forged = Uint8Array.from(sod);
        forged[i]! ^= bit;
        const [verdict] = verdictOf({ ...data.files, "EF.SOD": forged });
        if (verdict === "passed") expect(meaning(forged)).toBe(unchanged);
      }
    }
  });
});

const jmrtd = sharedData("mrtd/lds/jmrtd-sets");
whenShared(jmrtd)("documents written by JMRTD", () => {
  interface Set {
    name: string;
    atTime: string;
    expect: Record<string, string>;
  }
  const sets = existsSync(jmrtd) ? (JSON.parse(readFileSync(join(jmrtd, "sets.json"), "utf8")) as Set[]) : [];
  const expected: Record<string, string[]> = {
    valid: ["passed"],
    "dg1-hash-mismatch": ["failed", "proof/hash-wrong"],
    "signature-invalid": ["failed", "proof/signature-wrong"],
    "signature-valid-chain-invalid": ["failed", "proof/chain-signature-wrong"],
    "chain-valid-but-ds-expired": ["failed", "proof/signer-expired"],
    "dg15-not-covered": ["failed", "proof/data-group-not-signed"],
  };
  for (const set of sets) {
    const folder = join(jmrtd, set.name);
    const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
    const files: PassportFiles = {};
    for (const name of readdirSync(folder)) {
      const group = /^EF\.(DG\d+|SOD|COM)\.bin$/.exec(name)?.[1];
      if (group !== undefined)
        files[(group.startsWith("DG") ? group : `EF.${group}`) as keyof PassportFiles] = read(name);
    }
    for (const [name, outcome] of Object.entries(set.expect)) {
      it(`${set.name}: ${name} is ${outcome}`, () => {
        const which = name.includes("DG1") ? "DG1" : "EF.SOD";
        const trust = { csca: [read("CSCA.cer")], at: new Date(set.atTime) };
        expect(verdictOf({ ...files, [which]: read(name) }, trust)).toEqual(expected[outcome]);
      });
    }
  }
});

const byCountry = sharedData("mrtd/sod/sod-by-country.json");
whenShared(byCountry)("real security objects", () => {
  interface Case {
    name: string;
    efSod: string;
    expectParse: boolean;
    csca?: string;
  }
  const cases = existsSync(byCountry) ? (JSON.parse(readFileSync(byCountry, "utf8")) as Case[]) : [];
  for (const one of cases) {
    if (!one.expectParse) {
      it(`refuses: ${one.name}`, () => expect(() => parseSecurityObject(unhex(one.efSod))).toThrow(/^(mrtd|proof)\//));
    } else if (one.csca !== undefined) {
      it(`${one.name}: signature and chain hold`, () => {
        const result = passiveAuthentication({
          files: { "EF.SOD": unhex(one.efSod) },
          csca: [unhex(one.csca!)],
          at: new Date("2026-01-01"),
        });
        expect([result.signature, result.chain]).toEqual([
          { verdict: "passed", reasons: [] },
          { verdict: "passed", reasons: [] },
        ]);
      });
    }
  }
});

const loes = sharedData("mrtd/lds/loes2006");
whenShared(loes)("the Netherlands' specimen of 2006", () => {
  it("has hashes and a signature that hold", () => {
    const read = (id: string) => new Uint8Array(readFileSync(join(loes, `ef${id}.bin`)));
    const files: PassportFiles = { "EF.SOD": read("011D"), DG1: read("0101"), DG2: read("0102"), DG15: read("010F") };
    const result = passiveAuthentication({ files, csca: [], at: new Date("2006-06-01") });
    expect(result.hashes).toMatchObject({
      verdict: "passed",
      dataGroups: { DG1: "passed", DG2: "passed", DG15: "passed" },
    });
    expect(result.signature).toEqual({ verdict: "passed", reasons: [] });
  });
});
