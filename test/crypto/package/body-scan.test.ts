/** The check of a package as it arrives: if this fails, a package that differs from its manifest gets a receipt, or a good one none. */
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readHead } from "../../../crypto/delivery/head.ts";
import { BodyScan, bodyBytes } from "../../../crypto/package/body-scan.ts";
import type { Manifest } from "../../../crypto/package/manifest.ts";
import { verifyPackage } from "../../../crypto/package/verify.ts";
import { makeWorld, requestFor, sealBytes, smallParts, type World } from "./fixture.ts";

let world: World;
let bytes: Buffer;
let manifest: Manifest;
let head: number;

beforeAll(async () => {
  world = await makeWorld("body scan");
  ({ bytes, manifest } = await sealBytes(requestFor(smallParts(world)), world.booth));
  head = readHead(bytes)!.bytes;
});

function scan(of: Uint8Array, cuts: readonly number[] = []): boolean {
  const seen = new BodyScan(manifest);
  let at = head;
  for (const length of cuts) {
    seen.push(of.subarray(at, at + length));
    at = Math.min(of.length, at + length);
  }
  seen.push(of.subarray(at));
  return seen.complete;
}

describe("a body that arrives", () => {
  test("is complete at its last byte and not before, however it is cut", () => {
    expect(bodyBytes(manifest)).toBe(bytes.length - head);
    fc.assert(fc.property(fc.array(fc.nat(3000)), (cuts) => scan(bytes, cuts)));
    for (const missing of [1, 512, 1024, 1025]) expect(scan(bytes.subarray(0, -missing))).toBe(false);
    expect(scan(Buffer.concat([bytes, Buffer.alloc(1)]))).toBe(false);
  });

  test("agrees exactly where the verifier of whole packages finds nothing wrong", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 0, max: 255 }), async (where, value) => {
        const changed = Buffer.from(bytes);
        changed[head + (where % (bytes.length - head))] = value;
        const verifies = await verifyPackage([changed], world.options).then(
          () => true,
          () => false,
        );
        expect(scan(changed)).toBe(verifies);
      }),
      { numRuns: 300 },
    );
  });
});
