/** The virtual PIV card by itself: if this fails, what OpenSC is tried with is no PIV card. */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { encodeCommand } from "../../../mrtd/card/apdu.ts";
import { tlv } from "../../../mrtd/tlv/write.ts";
import { VirtualPivCard } from "../../../mrtd/virtual/piv/card.ts";
import { pivAid } from "../../../mrtd/virtual/piv/data-objects.ts";
import { pivAlgorithm, pivSign } from "../../../mrtd/virtual/piv/signature.ts";
import { seededRandom } from "../fixture.ts";

const random = seededRandom("piv");
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const card = () =>
  new VirtualPivCard({
    guid: random(16),
    expires: new Date("2036-01-01"),
    pin: "246810",
    keys: { "9a": privateKey, "9c": privateKey },
    certificates: {},
    random,
  });
const padded = (pin: string) => Uint8Array.from({ length: 8 }, (_, i) => pin.charCodeAt(i) || 0xff);
const verifyPin = (data?: Uint8Array) => encodeCommand({ cla: 0, ins: 0x20, p1: 0, p2: 0x80, ...(data && { data }) });
const signWith = (key: number, cla = 0) =>
  encodeCommand({ cla, ins: 0x87, p1: 0x11, p2: key, data: tlv(0x7c, tlv(0x82), tlv(0x81, random(32))), le: 256 });
const statusOf = (response: Uint8Array) => Buffer.from(response.subarray(-2)).toString("hex");

describe("a virtual PIV card", () => {
  it("signs as every verifier expects", () => {
    const keys: KeyObject[] = ["P-256", "P-384"].map(
      (namedCurve) => generateKeyPairSync("ec", { namedCurve }).privateKey,
    );
    for (const key of keys) {
      const data = random(50);
      const hash = key.asymmetricKeyDetails?.namedCurve === "secp384r1" ? "sha384" : "sha256";
      const digest = new Uint8Array(createHash(hash).update(data).digest());
      expect(pivAlgorithm(key)).toBe(hash === "sha384" ? 0x14 : 0x11);
      expect(verify(hash, data, createPublicKey(key), pivSign(key, digest, random)!)).toBe(true);
    }
  });

  it("counts wrong PINs across resets, forgets them with the right one, and wants the PIN for each signature of 9C", () => {
    const one = card();
    expect(statusOf(one.process(verifyPin()))).toBe("63c3");
    expect(statusOf(one.process(signWith(0x9a)))).toBe("6982");
    expect(statusOf(one.process(verifyPin(padded("111111"))))).toBe("63c2");
    one.reset();
    expect(statusOf(one.process(verifyPin()))).toBe("63c2");
    expect(statusOf(one.process(verifyPin(padded("246810"))))).toBe("9000");
    expect(statusOf(one.process(signWith(0x9c)))).toBe("9000");
    expect(statusOf(one.process(signWith(0x9c)))).toBe("6982");
    expect(statusOf(one.process(signWith(0x9a)))).toBe("9000");
    one.reset();
    expect(statusOf(one.process(signWith(0x9a)))).toBe("6982");
    for (const left of ["63c2", "63c1", "6983", "6983"])
      expect(statusOf(one.process(verifyPin(padded("111111"))))).toBe(left);
    expect(statusOf(one.process(verifyPin(padded("246810"))))).toBe("6983");
  });

  it("answers anything with a status word, and opens to nothing but the PIN", () => {
    const command = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(
          fc.constantFrom(0, 0x10),
          fc.constantFrom(0x20, 0x87, 0xa4, 0xc0, 0xcb),
          fc.uint8Array({ maxLength: 40 }),
        )
        .map(([cla, ins, rest]) => Uint8Array.of(cla, ins, ...rest)),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 12 }), (commands) => {
        const one = card();
        one.process(encodeCommand({ cla: 0, ins: 0xa4, p1: 4, p2: 0, data: pivAid, le: 256 }));
        for (const apdu of commands) expect(one.process(apdu).length).toBeGreaterThanOrEqual(2);
        expect(statusOf(one.process(signWith(0x9a)))).not.toBe("9000");
      }),
      { numRuns: 300 },
    );
  });
});
