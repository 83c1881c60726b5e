/** What would be lost: the right to say that something is gone. A copy of what was erased must be found wherever it lies. */
import { expect, it } from "@jest/globals";
import fc from "fast-check";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { TraceFinder, tracesOf, WINDOW } from "../../../server/retention/traces.ts";

it("any page of a large secret, and any 128 bytes of a small one, are found at their place", () => {
  const large = Buffer.from(systemRandom(100_000));
  const small = Buffer.from(systemRandom(600));
  const finder = new TraceFinder();
  finder.add(tracesOf(large), "large");
  finder.add(tracesOf(small), "small");
  fc.assert(
    fc.property(fc.nat(100_000 - 4092), fc.nat(600 - 128), fc.nat(10_000), (page, piece, before) => {
      const noise = Buffer.from(systemRandom(before));
      const bytes = Buffer.concat([
        noise,
        large.subarray(page, page + 4092),
        noise,
        small.subarray(piece, piece + 128),
      ]);
      const found = finder.find(bytes);
      expect(found.map(({ owner }) => owner)).toEqual(expect.arrayContaining(["large", "small"]));
      for (const { at, owner } of found) {
        const window = bytes.subarray(at, at + WINDOW);
        expect((owner === "large" ? large : small).includes(window)).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});

it("nothing is found where nothing is left, zeros included", () => {
  const finder = new TraceFinder();
  finder.add(tracesOf(Buffer.from(systemRandom(1_000_000))), "gone");
  expect(finder.find(Buffer.alloc(1 << 20))).toEqual([]);
  expect(finder.find(Buffer.from(systemRandom(1 << 20)))).toEqual([]);
});
