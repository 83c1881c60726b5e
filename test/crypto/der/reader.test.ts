/** What would be lost: a process, to a message that lies about its lengths; or a message, to two readings of it. */
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Certificate } from "../../../crypto/certificate/certificate.ts";
import { parseAuthEnvelope } from "../../../crypto/cms/auth-envelope.ts";
import { parseSignedData } from "../../../crypto/cms/signed-data.ts";
import { type DerElement, readDer } from "../../../crypto/der/reader.ts";
import {
  bitString,
  boolean,
  encode,
  integer,
  namedBits,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  time,
  unsignedInteger,
} from "../../../crypto/der/writer.ts";
import { isCoded } from "../../../crypto/errors/kabina-error.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const from = (text: string) => Buffer.from(text.replace(/ /g, ""), "hex");

describe("what is written is read back", () => {
  it("integers of any size and sign", () => {
    fc.assert(fc.property(fc.bigInt(-(1n << 300n), 1n << 300n), (n) => readDer(encode(integer(n))).bigint() === n));
    expect(["0", "127", "128", "-1", "-128", "-129"].map((n) => hex(encode(integer(BigInt(n)))))).toEqual([
      "020100",
      "02017f",
      "02020080",
      "0201ff",
      "020180",
      "0202ff7f",
    ]);
    expect(hex(encode(unsignedInteger(from("0000 80"))))).toBe("02020080");
  });

  it("object identifiers, also of 128-bit arcs", () => {
    const arc = fc.bigInt(0n, (1n << 128n) - 1n);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 0, max: 39 }),
        fc.array(arc, { maxLength: 6 }),
        (top, second, rest) => {
          const dotted = [top, second, ...rest].join(".");
          expect(readDer(encode(objectIdentifier(dotted))).oid()).toBe(dotted);
        },
      ),
    );
    expect(hex(encode(objectIdentifier("1.2.840.113549")))).toBe("06062a864886f70d");
  });

  it("times, in the type that their year asks for", () => {
    const moments = fc.date({ min: new Date("1950-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(moments, (at) => {
        at.setUTCMilliseconds(0);
        expect(readDer(encode(time(at))).time()).toEqual(at);
      }),
    );
    expect(encode(time(new Date("2049-12-31T23:59:59Z")))[0]).toBe(0x17);
    expect(encode(time(new Date("2050-01-01T00:00:00Z")))[0]).toBe(0x18);
  });

  it("long contents, sets in order, named bits without their tail", () => {
    const long = new Uint8Array(70_000).fill(5);
    expect(Buffer.from(readDer(encode(octetString(long))).octets()).equals(long)).toBe(true);
    expect(hex(encode(setOf(integer(3), integer(1), integer(2))))).toBe("3109020101020102020103");
    expect(hex(encode(namedBits(5, 6)))).toBe("03020106");
    expect(hex(encode(sequence(boolean(true), bitString(from("ff")))))).toBe("30070101ff030200ff");
  });
});

describe("what is not DER is refused", () => {
  it.each([
    ["nothing", ""],
    ["a tag alone", "30"],
    ["a length beyond the end", "3003 0201"],
    ["a length of ten gigabytes", "30 85 02540be400 00"],
    ["a length of a length of 127", "30 ff 01"],
    ["a long form of a short length", "04 81 01 00"],
    ["a length with leading zeros", "04 82 00 80"],
    ["an indefinite length", "30 80 0201 01 0000"],
    ["bytes after the end", "0201 01 00"],
    ["a tag number above 30", "1f 81 00 00"],
    ["an end-of-contents octet pair", "0000"],
  ])("%s", (_, bytes) => {
    expect(() => readDer(from(bytes))).toThrow("der/malformed");
  });

  it.each<[string, string, (element: DerElement) => unknown]>([
    ["a padded integer", "0202 0001", (element) => element.bigint()],
    ["an empty integer", "0200", (element) => element.bigint()],
    ["a boolean of 1", "0101 01", (element) => element.boolean()],
    ["an object identifier cut short", "0602 2a86", (element) => element.oid()],
    ["an object identifier with padding", "0603 2a8001", (element) => element.oid()],
    ["a bit string with set unused bits", "0302 0401", (element) => element.namedBits()],
    ["a bit string with eight unused bits", "0302 0800", (element) => element.namedBits()],
    ["a time without seconds", "170b 323631313231313230305a", (element) => element.time()],
    ["the thirtieth of February", "170d 3236303233303132303030305a", (element) => element.time()],
    ["a constructed octet string", "2403 040105", (element) => element.octets()],
  ])("%s", (_, bytes, read) => {
    expect(() => read(readDer(from(bytes)))).toThrow("der/malformed");
  });

  it("a nest without end, and more elements than any message has", () => {
    let nest: Uint8Array = new Uint8Array(0);
    for (let level = 0; level < 200; level++) nest = encode(sequence({ length: nest.length, chunks: [nest] }));
    const walk = (element: DerElement): unknown => (element.constructed ? element.children.map(walk) : 0);
    expect(() => walk(readDer(nest))).toThrow("der/too-deep");
    const indefinite = Buffer.concat([Buffer.alloc(100_000, from("3080")), Buffer.alloc(100_000)]);
    expect(() => readDer(indefinite, { encoding: "ber" })).toThrow("der/too-deep");
    const many = Buffer.concat([
      from("30 82 ffff"),
      Buffer.alloc(65_535, from("0500")).subarray(0, 65_534),
      from("05"),
    ]);
    expect(() => readDer(many).children).toThrow(/der\/(too-large|malformed)/);
  });

  it("noise, always with a code, by every reader that stands on this one", () => {
    const readers: readonly ((bytes: Uint8Array) => unknown)[] = [
      (bytes) => readDer(bytes),
      (bytes) => readDer(bytes, { encoding: "ber" }),
      (bytes) => parseSignedData(bytes),
      (bytes) => parseSignedData(bytes, { encoding: "ber" }),
      parseAuthEnvelope,
      (bytes) => new Certificate(bytes),
    ];
    const tag = fc.constantFrom(0x30, 0x31, 0xa0, 0xa1, 0x02, 0x04, 0x06, 0x03, 0x24, 0x80);
    const { tree } = fc.letrec<{ tree: Buffer }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5, withCrossShrink: true },
        fc.tuple(tag, fc.uint8Array({ maxLength: 20 })).map(([t, v]) => Buffer.from([t, v.length, ...v])),
        fc.tuple(tag, fc.array(tie("tree"), { maxLength: 4 })).map(([t, items]) => {
          const body = Buffer.concat(items);
          return Buffer.concat([
            Buffer.from(body.length < 128 ? [t, body.length] : [t, 0x82, body.length >> 8, body.length & 255]),
            body,
          ]);
        }),
      ),
    }));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), tree), (bytes) => {
        for (const read of readers)
          try {
            read(bytes);
          } catch (error) {
            if (!isCoded(error)) throw error;
          }
      }),
      { numRuns: 500 },
    );
  });
});
