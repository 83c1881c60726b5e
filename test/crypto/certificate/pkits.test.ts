/** NIST's path validation suite: what would be lost is any one rule of RFC 5280 §6, without anybody noticing. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { Certificate } from "../../../crypto/certificate/certificate.ts";
import type { PolicyInputs } from "../../../crypto/certificate/path/policies.ts";
import { plainProfile } from "../../../crypto/certificate/path/profile.ts";
import { judgePath } from "../../../crypto/certificate/path.ts";
import { RevocationList } from "../../../crypto/certificate/revocation-list.ts";
import { publishedFolder, whenPublished } from "../published.ts";

const folder = publishedFolder("PKITS", "pkits");
/** Within the anchor's validity and the lists' (NIST's certificates hold until April 2011). */
const at = new Date("2010-06-01T00:00:00Z");

const nist = (number: number) => `2.16.840.1.101.3.2.1.48.${number}`;
const explicit: PolicyInputs = { requireExplicit: true };

/** Test Assertion and Data documentation, §4.8 and §4.12: outcomes that depend on the inputs, with the policies that are left. */
const byInputs: Readonly<Record<string, readonly (readonly [PolicyInputs, boolean])[]>> = {
  DifferentPoliciesTest3EE: [
    [{}, true],
    [explicit, false],
    [{ ...explicit, accepted: [nist(1), nist(2)] }, false],
  ],
  DifferentPoliciesTest4EE: [[{}, false]],
  DifferentPoliciesTest5EE: [[{}, false]],
  DifferentPoliciesTest7EE: [[{}, false]],
  DifferentPoliciesTest8EE: [[{}, false]],
  DifferentPoliciesTest9EE: [[{}, false]],
  DifferentPoliciesTest12EE: [[{}, false]],
  OverlappingPoliciesTest6EE: [
    [{}, true],
    [{ accepted: [nist(1)] }, true],
    [{ accepted: [nist(2)] }, false],
  ],
  AllCertificatesSamePoliciesTest10EE: [
    [{ accepted: [nist(1)] }, true],
    [{ accepted: [nist(2)] }, true],
  ],
  AllCertificatesSamePoliciesTest13EE: [
    [{ accepted: [nist(1)] }, true],
    [{ accepted: [nist(2)] }, true],
    [{ accepted: [nist(3)] }, true],
    [{ ...explicit, accepted: [nist(4)] }, false],
  ],
  AllCertificatesanyPolicyTest11EE: [
    [{}, true],
    [{ accepted: [nist(1)] }, true],
  ],
  AnyPolicyTest14EE: [
    [{ accepted: [nist(1)] }, true],
    [{ accepted: [nist(2)] }, false],
  ],
  UserNoticeQualifierTest15EE: [
    [explicit, true],
    [{ ...explicit, accepted: [nist(2)] }, false],
  ],
  UserNoticeQualifierTest16EE: [[explicit, true]],
  UserNoticeQualifierTest17EE: [[explicit, true]],
  UserNoticeQualifierTest18EE: [
    [{ accepted: [nist(1)] }, true],
    [{ accepted: [nist(2)] }, true],
  ],
  UserNoticeQualifierTest19EE: [[explicit, true]],
  CPSPointerQualifierTest20EE: [[explicit, true]],
  ValidCertificatePathTest1EE: [
    [explicit, true],
    [{ ...explicit, accepted: [nist(1)] }, true],
    [{ ...explicit, accepted: [nist(2)] }, false],
  ],
  inhibitAnyPolicyTest3EE: [
    [{}, true],
    [{ inhibitAny: true }, false],
  ],
  ValidPolicyMappingTest1EE: [
    [{ accepted: [nist(1)] }, true],
    [{ accepted: [nist(2)] }, false],
    [{ inhibitMapping: true, ...explicit }, false],
  ],
  ValidPolicyMappingTest3EE: [
    [{ accepted: [nist(1)] }, false],
    [{ accepted: [nist(2)] }, true],
  ],
  ValidPolicyMappingTest5EE: [
    [{ accepted: [nist(1)] }, true],
    [{ accepted: [nist(6)] }, false],
  ],
};

whenPublished(folder)("PKITS", () => {
  const read = <T>(sub: string, make: (bytes: Uint8Array) => T): Map<string, T> =>
    new Map(
      readdirSync(join(folder, sub)).flatMap((name) => {
        try {
          return [[name.replace(/\.(crt|crl)$/, ""), make(readFileSync(join(folder, sub, name)))] as const];
        } catch {
          return []; // what cannot be read is no certificate; the test whose end entity it is fails by it
        }
      }),
    );
  const certificates = read("certs", (der) => new Certificate(der));
  const lists = [...read("crls", (der) => new RevocationList(der)).values()];
  const anchor = certificates.get("TrustAnchorRootCertificate") as Certificate;
  const intermediates = [...certificates].filter(([name]) => !name.endsWith("EE")).map(([, one]) => one);

  const accepts = (name: string, policies: PolicyInputs = {}) => {
    const leaf = certificates.get(name);
    if (!leaf) return false;
    return (
      judgePath({ leaf, anchors: [anchor], intermediates, at, profile: plainProfile, lists, policies }).path !==
      undefined
    );
  };

  const expected = Object.entries(
    JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Record<string, string>,
  );
  describe.each(["valid", "invalid"])("named %s", (outcome) => {
    it.each(expected.filter(([, value]) => value === outcome).map(([name]) => name.replace(".crt", "")))(
      "%s",
      (name) => {
        expect(accepts(name)).toBe(outcome === "valid");
      },
    );
  });

  const present = Object.entries(byInputs).filter(([name]) =>
    readdirSync(join(folder, "certs")).includes(`${name}.crt`),
  );
  it.each(present)("%s: by the policies asked for", (name, cases) => {
    expect(cases.map(([inputs]) => accepts(name, inputs))).toEqual(cases.map(([, outcome]) => outcome));
  });

  it("has an expectation for every end entity that is here", () => {
    const known = new Set([
      ...expected.filter(([, v]) => v === "valid" || v === "invalid").map(([name]) => name),
      ...Object.keys(byInputs).map((name) => `${name}.crt`),
    ]);
    expect(expected.map(([name]) => name).filter((name) => !known.has(name))).toEqual([]);
  });
});
