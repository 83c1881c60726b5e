/** What would be lost: a booth of 2 GB that dies in the middle of a seal, with the person still sitting in it. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { collectGarbage } from "../../../crypto/garbage-collector.ts";
import { openPackage } from "../../../crypto/package/open.ts";
import { sealPackageToFile } from "../../../crypto/package/seal.ts";
import { verifyPackage } from "../../../crypto/package/verify.ts";
import { seededRandom } from "../deterministic-key.ts";
import { clockAt, makeWorld, requestFor, sealedAt, type World } from "./fixture.ts";

const partBytes = 4 * 1024 * 1024;
const partCount = 10;
/** Plaintext, ciphertext, and room for what the streams hold; far from the 10 parts of the whole. */
const allowedParts = 3;

const collected = () => {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
};
/** Buffers are freed by a thread of their own after a collection, on a loaded machine much later; the next collection waits for it. */
const held = () => Math.min(collected(), collected());

let world: World;
let folder: string;

beforeAll(async () => {
  world = await makeWorld("memory");
  folder = await mkdtemp(join(tmpdir(), "kabina-memory-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("memory is bounded by the largest part", () => {
  it("in sealing, verifying and opening", async () => {
    const path = join(folder, "large.kab");
    const before = held();
    let most = 0;
    const sample = () => {
      most = Math.max(most, held() - before);
    };
    const parts = Array.from({ length: partCount }, (_, index) => ({
      name: `capture-${index}`,
      mediaType: "image/png",
      content: async () => {
        sample();
        return new Uint8Array(partBytes).fill(index);
      },
      recipients: [world.recipient.chain[0]!],
    }));
    const tools = { signer: world.booth, clock: clockAt(sealedAt), random: seededRandom("memory") };
    const { size } = await sealPackageToFile(path, requestFor(parts), tools);
    expect((await stat(path)).size).toBe(size);
    expect(size).toBeGreaterThan(partBytes * partCount);
    expect(most).toBeLessThan(allowedParts * partBytes);

    most = 0;
    await verifyPackage(path, world.options);
    sample();
    await openPackage(path, { ...world.options, recipients: [world.recipient] }, ({ plaintext }) => {
      expect(plaintext.length).toBe(partBytes);
      sample();
    });
    expect(most).toBeLessThan(allowedParts * partBytes);
  }, 120_000);
});
