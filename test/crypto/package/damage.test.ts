/** What would be lost: the word "any" in "any change to a package is noticed". */
import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isCoded } from "../../../crypto/errors/kabina-error.ts";
import { verifyManifest, verifyPackage } from "../../../crypto/package/verify.ts";
import { contentOf, makeWorld, requestFor, sealBytes, smallParts, tarEntries, type World } from "./fixture.ts";

let world: World;
let bytes: Buffer;

beforeAll(async () => {
  world = await makeWorld("damage test");
  ({ bytes } = await sealBytes(requestFor(smallParts(world).slice(0, 1)), world.booth));
});

/** The code of the refusal; "taken" when there was none, "crash" when it had no code. */
async function fate(of: Iterable<Uint8Array>): Promise<string> {
  try {
    await verifyPackage(of, world.options);
    return "taken";
  } catch (error) {
    return isCoded(error) && /^(package|certificate)\//.test(error.code) ? error.code : `crash ${error}`;
  }
}

const isRefusal = (outcome: string) => outcome !== "taken" && !outcome.startsWith("crash");

describe("damage of every kind is refused with a code", () => {
  it("every single bit flipped in the manifest and its signature", () => {
    const [manifest, signature] = tarEntries(bytes).slice(0, 2).map(contentOf) as [Buffer, Buffer];
    const unrefused: number[] = [];
    verifyManifest(manifest, signature, world.options); // its form is known from here on
    for (const target of [manifest, signature])
      for (let bit = 0; bit < target.length * 8; bit++) {
        target[bit >> 3]! ^= 1 << (bit & 7);
        try {
          verifyManifest(manifest, signature, world.options);
          unrefused.push(bit);
        } catch (error) {
          if (!isCoded(error) || !/^(package|certificate)\//.test(error.code)) unrefused.push(bit);
        }
        target[bit >> 3]! ^= 1 << (bit & 7);
      }
    expect(unrefused).toEqual([]);
    verifyManifest(manifest, signature, world.options);
  }, 120_000);

  it("every bit flipped in the archive's headers, and one of each byte of padding, end and encrypted part", async () => {
    const [manifest, signature] = tarEntries(bytes) as [Buffer, Buffer];
    const headed = (at: number, entry: Buffer, start: number) =>
      at >= start + 512 && at < start + 512 + contentOf(entry).length;
    const unrefused: string[] = [];
    for (let at = 0; at < bytes.length; at++) {
      if (headed(at, manifest, 0) || headed(at, signature, manifest.length)) continue; // the test above
      const inHeader =
        at % 512 < 345 && bytes.toString("latin1", at - (at % 512) + 257, at - (at % 512) + 262) === "ustar";
      for (const bit of inHeader ? [0, 1, 2, 3, 4, 5, 6, 7] : [at % 8]) {
        bytes[at]! ^= 1 << bit;
        const outcome = await fate([bytes]);
        if (!isRefusal(outcome)) unrefused.push(`${at}.${bit}: ${outcome}`);
        bytes[at]! ^= 1 << bit;
      }
    }
    expect(unrefused).toEqual([]);
    expect(await fate([bytes])).toBe("taken");
  }, 120_000);

  it("cut off at every byte", async () => {
    const outcomes = new Set<string>();
    for (let end = 0; end < bytes.length; end++) outcomes.add(await fate([bytes.subarray(0, end)]));
    expect([...outcomes]).toEqual(["package/truncated"]);
  });

  it("bytes put in, taken out or written over anywhere", async () => {
    const at = fc.integer({ min: 0, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(
        at,
        fc.integer({ min: 0, max: 600 }),
        fc.uint8Array({ maxLength: 600 }),
        async (start, out, put) => {
          const changed = Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start + out)]);
          fc.pre(!changed.equals(bytes));
          expect(isRefusal(await fate([changed]))).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("noise", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4096 }), async (noise) => {
        expect(isRefusal(await fate([noise]))).toBe(true);
      }),
    );
  });
});
