/** What would be lost: "no such mechanism" told as "not checked" or the other way round, a forged key believed, prints of a chip compared that nobody signed. */
import { describe, expect, test } from "@jest/globals";
import { extractTemplate, matchTemplates, type Template } from "../../biometrics/finger/finger.ts";
import type { GreyImage } from "../../biometrics/image/image.ts";
import { pictureOfGrey } from "../../biometrics/records/recorded-picture.ts";
import { makeFinger } from "../../biometrics/synthetic/finger.ts";
import { makeImpression } from "../../biometrics/synthetic/finger-impression.ts";
import { explain } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Enrolment } from "../../crypto/package/enrolment.ts";
import { systemClock } from "../../crypto/system-environment.ts";
import type { FileName, PassportFiles } from "../../mrtd/lds/file.ts";
import { composeDg3 } from "../../mrtd/lds/prints.ts";
import { type PassportFeatures, passportFeatures } from "../../mrtd/synthetic/features.ts";
import { makePassport, type PassportData, resignPassport } from "../../mrtd/synthetic/passport.ts";
import { chipStage } from "../../server/pipeline/chip.ts";
import { checkChipPrints } from "../../server/pipeline/chip-prints.ts";
import type { StageInput } from "../../server/pipeline/stage.ts";
import type { StoredCheck } from "../../server/store/cases.ts";
import { portrait, seededRandom, specimen, specimenPassport } from "../mrtd/fixture.ts";

const at = "2026-11-21T12:00:00.000Z";
const partOf: Partial<Record<FileName, string>> = {
  "EF.COM": "chip-com",
  "EF.SOD": "chip-sod",
  "EF.CardAccess": "chip-card-access",
  "EF.CardSecurity": "chip-card-security",
};
type Claims = Readonly<Record<string, readonly [outcome: string, reason?: string]>>;

function inputOf(files: PassportFiles, claims: Claims, details: Record<string, string> = {}) {
  const parts = new Map(
    Object.entries(files).map(([name, bytes]) => [partOf[name as FileName] ?? `chip-${name.toLowerCase()}`, bytes]),
  );
  const chip = {
    files: [],
    fields: {},
    signedChallenge: null,
    proofs: Object.entries(claims).map(([name, [outcome, reason]]) => ({
      name,
      outcome,
      reasons: reason ? [reason] : [],
    })),
    fingerprints: { threshold: 40, scores: [], details },
  };
  const enrolment = {
    document: { mrz: { fields: {} }, chip, chipSkipped: null, comparison: [] },
  } as unknown as Enrolment;
  const input = {
    package: { manifest: { createdAt: at } },
    enrolment: async () => enrolment,
    part: async (name: string) => {
      const bytes = parts.get(name);
      return bytes && Buffer.from(bytes);
    },
  } as unknown as StageInput;
  return { enrolment, input };
}

const shown = ({ status, reason, measures }: StoredCheck) => {
  if (reason !== null)
    for (const language of ["ru", "en"] as const) {
      const { cause, next } = explain(new KabinaError(reason, measures), language);
      expect(`${cause} ${next}`).not.toMatch(/[{}]/);
    }
  return reason === null ? status : `${status}: ${reason}`;
};

async function proofs(files: PassportFiles, claims: Claims = {}, csca: readonly Uint8Array[] = []) {
  const { checks } = await chipStage(csca).run(inputOf(files, claims).input);
  const told = (name: string) => shown(checks.find(({ check }) => check === `chip/${name}`)!);
  return [
    told("passive-authentication"),
    told("active-authentication"),
    told("chip-authentication"),
    told("access-control"),
  ];
}

describe("the proofs of a chip, once more", () => {
  const country = (data: PassportData) => [data.csca.certificate];
  const of = (features: PassportFeatures) => specimenPassport("proofs", features);
  const agreed: Claims = { "chip-authentication": ["passed"] };

  test("a document of the first generation has none of the three, which is not the same as unchecked", async () => {
    const data = of(passportFeatures.bac);
    expect(await proofs(data.files, {}, country(data))).toEqual([
      "passed",
      "not-supported: proof/active-authentication-absent",
      "not-supported: proof/chip-authentication-absent",
      "not-supported: proof/pace-absent",
    ]);
  });

  test("one with everything: what can be repeated is, what cannot says why", async () => {
    const data = of(passportFeatures.standard);
    expect(await proofs(data.files, agreed, country(data))).toEqual([
      "passed",
      "not-checked: review/chip-signed-nothing",
      "not-checked: review/chip-agreement-unrepeatable",
      "passed",
    ]);
    expect((await proofs(data.files, {}, country(data)))[2]).toBe("not-checked: review/chip-agreement-unmade");
    const mapped = of(passportFeatures["pace-cam"]);
    expect((await proofs(mapped.files, agreed, country(mapped)))[2]).toBe(
      "not-checked: review/chip-agreement-unrepeatable",
    );
  });

  test("a booth that claims an agreement for which the document has no key, or leaves the file out, is found out", async () => {
    const plain = of(passportFeatures["bac-aa-rsa"]);
    expect((await proofs(plain.files, agreed, country(plain)))[2]).toBe("failed: review/chip-proof-invented");
    const { DG14: _, ...hidden } = of(passportFeatures.standard).files;
    expect((await proofs(hidden, agreed)).slice(2)).toEqual([
      "failed: proof/data-group-hidden",
      "failed: proof/data-group-hidden",
    ]);
  });

  test("an EF.SOD whose signature is broken proves no key, and fails without any country known", async () => {
    const data = of(passportFeatures.standard);
    const sod = Uint8Array.from(data.files["EF.SOD"]!);
    sod[sod.length - 4]! ^= 1;
    const told = await proofs({ ...data.files, "EF.SOD": sod }, agreed);
    expect(told[0]).toMatch(/^failed: /);
    expect(told.slice(1)).toEqual(Array(3).fill("not-checked: proof/key-not-signed"));
    expect((await proofs(data.files, agreed))[0]).toBe("not-checked: review/countries-absent");
  });

  test("PACE taken out of EF.CardAccess on the way shows against the signed DG14", async () => {
    const data = of(passportFeatures.standard);
    const { "EF.CardAccess": _, ...without } = data.files;
    expect((await proofs(without, {}, country(data)))[3]).toBe("failed: proof/access-differs");
  });
});

describe("the chip's prints, once more", () => {
  const [right, left] = ["right-index", "left-index"] as const;
  const press = (seed: number, finger: typeof right | typeof left, impression: number): GreyImage =>
    makeImpression(makeFinger(seed, finger), { seed: impression }).image;
  const template = (image: GreyImage): Template => extractTemplate(image);
  const held = [
    { ...pictureOfGrey(press(3, right, 9)), position: 2 },
    { ...pictureOfGrey(press(3, left, 9)), position: 7 },
  ];
  const data = (prints = held) =>
    makePassport({
      mrz: specimen,
      portrait: portrait(),
      clock: systemClock,
      random: seededRandom("prints"),
      features: passportFeatures.full,
      dataGroups: { DG3: composeDg3(prints, "19794", seededRandom("nonce")(16)) },
    });
  const whole = data();
  const fresh = [
    { position: right, template: template(press(3, right, 1)) },
    { position: left, template: template(press(3, left, 1)) },
  ];
  const engine = {
    examine: async (image: GreyImage) => ({ template: template(image), assessment: {} as never }),
    compare: async (a: Template, b: Template) => matchTemplates(a, b).score,
  };
  const judge = async (files: PassportFiles, prints = fresh, claims: Claims = {}, details = {}) => {
    const { enrolment, input } = inputOf(files, claims, details);
    const check = await checkChipPrints(engine, prints, enrolment, input);
    return { told: shown(check), measures: check.measures };
  };

  test("agree with those of the holder, also swapped between the hands, and differ from another's", async () => {
    const same = await judge(whole.files);
    expect(same.told).toBe("passed");
    expect(same.measures).toMatchObject({ [right]: expect.any(Number), [left]: expect.any(Number), threshold: 40 });
    const swapped = [fresh[0]!, fresh[1]!].map(({ position }, index) => ({
      position,
      template: fresh[1 - index]!.template,
    }));
    expect((await judge(whole.files, swapped)).told).toBe("passed");
    const stranger = [fresh[0]!, { position: left, template: template(press(4, left, 1)) }];
    const differs = await judge(whole.files, stranger);
    expect(differs.told).toBe("failed: prints/differ");
    expect(Number(differs.measures[left])).toBeLessThan(40);
    expect(Number(differs.measures[right])).toBeGreaterThan(40);
  });

  test("say nothing of other fingers, and nothing where none were taken", async () => {
    const { files } = data([held[1]!]);
    expect((await judge(files, [fresh[0]!])).told).toBe("not-checked: prints/other-fingers");
    expect((await judge(whole.files, [])).told).toBe("not-checked: prints/not-taken");
  });

  test("that the country did not sign prove nothing: put in by somebody, or under a broken EF.SOD", async () => {
    const mine = data([{ ...pictureOfGrey(press(4, right, 9)), position: 2 }]).files.DG3!;
    expect((await judge({ ...whole.files, DG3: mine })).told).toBe("failed: prints/unproved");
    const bare = specimenPassport("bare", passportFeatures.standard);
    expect((await judge({ ...bare.files, DG3: mine })).told).toBe("failed: prints/unproved");
    const forged = resignPassport(
      { ...whole, files: { ...whole.files, DG3: mine } },
      { ds: whole.ds, hash: "sha256" },
      systemClock.now(),
    );
    const sod = Uint8Array.from(forged.files["EF.SOD"]!);
    sod[sod.length - 4]! ^= 1;
    expect((await judge({ ...forged.files, "EF.SOD": sod })).told).toBe("failed: prints/unproved");
  });

  test("that are not in the package: the booth's reason, a document without prints, or a claim that cannot be", async () => {
    const { DG3: _, ...closed } = whole.files;
    const told = async (...claim: [string, string?]) =>
      (await judge(closed, fresh, { fingerprints: claim }, { until: "2026-11-01" })).told;
    expect(await told("not-checked", "inspection/absent")).toBe("not-checked: inspection/absent");
    expect(await told("not-checked", "inspection/expired")).toBe("not-checked: inspection/expired");
    expect(await told("passed")).toBe("failed: prints/claim-differs");
    expect(await told("not-supported", "prints/absent")).toBe("failed: prints/claim-differs");
    expect((await judge(closed, fresh)).told).toBe("not-checked: prints/unread");
    const { files } = specimenPassport("bare", passportFeatures.standard);
    expect((await judge(files, fresh, { fingerprints: ["not-supported", "prints/absent"] })).told).toBe(
      "not-supported: prints/absent",
    );
  });
});
