/** A short, seeded run of the fuzzer over every reader: if this fails, a chip or a file can crash, stall or fill a booth. The long run is a script. */
import { describe, expect, it } from "@jest/globals";
import { fuzzReaders } from "../fuzz/mrtd-targets.ts";

/** What one input may make the heap grow by is 64 MB; a run of many stays below it, because nothing keeps what it read. */
const mostGrowthMb = 64;

describe("every reader of documents", () => {
  for (const seed of [1, 20_261_121]) {
    it(`ends in a value or a coded error, in bounded time and memory (seed ${seed})`, () => {
      const { executions, heapGrowth } = fuzzReaders(12_000, seed);
      expect(executions).toBe(12_000);
      expect(heapGrowth).toBeLessThan(mostGrowthMb);
    });
  }
});
