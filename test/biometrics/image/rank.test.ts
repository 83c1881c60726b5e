import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { selectRank } from "../../../biometrics/image/rank.ts";

test("noise and sharpness rest on ranks: the selected value is the sorted list's, and it parts the list", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 }), fc.nat(), (list, seed) => {
      const rank = seed % list.length;
      const values = Float32Array.from(list);
      const found = selectRank(values, rank);
      expect(found).toBe(Float32Array.from(list).sort()[rank]);
      expect(values.slice(0, rank).every((value) => value <= found)).toBe(true);
      expect(values.slice(rank).every((value) => value >= found)).toBe(true);
      expect([...values].sort()).toEqual([...Float32Array.from(list)].sort());
    }),
  );
});
