/** What would be lost: golden files that nobody else could make. Vectors of RFC 6979 A.2.5. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { readDer } from "../../../crypto/der/reader.ts";
import { signDeterministically } from "../deterministic-key.ts";

const scalar = Buffer.from("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721", "hex");

describe("ECDSA with the nonce of RFC 6979", () => {
  it.each([
    [
      "sample",
      "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
      "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
    ],
    [
      "test",
      "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367",
      "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
    ],
  ])("of %s", (message, r, s) => {
    const signature = signDeterministically(scalar, createHash("sha256").update(message).digest());
    const [first, second] = readDer(signature).children.map((part) => part.bigint());
    expect(first).toBe(BigInt(`0x${r}`));
    expect(second).toBe(BigInt(`0x${s}`));
  });
});
