/** What would be lost: a person calls, reads out their number, and nobody finds their case. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { packageNumber } from "../../../crypto/package/number.ts";

describe("a package's number", () => {
  it("is written the same wherever it is shown, for slips that people still hold", () => {
    expect(packageNumber("0b6d9c8e-6a52-4f0e-9d7e-3c1f2a4b5c6d")).toBe("1045 5123 4669");
    expect(packageNumber("0b6d9c8e-6a52-4f0e-9d7e-000000000000")).toBe("0000 0000 0000");
  });

  it("is twelve digits in groups of four for every package", () => {
    fc.assert(fc.property(fc.uuid(), (id) => /^\d{4} \d{4} \d{4}$/.test(packageNumber(id))));
  });
});
