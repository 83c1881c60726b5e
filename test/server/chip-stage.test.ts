/** What would be lost: a booth that says "the chip says so" of a chip that never said it, and an operator who believes it. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { catalogue } from "../../crypto/errors/catalogue.ts";
import type { Enrolment } from "../../crypto/package/enrolment.ts";
import { composeDg1, parseDg1 } from "../../mrtd/lds/dg1.ts";
import { fieldsOf } from "../../mrtd/mrz/record-fields.ts";
import { readPassport } from "../../mrtd/reader/read-passport.ts";
import { passportFeatures } from "../../mrtd/synthetic/features.ts";
import { openVirtualChannel } from "../../mrtd/virtual/channel.ts";
import { VirtualPassport } from "../../mrtd/virtual/passport.ts";
import { chipStage } from "../../server/pipeline/chip.ts";
import type { StageInput } from "../../server/pipeline/stage.ts";
import { clock, seededRandom, specimenPassport } from "../mrtd/fixture.ts";

const at = "2026-11-21T12:00:00.000Z";
const dg1 = composeDg1({
  format: "TD3",
  documentCode: "P",
  issuer: "UTO",
  documentNumber: "L898902C3",
  nationality: "UTO",
  dateOfBirth: "740812",
  sex: "F",
  dateOfExpiry: "320415",
  primaryIdentifier: "ERIKSSON",
  secondaryIdentifier: "ANNA MARIA",
});
const fields = fieldsOf(parseDg1(dg1), new Date(at));
const files: Record<string, Uint8Array> = {
  "chip-sod": Uint8Array.of(1),
  "chip-dg1": dg1,
  "chip-dg2": Uint8Array.of(2),
};

interface Claim {
  readonly chip?: Partial<typeof fields>;
  readonly typed?: Partial<typeof fields>;
  readonly parts?: readonly string[];
}

/** The checks of a case whose booth claims this, and compared nothing. */
async function judge({ chip = {}, typed = {}, parts = Object.keys(files) }: Claim) {
  const hash = (name: string) => createHash("sha256").update(files[name]!).digest("hex");
  const document = {
    mrz: { lines: [], fields: { ...fields, ...typed }, source: "typed" },
    chip: {
      fields: { ...fields, ...chip },
      proofs: [],
      files: parts.map((part) => ({ part, sha256: hash(part), bytes: files[part]!.length })),
    },
    chipSkipped: null,
    comparison: [],
  };
  const input = {
    package: { manifest: { createdAt: at } },
    enrolment: async () => ({ document }) as unknown as Enrolment,
    part: async (name: string) => (parts.includes(name) ? Buffer.from(files[name]!) : undefined),
  } as unknown as StageInput;
  const { checks } = await chipStage([]).run(input);
  const found = (name: string) => checks.find(({ check }) => check === name);
  for (const { reason } of checks) if (reason !== null) expect(catalogue).toHaveProperty([reason]);
  return { files: found("chip/files"), fields: found("chip/fields") };
}

describe("what a booth says of a chip", () => {
  test("passes when the chip's own file says it", async () => {
    const { files, fields } = await judge({});
    expect([files?.status, fields?.status]).toEqual(["passed", "passed"]);
  });

  test("fails when the record gives the chip another name than DG1 does, though record and print agree", async () => {
    const { fields } = await judge({ chip: { surname: "SMITH" }, typed: { surname: "SMITH" } });
    expect(fields).toMatchObject({ status: "failed", reason: "review/chip-fields-invented" });
    expect(fields?.measures.fields).toBe("surname");
  });

  test("fails when the print differs from the chip and the booth's comparison is silent about it", async () => {
    const { fields } = await judge({ typed: { dateOfBirth: "1984-08-12" } });
    expect(fields).toMatchObject({ status: "failed", reason: "review/fields-differ" });
  });

  test("fails when the chip's files were left out", async () => {
    const { files, fields } = await judge({ parts: [] });
    expect(files).toMatchObject({ status: "failed", reason: "review/chip-files-differ" });
    expect(fields).toMatchObject({ status: "failed", reason: "review/chip-fields-invented" });
  });
});

describe("the chip's own signature", () => {
  const data = specimenPassport("chip-stage", passportFeatures.standard);
  const partNames = { "chip-sod": "EF.SOD", "chip-dg1": "DG1", "chip-dg14": "DG14", "chip-dg15": "DG15" } as const;

  /** The check of a package whose booth read this document, with these changes. */
  async function judgeSignature(change: {
    readonly parts?: readonly (keyof typeof partNames)[];
    readonly dg15?: Uint8Array;
    readonly challenge?: string;
    readonly outcome?: string;
    readonly silent?: true;
  }) {
    const reading = await readPassport(
      openVirtualChannel(new VirtualPassport({ data, random: seededRandom("chip") })),
      data.access.mrz,
      { clock, random: seededRandom("booth"), csca: [data.csca.certificate] },
    );
    const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
    const signed = reading.signedChallenge!;
    const chip = {
      fields,
      files: [],
      proofs: [
        { name: "active-authentication", outcome: change.outcome ?? "passed", reasons: [] },
        { name: "chip-authentication", outcome: change.outcome ?? "passed", reasons: [] },
      ],
      signedChallenge: change.silent
        ? null
        : { challenge: change.challenge ?? hex(signed.challenge), signature: hex(signed.signature) },
    };
    const parts = change.parts ?? (Object.keys(partNames) as (keyof typeof partNames)[]);
    const input = {
      package: { manifest: { createdAt: at } },
      enrolment: async () =>
        ({ document: { mrz: { fields }, chip, chipSkipped: null, comparison: [] } }) as unknown as Enrolment,
      part: async (name: keyof typeof partNames) => {
        const bytes = name === "chip-dg15" && change.dg15 ? change.dg15 : reading.files[partNames[name]];
        return parts.includes(name) && bytes ? Buffer.from(bytes) : undefined;
      },
    } as unknown as StageInput;
    const { checks } = await chipStage([]).run(input);
    const found = (name: string) => checks.find(({ check }) => check === name)!;
    for (const { reason } of checks) if (reason !== null) expect(catalogue).toHaveProperty([reason]);
    return { active: found("chip/active-authentication"), agreed: found("chip/chip-authentication") };
  }

  test("is checked again, and passes", async () => {
    const { active, agreed } = await judgeSignature({});
    expect(active).toMatchObject({ status: "passed" });
    expect(agreed).toMatchObject({ status: "not-checked", reason: "review/chip-agreement-unrepeatable" });
  });

  test("fails when it signs another challenge, when the key is another's, and when the key was left out", async () => {
    expect((await judgeSignature({ challenge: "0011223344556677" })).active).toMatchObject({
      status: "failed",
      reason: "proof/active-authentication-wrong",
    });
    const foreign = specimenPassport("another").files.DG15!;
    expect((await judgeSignature({ dg15: foreign })).active).toMatchObject({
      status: "failed",
      reason: "proof/hash-wrong",
    });
    expect((await judgeSignature({ parts: ["chip-sod", "chip-dg1"] })).active).toMatchObject({
      status: "failed",
      reason: "proof/data-group-hidden",
    });
  });

  test("is missed where the chip could have given one, and a failure at the booth stays a failure", async () => {
    expect((await judgeSignature({ silent: true })).active).toMatchObject({
      status: "not-checked",
      reason: "review/chip-signed-nothing",
    });
    const { active, agreed } = await judgeSignature({ silent: true, outcome: "failed" });
    expect([active.status, agreed.status]).toEqual(["failed", "failed"]);
  });
});
