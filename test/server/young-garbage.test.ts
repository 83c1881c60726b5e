/** Were this not so, a server that takes packages in would spend a quarter of its time looking for bytes that are gone. */
import { runInNewContext } from "node:vm";
import { expect, it } from "@jest/globals";
import { discarded } from "../../server/intake/young-garbage.ts";

it("bytes that are said to be garbage are cleared away before many have come", () => {
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  for (let i = 0; i < 4096; i++) {
    discarded(Buffer.alloc(16 << 10).length);
    if (i % 64 === 0) most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(most).toBeLessThan(16 << 20);
});

it("nobody else is given the collector", () => {
  discarded(16 << 20);
  expect(runInNewContext("typeof gc")).toBe("undefined");
});
