/** What would be lost: that a manifest has one form and one meaning, whichever of the two ways it is read. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "@jest/globals";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { isCoded } from "../../../crypto/errors/kabina-error.ts";
import { decodeManifest, encodeManifest, Manifest } from "../../../crypto/package/manifest.ts";
import { isUsualText } from "../../../crypto/package/manifest-text.ts";
import { suiteIds } from "../../../crypto/suites/names.ts";
import { contentOf, tarEntries } from "./fixture.ts";

const golden = new URL("../golden/", import.meta.url);
const manifestOf = (file: string) => contentOf(tarEntries(readFileSync(new URL(file, golden)))[0]!).toString();
let text: string;
beforeAll(() => {
  text = manifestOf("package.kab");
});

/** The schema and the canonical form, as `manifest.ts` judges what is not usual. */
function accepts(candidate: string): boolean {
  try {
    const value = JSON.parse(candidate) as unknown;
    return Manifest.safeParse(value).success && canonicalize(value) === candidate;
  } catch {
    return false;
  }
}

/** What single and sizes within limits is for, is not the schema's matter. */
const beyond = ["package/part-doubled", "package/part-too-large", "package/too-large"];

function expectAgreement(candidate: string): void {
  let read: unknown;
  try {
    read = decodeManifest(Buffer.from(candidate));
  } catch (error) {
    expect(isCoded(error)).toBe(true);
    expect(accepts(candidate)).toBe(isCoded(error) && beyond.includes(error.code));
    return;
  }
  expect(accepts(candidate)).toBe(true);
  expect(read).toEqual(JSON.parse(candidate));
}

const hex = (length: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`));
const uuid = fc.uuid({ version: 4 });
const instant = fc
  .date({ min: new Date("0001-01-01T00:00:00Z"), max: new Date("9999-12-31T23:59:59Z"), noInvalidDate: true })
  .map((at) => `${at.toISOString().slice(0, 19)}Z`);
const label = fc.string({ minLength: 1, maxLength: 128, unit: "grapheme" }).filter(({ length }) => length <= 128);
const count = fc.maxSafeNat();
const booted = { bootId: uuid, monotonicMs: count };
const manifests = fc.record({
  format: fc.constant("kabina-package/2" as const),
  suite: fc.constantFrom(...suiteIds),
  packageId: uuid,
  createdAt: instant,
  notAfter: instant,
  booth: fc.record({ id: label, certificateSha256: hex(64) }),
  place: fc.record(
    {
      office: fc.record({ id: label, name: label }),
      position: fc.record({
        latitude: fc.double({ min: -90, max: 90, noNaN: true }),
        longitude: fc.double({ min: -180, max: 180, noNaN: true }),
        accuracyMetres: fc.double({ min: 0, max: 1e6, noNaN: true }),
        at: instant,
      }),
    },
    { requiredKeys: ["office"] },
  ),
  time: fc
    .record({
      ...booted,
      chain: uuid,
      counter: count,
      previous: hex(64),
      heartbeat: fc.option(fc.record({ signed: fc.string({ unit: "grapheme" }), ...booted })),
    })
    .map((time) => ({ ...time, previous: time.counter === 0 ? null : time.previous })),
  policyHash: hex(64),
  sessionId: hex(64),
  parts: fc.uniqueArray(
    fc.record({
      name: fc.stringMatching(/^[a-z0-9-]{1,64}$/),
      mediaType: fc.stringMatching(/^[a-z]{1,20}\/[a-z0-9.+-]{1,20}$/),
      size: fc.nat({ max: 100_000 }),
      sha256: hex(64),
      recipients: fc.array(hex(64), { minLength: 1, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 6, selector: ({ name }) => name },
  ),
});

describe("a manifest is read in two ways that never disagree", () => {
  it("what booths write is usual: the golden package's, on every day of a year but one", () => {
    expect(isUsualText(text)).toBe(true);
    const days = Array.from({ length: 366 }, (_, day) =>
      new Date(Date.UTC(2028, 0, 1 + day)).toISOString().slice(0, 10),
    );
    const unusual = days.filter((day) => !isUsualText(text.replace("2026-11-21", day)));
    expect(unusual).toEqual(["2028-02-29"]);
    for (const day of days) expectAgreement(text.replace("2026-11-21", day));
    const heartbeat = JSON.stringify(JSON.stringify({ document: "AA==", signature: "AAAA" }));
    const heard = `{"bootId":"0b6d9c8e-6a52-4f0e-9d7e-3c1f2a4b5c6d","monotonicMs":7,"signed":${heartbeat}}`;
    expect(isUsualText(text.replace('"heartbeat":null', `"heartbeat":${heard}`))).toBe(true);
  });

  it("any manifest is written in its canonical form, in whatever order its names come, and read as it was", () => {
    fc.assert(
      fc.property(manifests, (manifest) => {
        const bytes = Buffer.from(encodeManifest(manifest));
        expect(bytes.toString()).toBe(canonicalize(manifest));
        const inOrder = JSON.parse(bytes.toString()) as Manifest;
        expect(bytes.equals(encodeManifest(inOrder))).toBe(true);
        expect(decodeManifest(bytes)).toEqual(inOrder);
        expectAgreement(bytes.toString());
      }),
      { numRuns: 200 },
    );
  });

  it("every value of it replaced by something like it", () => {
    const values = text.match(/"(?:[^"\\]|\\.)*"|\d+|null/g)!;
    const strings = [
      "",
      "\\u0041",
      "\\/",
      "\\u001f",
      "\\u001F",
      "\\ud800",
      "\\n",
      "\\\\",
      '\\"',
      "é",
      "\u007f",
      "\u2028",
      "x\n",
    ];
    const others = [
      "0",
      "-0",
      "-1",
      "01",
      "1.0",
      "1.5",
      "1e3",
      "999999999999999",
      "9007199254740991",
      "9007199254740993",
    ];
    const dates = [
      "2026-02-29",
      "2028-02-29",
      "2026-02-30",
      "2026-04-31",
      "2026-13-01",
      "2026-00-10",
      "2026-01-00",
      "0000-01-31",
    ];
    const replacements = [
      ...strings.map((string) => `"${string}"`),
      ...[1, 64, 128, 129, 8192, 8193].flatMap((length) => ["a", "0"].map((letter) => `"${letter.repeat(length)}"`)),
      ...dates.map((date) => `"${date}T12:00:00Z"`),
      ...["2026-11-21T24:00:00Z", "2026-11-21T12:00:60Z", "2026-11-21T12:00:00.0Z", "2026-11-21T12:00Z"].map(
        (at) => `"${at}"`,
      ),
      ...others,
      ...["null", "true", "[]", "{}", '{"__proto__":1}'],
    ];
    let at = 0;
    for (const value of values) {
      at = text.indexOf(value, at);
      for (const put of replacements) expectAgreement(text.slice(0, at) + put + text.slice(at + value.length));
      at += value.length;
    }
  });

  it("anything written over, put in or taken out", () => {
    const position = fc.nat({ max: text.length - 1 });
    const piece = fc.oneof(
      fc.constantFrom(" ", ",", '"', "{", "}", "[", "]", ":", "0", "-", "\\", "null", "\ufeff", ',"a":1', '"a":1,'),
      fc.string({ maxLength: 3 }),
      position.chain((from) => fc.nat({ max: 200 }).map((length) => text.slice(from, from + length))),
    );
    fc.assert(
      fc.property(position, fc.nat({ max: 200 }), piece, (from, out, put) =>
        expectAgreement(text.slice(0, from) + put + text.slice(from + out)),
      ),
      { numRuns: 3000 },
    );
    expectAgreement(`\ufeff${text}`);
    expectAgreement(manifestOf("package-1.kab"));
    expectAgreement(manifestOf("hybrid.kab"));
  });
});
