/** A receipt's bytes on the wire: what would be lost is the receipt, and with it the leave to delete a package. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { packReceipt, unpackReceipt } from "../../../crypto/delivery/packed-receipt.ts";
import { decodeSigned, encodeSigned } from "../../../crypto/receipt/signed-document.ts";

const golden = readFileSync(new URL("../golden/receipt.signed", import.meta.url));
const receipt = Buffer.from(encodeSigned(decodeSigned(golden.toString())));

describe("a packed receipt", () => {
  test("comes out as it was, beside any one of the authorities that the booth has, or none", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 900 }), fc.uint8Array({ maxLength: 900 }), (one, other) => {
        const packed = packReceipt(receipt, one);
        expect(unpackReceipt(packed, [one, other]).equals(receipt)).toBe(true);
        expect(unpackReceipt(packed, [other, one]).equals(receipt)).toBe(true);
      }),
    );
    expect(unpackReceipt(packReceipt(receipt, new Uint8Array(0)), []).equals(receipt)).toBe(true);
  });

  test("beside an authority that the booth does not have is no receipt", () => {
    expect(() => unpackReceipt(packReceipt(receipt, Buffer.from("one")), [Buffer.from("other")])).toThrow();
  });

  test("that was changed or cut off comes out as no receipt of ours, or not at all", () => {
    const authority = Buffer.from("an authority");
    const packed = packReceipt(receipt, authority);
    const whole = (bytes: Uint8Array) => {
      try {
        return unpackReceipt(bytes, [authority]).equals(receipt);
      } catch {
        return false;
      }
    };
    for (let end = 0; end < packed.length; end++) expect(whole(packed.subarray(0, end))).toBe(false);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: packed.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(packed);
        changed[at]! ^= change;
        expect(whole(changed)).toBe(false);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (noise) => expect(whole(noise)).toBe(false)));
  });
});
