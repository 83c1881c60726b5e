/** Card-verifiable certificates by others: if this fails, terminals that may read fingerprints are refused, or those that may not are let in. */
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { systemClock } from "../../crypto/system-environment.ts";
import { anchorOf, parseCvCertificate, stepDown } from "../../mrtd/cvc/certificate.ts";
import { makeTerminals } from "../../mrtd/synthetic/terminals.ts";
import { hasProgram } from "../devices/present.ts";
import { seededRandom } from "./fixture.ts";
import { sharedData, unhex, whenShared } from "./shared-data.ts";

const openpace = sharedData("mrtd/eac/openpace-eactest.json");
whenShared(openpace)("CV certificates of BSI's worked example", () => {
  it("chain from root to terminal, and refuse a changed byte", () => {
    const vectors = existsSync(openpace) ? JSON.parse(readFileSync(openpace, "utf8")).vectors : {};
    const read = (name: string) => parseCvCertificate(unhex(vectors[name]));
    const [cvca, dv, terminal] = ["tc_ecdh_cvca_cert", "tc_ecdh_dv_cert", "tc_ecdh_ta_cert"].map(read);
    const today = new Date("2010-10-15");
    const afterDv = stepDown(anchorOf(cvca!), dv!, today);
    expect(afterDv?.certificate.role).toBe("DV-domestic");
    expect(stepDown(afterDv!, terminal!, today)?.certificate.role).toBe("terminal");
    expect(stepDown(anchorOf(cvca!), terminal!, today)).toBeUndefined();
    const body = Uint8Array.from(dv!.body);
    body[40]! ^= 1;
    expect(stepDown(anchorOf(cvca!), { ...dv!, body }, today)).toBeUndefined();
  });
});

const persosim = sharedData("mrtd/eac/persosim");
whenShared(persosim)("CV certificates of PersoSim", () => {
  for (const kind of ["at", "st"]) {
    it(`${kind}: chain, until they expire`, () => {
      const folder = join(persosim, `CFG.DFLT.EAC.${kind.toUpperCase()}`);
      const read = (name: string) => parseCvCertificate(new Uint8Array(readFileSync(join(folder, name))));
      const [cvca, dv, terminal] = [
        read("CVCA_Cert_01.cvcert"),
        read(`dv_${kind}_cert_1.cvcert`),
        read(`${kind}_cert_1.cvcert`),
      ];
      const today = terminal.effective;
      const afterDv = stepDown(anchorOf(cvca), dv, today)!;
      expect(stepDown(afterDv, terminal, today)?.certificate.holder).toBe(terminal.holder);
      expect(stepDown(afterDv, terminal, new Date(terminal.expiration.getTime() + 2 * 86_400_000))).toBeUndefined();
      expect(terminal.isInspectionSystem).toBe(false);
    });
  }
});

const cvcTools = hasProgram("cvc-create") && hasProgram("cvc-print");
(cvcTools ? describe : describe.skip)("CV certificates and OpenPACE's programs", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "kabina-cvc-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (program: string, ...args: string[]) => execFileSync(program, args, { cwd: folder, stdio: "pipe" });

  it("it verifies our chain, link by link, and not one that was changed", () => {
    const { root, certificates } = makeTerminals({ clock: systemClock, random: seededRandom("terminals") });
    const chain = [root, ...certificates];
    for (const certificate of chain) writeFileSync(join(folder, parseCvCertificate(certificate).holder), certificate);
    for (const certificate of chain) {
      const verified = () => {
        writeFileSync(join(folder, "judged"), certificate);
        return run("cvc-print", "--cvc=judged", "--cvc-dir=.").toString();
      };
      expect(verified()).toContain("certificate verified");
      certificate[certificate.length - 2]! ^= 1;
      expect(verified()).toContain("certificate not verified");
      certificate[certificate.length - 2]! ^= 1;
    }
  });

  it("we take the chain that it makes, with no more rights than each above grants", () => {
    for (const name of ["root", "verifier", "terminal"]) {
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "brainpoolP384r1" });
      writeFileSync(join(folder, `${name}.key`), privateKey.export({ format: "der", type: "pkcs8" }));
    }
    const common = ["--scheme=ECDSA_SHA_384", "--issued=261101", "--expires=270101"];
    const make = (name: string, above: string, ...args: string[]) => {
      run("cvc-create", ...common, ...args, `--sign-with=${above}.key`, `--out-cert=${name}.cvcert`);
      return parseCvCertificate(new Uint8Array(readFileSync(join(folder, `${name}.cvcert`))));
    };
    const below = (above: string, name: string) => [`--sign-as=${above}.cvcert`, `--key=${name}.key`];
    const root = make("root", "root", "--role=cvca", "--type=is", "--chr=UTROOT00001", "--read-finger", "--read-iris");
    const verifier = make(
      "verifier",
      "root",
      ...below("root", "verifier"),
      "--role=dv_foreign",
      "--chr=UTDV00001",
      "--read-finger",
    );
    const terminal = make(
      "terminal",
      "verifier",
      ...below("verifier", "terminal"),
      "--role=terminal",
      "--chr=UTIS00001",
      "--read-finger",
      "--read-iris",
    );
    const today = new Date("2026-12-01");
    const middle = stepDown(anchorOf(root), verifier, today)!;
    expect(stepDown(middle, terminal, today)).toMatchObject({
      access: 1,
      certificate: { isInspectionSystem: true, access: 3 },
    });
    expect(stepDown(middle, terminal, new Date("2027-01-02"))).toBeUndefined();
    expect(stepDown(anchorOf(root), terminal, today)).toBeUndefined();
  });
});
