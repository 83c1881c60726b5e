/**
 * What would be lost: a record, picture or template of another maker that stops a booth or the server. The long run is
 * `finger-readers.ts`; its count is in docs/fingers.md.
 */
import { describe, expect, test } from "@jest/globals";
import { fingerTargets } from "./finger-targets.ts";
import { fuzz } from "./fuzz-target.ts";

const SEED = 20_261_121;
const EXECUTIONS = 1_500;
/** Readers that take milliseconds for each input. */
const SLOW: Readonly<Record<string, number>> = {
  WSQ: 60,
  "raw pictures, assessed and extracted": 6,
  "any record's prints, compared": 120,
};

const targets = await fingerTargets();

describe("every reader of finger data, fed with broken inputs", () => {
  test.each(targets.map((target) => [target.name, target] as const))(
    "%s ends in a value or a code, and writes back what it took",
    (name, target) => {
      const { findings } = fuzz(target, SLOW[name] ?? EXECUTIONS, SEED);
      expect(findings.map(({ what, input }) => [what, Buffer.from(input).toString("hex")])).toEqual([]);
    },
  );

  test("the fuzzer itself finds what is broken: else all of the above says nothing", () => {
    const read = (bytes: Uint8Array) => {
      if (bytes[0] === 0xff && bytes.length < 3) throw new TypeError("broken");
    };
    const { findings } = fuzz({ name: "broken", seeds: [Uint8Array.of(1, 2, 3, 4)], read }, 20_000, SEED);
    expect(findings).toHaveLength(1);
  });
});
