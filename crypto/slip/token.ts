/**
 * A slip: a single-use ticket of the desk that opens a session, without personal data, valid offline. docs/formats/slip.md
 *
 *     KS1.<base64url of JSON {"n":number,"o":office,"i":issued,"x":expires}>.<base64url of the signature>
 *
 * The signature is ECDSA P-256 with SHA-256 over everything before the second dot, 64 bytes r ‖ s. Times are Unix seconds.
 */
import { type KeyObject, verify } from "node:crypto";
import { z } from "zod";
import { KabinaError } from "../errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../keys/key.ts";
import { parseSlipNumber, SLIP_NUMBER_DIGITS } from "./number.ts";

const PREFIX = "KS1";
/** Characters of a token. */
export const SLIP_TOKEN_LIMIT = 600;

const Claims = z.strictObject({
  n: z.string().length(SLIP_NUMBER_DIGITS),
  o: z.string().min(1).max(128),
  i: z.int().nonnegative(),
  x: z.int().nonnegative(),
});

export interface Slip {
  readonly number: string;
  readonly office: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Makes a slip's token with the desk's `slip-issuer` key. */
export async function signSlip(slip: Slip, key: PrivateKeyHandle): Promise<string> {
  const claims: z.infer<typeof Claims> = {
    n: slip.number,
    o: slip.office,
    i: Math.floor(slip.issuedAt.getTime() / 1000),
    x: Math.floor(slip.expiresAt.getTime() / 1000),
  };
  const signed = `${PREFIX}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
  const signature = rawSignature(await key.sign(Buffer.from(signed)));
  return `${signed}.${Buffer.from(signature).toString("base64url")}`;
}

/**
 * Reads and verifies a token; `issuers`: the desk's key and those that it followed. Throws `slip/malformed`, `slip/forged`; whether it is still good is
 * judged by `SlipBook`.
 */
export function verifySlip(token: string, issuers: readonly KeyObject[]): Slip {
  if (token.length > SLIP_TOKEN_LIMIT) throw new KabinaError("slip/malformed");
  const match = /^(KS1\.([A-Za-z0-9_-]+))\.([A-Za-z0-9_-]{86})$/.exec(token.trim());
  if (match === null) throw new KabinaError("slip/malformed");
  const [, signed, body, signature] = match as unknown as [string, string, string, string];
  const value = Buffer.from(signature, "base64url");
  const good = issuers.some((key) => verify("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" }, value));
  if (!good) throw new KabinaError("slip/forged");
  let claims: z.infer<typeof Claims>;
  try {
    claims = Claims.parse(JSON.parse(Buffer.from(body, "base64url").toString("utf8")));
  } catch (cause) {
    throw new KabinaError("slip/malformed", {}, { cause });
  }
  if (parseSlipNumber(claims.n) === undefined) throw new KabinaError("slip/malformed");
  return {
    number: claims.n,
    office: claims.o,
    issuedAt: new Date(claims.i * 1000),
    expiresAt: new Date(claims.x * 1000),
  };
}

/** r ‖ s (64 bytes) of a DER `Ecdsa-Sig-Value`. */
function rawSignature(der: Uint8Array): Uint8Array {
  const raw = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] as number;
    const value = der.subarray(at + 2, at + 2 + length);
    const short = value.subarray(Math.max(0, value.length - 32));
    raw.set(short, end - short.length);
    at += 2 + length;
  }
  return raw;
}
