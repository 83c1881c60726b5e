/**
 * A secret in N shares of which any M give it back and fewer tell nothing (Shamir, 1979), over the field of 256 elements that AES
 * uses: what the root's passphrase is kept as, so that nobody can use the root alone.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";

export const Share = z.strictObject({
  format: z.literal("kabina-share/1"),
  /** Which splitting it is of: shares of two do not mix. */
  set: z.string().regex(/^[0-9a-f]{16}$/),
  /** From 1. */
  index: z.int().min(1).max(255),
  quorum: z.int().min(1).max(255),
  count: z.int().min(1).max(255),
  data: z.base64(),
  /** First 16 bytes of the SHA-256 of set, index and data: tells a damaged share from a foreign one. */
  check: z.string().regex(/^[0-9a-f]{32}$/),
});
export type Share = z.infer<typeof Share>;

const most = 255;
const sealLength = 16; // bytes

/** Throws `share/quorum` when M of N makes no sense. */
export function splitSecret(secret: Uint8Array, count: number, quorum: number, random: RandomBytes): Share[] {
  if (!(quorum >= 2 && quorum <= count && count <= most)) throw new KabinaError("share/quorum", { quorum, count });
  const set = Buffer.from(random(8)).toString("hex");
  // The secret carries its own seal, so that a wrong combination is told from a right one.
  const sealed = Buffer.concat([secret, sealOf(secret)]);
  const coefficients = Array.from({ length: quorum - 1 }, () => random(sealed.length));
  return Array.from({ length: count }, (_, at) => {
    const index = at + 1;
    const data = Buffer.from(
      sealed.map((byte, position) => evaluate([byte, ...coefficients.map((c) => c[position]!)], index)),
    );
    return {
      format: "kabina-share/1",
      set,
      index,
      quorum,
      count,
      data: data.toString("base64"),
      check: checkOf(set, index, data),
    };
  });
}

/** Throws `share/damaged`, `share/foreign`, `share/too-few`. */
export function combineShares(shares: readonly Share[]): Uint8Array {
  const distinct = [...new Map(shares.map((share) => [share.index, share])).values()];
  const [first] = distinct;
  if (!first) throw new KabinaError("share/too-few", { given: 0, quorum: 2 });
  for (const { set, index, data, check } of distinct) {
    if (checkOf(set, index, Buffer.from(data, "base64")) !== check) throw new KabinaError("share/damaged", { index });
    if (set !== first.set) throw new KabinaError("share/foreign", { index });
  }
  if (distinct.length < first.quorum)
    throw new KabinaError("share/too-few", { given: distinct.length, quorum: first.quorum });
  const points = distinct
    .slice(0, first.quorum)
    .map(({ index, data }) => ({ x: index, y: Buffer.from(data, "base64") }));
  const sealed = Buffer.from(
    points[0]!.y.map((_, position) => interpolate(points.map(({ x, y }) => [x, y[position]!]))),
  );
  const secret = sealed.subarray(0, -sealLength);
  if (!timingSafeEqual(sealOf(secret), sealed.subarray(-sealLength)))
    throw new KabinaError("share/foreign", { index: first.index });
  return secret;
}

const sealOf = (secret: Uint8Array): Buffer => createHash("sha256").update(secret).digest().subarray(0, sealLength);
const checkOf = (set: string, index: number, data: Uint8Array): string =>
  createHash("sha256").update(`${set} ${index} `).update(data).digest("hex").slice(0, 32);

/** Product in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (FIPS 197 §4.2), without branches on the values. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 0; bit < 8; bit++) {
    product ^= -((b >> bit) & 1) & a;
    a = ((a << 1) ^ (-((a >> 7) & 1) & 0x11b)) & 0xff;
  }
  return product;
}

/** a^254: the inverse of everything but zero. */
function inverse(a: number): number {
  let result = 1;
  for (let power = 0, square = a; power < 7; power++) {
    square = multiply(square, square);
    result = multiply(result, square);
  }
  return result;
}

const evaluate = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, coefficient) => multiply(sum, x) ^ coefficient, 0);

/** Lagrange's polynomial at zero. */
const interpolate = (points: readonly (readonly [x: number, y: number])[]): number =>
  points.reduce((sum, [x, y]) => {
    const weight = points
      .filter(([other]) => other !== x)
      .reduce((product, [other]) => multiply(product, multiply(other, inverse(other ^ x))), 1);
    return sum ^ multiply(y, weight);
  }, 0);
