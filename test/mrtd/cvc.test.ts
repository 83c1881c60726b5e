/** Card-verifiable certificates by others: if this fails, terminals that may read fingerprints are refused, or those that may not are let in. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { anchorOf, parseCvCertificate, stepDown } from "../../mrtd/cvc/certificate.ts";
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
