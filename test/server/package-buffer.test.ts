/** A package is put together as its bytes come: were one misplaced, no package would arrive whole. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { PlacedStretch } from "../../crypto/package/body-scan.ts";
import { PackageBuffer } from "../../server/intake/package-buffer.ts";

/** Stretches of a package behind a head, every other one known, and all their bytes. */
const packages = fc
  .tuple(
    fc.uint8Array({ minLength: 1, maxLength: 300 }),
    fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ minLength: 1, maxLength: 40_000 })), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([head, pieces]) => {
    let end = head.length;
    const stretches: PlacedStretch[] = pieces.map(([known, bytes]) => {
      const start = end;
      end += bytes.length;
      return { start, end, known: known ? Buffer.from(bytes) : undefined };
    });
    const sent = Buffer.concat(pieces.filter(([known]) => !known).map(([, bytes]) => bytes));
    const whole = Buffer.concat([head, ...pieces.map(([, bytes]) => bytes)]);
    return { head: Buffer.from(head), stretches, sent, whole };
  });

function* cut(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] as number;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

const lengths = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 });

describe("bytes of a package", () => {
  it("are the same however they are cut, and taken out on the way", () => {
    fc.assert(
      fc.property(
        packages,
        lengths,
        fc.integer({ min: 1, max: 5 }),
        ({ head, stretches, sent, whole }, cuts, every) => {
          const buffer = new PackageBuffer(0, stretches, head);
          const taken: Buffer[] = [];
          let count = 0;
          const take = () => {
            const bytes = buffer.take();
            taken.push(Buffer.from(bytes));
            PackageBuffer.giveBack(bytes);
          };
          for (const chunk of cut(sent, cuts)) {
            buffer.add(chunk);
            if (++count % every === 0) take();
          }
          take();
          // Without a first byte nothing begins; where the rest is known, the last byte that is not brings it along.
          expect(Buffer.concat(taken).equals(sent.length > 0 ? whole : Buffer.alloc(0))).toBe(true);
        },
      ),
    );
  });

  it("go on where a request before ended", () => {
    fc.assert(
      fc.property(packages, fc.nat(), lengths, ({ head, stretches, sent, whole }, at, cuts) => {
        fc.pre(sent.length > 0);
        const first = new PackageBuffer(0, stretches, head);
        first.add(sent.subarray(0, at % (sent.length + 1)));
        const begun = Buffer.from(first.take());
        const next = new PackageBuffer(begun.length, stretches);
        for (const chunk of cut(sent.subarray(at % (sent.length + 1)), cuts)) next.add(chunk);
        expect(Buffer.concat([begun, next.take()]).equals(whole)).toBe(true);
      }),
    );
  });

  it("are refused when more come than the manifest has room for", () => {
    fc.assert(
      fc.property(packages, ({ head, stretches, sent }) => {
        const buffer = new PackageBuffer(0, stretches, head);
        expect(() => buffer.add(Buffer.concat([sent, Buffer.of(0)]))).toThrow("intake/protocol");
      }),
    );
  });

  it("may be more than one buffer holds: a head of the largest size and a chunk that was one too many", () => {
    const bytes = Buffer.alloc(600 << 10, 7);
    const buffer = new PackageBuffer(0, undefined, bytes);
    buffer.add(bytes);
    buffer.add(Buffer.of(1));
    expect(buffer.take().equals(Buffer.concat([bytes, bytes, Buffer.of(1)]))).toBe(true);
  });
});
