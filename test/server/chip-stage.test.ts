/** What would be lost: a booth that says "the chip says so" of a chip that never said it, and an operator who believes it. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { catalogue } from "../../crypto/errors/catalogue.ts";
import type { Enrolment } from "../../crypto/package/enrolment.ts";
import { composeDg1, parseDg1 } from "../../mrtd/lds/dg1.ts";
import { fieldsOf } from "../../mrtd/mrz/record-fields.ts";
import { chipStage } from "../../server/pipeline/chip.ts";
import type { StageInput } from "../../server/pipeline/stage.ts";

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
