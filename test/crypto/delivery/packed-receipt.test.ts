/** A receipt's bytes on the wire: what would be lost is the receipt, and with it the leave to delete a package. */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { deflateSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseSignedData } from "../../../crypto/cms/signed-data.ts";
import { packReceipt, RECEIPT_DICTIONARY, unpackReceipt } from "../../../crypto/delivery/packed-receipt.ts";
import { decodeSigned } from "../../../crypto/receipt/signed-document.ts";

const golden = (name: string) => new URL(`../golden/${name}`, import.meta.url);
const receipt = readFileSync(golden("receipt.signed"));
const { signature } = decodeSigned(receipt.toString());
const above = parseSignedData(signature).certificates.find(({ isAuthority }) => isAuthority)!.der;
if (process.env.KABINA_WRITE_GOLDEN) writeFileSync(golden("receipt.packed"), packReceipt(receipt, above));

describe("a packed receipt", () => {
  test("of yesterday is read, and is less than a third of its text", () => {
    const packed = readFileSync(golden("receipt.packed"));
    expect(unpackReceipt(packed, [above]).equals(receipt)).toBe(true);
    expect(packed.length * 3).toBeLessThan(receipt.length);
    const found = createHash("sha256").update(RECEIPT_DICTIONARY).digest("hex");
    expect([RECEIPT_DICTIONARY.length, found]).toEqual([
      3593,
      "6cbf461d7273642eb84bb5019b9f404cf24c8408176843d701cefd73aa64d5ff",
    ]);
  });

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

  test("that was cut off is none; one that was changed comes out in the text form, for the signature to judge, or not at all", () => {
    const packed = packReceipt(receipt, above);
    for (let end = 0; end < packed.length; end++)
      expect(() => unpackReceipt(packed.subarray(0, end), [above])).toThrow();
    const expectForm = (bytes: Uint8Array) => {
      let text: Buffer;
      try {
        text = unpackReceipt(bytes, [above]);
      } catch {
        return;
      }
      decodeSigned(text.toString());
    };
    fc.assert(
      fc.property(fc.nat({ max: packed.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Buffer.from(packed);
        changed[at]! ^= change;
        expectForm(changed);
      }),
    );
    // What inflates to anything at all.
    fc.assert(fc.property(fc.uint8Array({ maxLength: 500 }), (noise) => expectForm(deflateSync(noise))));
  });
});
