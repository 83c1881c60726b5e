/** Real master lists: if this fails, the certificates that prove foreign documents are missing or come from nobody knows whom. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import { canonicalName } from "../../crypto/certificate/name.ts";
import { buildCscaStore, expiringCsca } from "../../mrtd/proof/csca-store.ts";
import { parseMasterList, proveMasterList } from "../../mrtd/proof/master-list.ts";
import { passiveAuthentication } from "../../mrtd/proof/passive-authentication.ts";
import { certificatesIn } from "../../mrtd/proof/trust-files.ts";
import { sharedData, unhex, whenShared } from "./shared-data.ts";

const folder = sharedData("mrtd/masterlists");
const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));

whenShared(folder)("master lists of Germany and the Netherlands", () => {
  const lists = [
    ["DE_ML_2025-03-05-08-05-28.ml", "DE_ROOT_CA_CSCA07.cer", "2025-03-10"],
    ["DE_ML_2026-01-08-12-20-54.ml", "DE_ROOT_CA_CSCA07.cer", "2026-01-10"],
    ["NL_ML_2025-12-20.ml", "NL_ROOT_CA.cer", "2026-01-10"],
    ["NL_ML_2026-04-02.ml", "NL_ROOT_CA.cer", "2026-04-10"],
  ] as const;
  for (const [name, root, at] of lists) {
    it(`${name}: signed by its issuer, every certificate readable, roots signed by themselves`, () => {
      const list = parseMasterList(read(name));
      expect(proveMasterList(list, [read(root)], new Date(at))).toEqual({ verdict: "passed", reasons: [] });
      expect(proveMasterList(list, [], new Date(at)).verdict).toBe("not-checked");
      expect(list.entries.length).toBeGreaterThan(300);
      const unreadable = list.entries.filter(({ fault }) => fault !== undefined);
      expect(unreadable).toEqual([]);
      const certificates = list.entries.map(({ certificate }) => certificate!);
      const bySubject = new Map<string, Certificate[]>();
      for (const one of certificates) {
        const name = canonicalName(one.subject);
        bySubject.set(name, [...(bySubject.get(name) ?? []), one]);
      }
      const orphans = certificates.filter(
        (one) => !(bySubject.get(canonicalName(one.issuer)) ?? []).some((other) => one.isSignedBy(other)),
      );
      // Link certificates whose old root has left the list.
      expect(orphans.length).toBeLessThan(40);
      expect(orphans.every((one) => !one.selfIssued || !one.isSignedBy(one))).toBe(true);
    }, 60_000);
  }

  it("every certificate of every list loads; those that stand under no root are named with the reason", () => {
    const store = buildCscaStore(
      lists.map(([name]) => ({ name, certificates: parseMasterList(read(name)).entries.map(({ der }) => der) })),
    );
    const by = (standing: string) => store.filter((entry) => entry.standing === standing);
    expect(by("unreadable")).toEqual([]);
    expect(by("foreign").map(({ certificate }) => certificate?.subjectText)).toEqual([]);
    expect(by("root").length + by("link").length + by("unlinked").length).toBe(store.length);
    expect(by("unlinked").every(({ reason }) => reason === "proof/csca-unknown")).toBe(true);
    expect(by("unlinked").length).toBeLessThan(40);
    // One certificate in several lists is one entry that says so.
    expect(store.filter(({ sources }) => sources.length > 1).length).toBeGreaterThan(300);
    const at = new Date("2026-04-10");
    const ending = expiringCsca(store, at, 365);
    expect(ending.length).toBeGreaterThan(0);
    expect(ending.every(({ certificate }) => certificate!.notAfter >= at)).toBe(true);
  }, 60_000);

  it("finds the lists in a download of ICAO's directory", () => {
    const [list] = lists;
    const base64 = Buffer.from(read(list[0])).toString("base64");
    const folded = base64.match(/.{1,76}/g)!.join("\n ");
    const ldif = `dn: o=ml,c=DE,dc=data,dc=download,dc=pkd,dc=icao,dc=int\npkdVersion: 1150\npkdMasterListContent:: ${folded}\n\ndn: c=UT\ncn: x\n`;
    const found = certificatesIn(new TextEncoder().encode(ldif));
    expect(found.length).toBe(parseMasterList(read(list[0])).entries.length);
  });

  it("proves the real German, French, British security objects by the list alone", () => {
    const file = sharedData("mrtd/sod/sod-by-country.json");
    const cases = existsSync(file)
      ? (JSON.parse(readFileSync(file, "utf8")) as {
          name: string;
          efSod: string;
          expectParse: boolean;
          csca?: string;
        }[])
      : [];
    const csca = parseMasterList(read("DE_ML_2026-01-08-12-20-54.ml")).entries.map(({ der }) => der);
    const chains = cases
      .filter(({ expectParse }) => expectParse)
      .map(({ name, efSod }) => [
        name,
        passiveAuthentication({ files: { "EF.SOD": unhex(efSod) }, csca, at: new Date("2026-01-10") }).chain.verdict,
      ]);
    expect(chains.filter(([, verdict]) => verdict === "failed")).toEqual([]);
    expect(chains.filter(([, verdict]) => verdict === "passed").length).toBeGreaterThanOrEqual(4);
  });
});
