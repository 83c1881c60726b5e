/** A synthetic holder and passport for tests: same bytes each time. */
import { createHash } from "node:crypto";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import type { MrzData } from "../../mrtd/mrz/mrz.ts";
import type { PassportFeatures } from "../../mrtd/synthetic/features.ts";
import { makePassport, type PassportData } from "../../mrtd/synthetic/passport.ts";

export const specimen: MrzData = {
  format: "TD3",
  documentCode: "P",
  issuer: "UTO",
  documentNumber: "L898902C3",
  nationality: "UTO",
  dateOfBirth: "740812",
  sex: "F",
  dateOfExpiry: "321231",
  primaryIdentifier: "ERIKSSON",
  secondaryIdentifier: "ANNA MARIA",
};

/** A JPEG's first and last bytes around noise: long enough to need several reads; nobody decodes it here. */
export const portrait = (length = 12_000): Uint8Array => {
  const noise = seededRandom("portrait")(length);
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, ...noise, 0xff, 0xd9]);
};

/** A clock that stands still at a day when the fixtures are valid. */
export const clock: Clock = { now: () => new Date("2026-06-01T12:00:00Z"), monotonic: () => 0 };

/** Repeatable bytes: SHA-256 in counter mode. */
export function seededRandom(seed: string): RandomBytes {
  let counter = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      const block = createHash("sha256").update(`${seed}/${counter++}`).digest();
      bytes.set(block.subarray(0, Math.min(32, length - at)), at);
    }
    return bytes;
  };
}

export function specimenPassport(seed = "passport", features?: PassportFeatures): PassportData {
  return makePassport({
    mrz: specimen,
    portrait: portrait(),
    clock,
    random: seededRandom(seed),
    ...(features && { features }),
  });
}
