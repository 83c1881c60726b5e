/**
 * The one authority that signs all synthetic people's passports, so that one entry in a trust list covers them. Its private keys
 * follow from this file for everybody to see: they belong to demonstrations and tests, never to a production trust list.
 */
import { seededRandom } from "../../biometrics/synthetic/random.ts";
import type { RandomBytes } from "../../crypto/environment.ts";
import { type CertifiedKey, makeCsca, makeDocumentSigner } from "./authority.ts";
import { makeTerminalRoot, type TerminalRoot } from "./terminals.ts";

/** When its certificates were made; all synthetic passports are younger. */
const founded = new Date("2019-06-01T00:00:00Z");

/** Bytes that follow from a seed: for keys that are meant to be the same everywhere. */
export function seededBytes(seed: number, purpose: string): RandomBytes {
  const random = seededRandom(seed, "bytes", purpose);
  return (length) => Uint8Array.from({ length }, () => random.index(256));
}

const clock = { now: () => founded, monotonic: () => 0 };

/** The root of the terminals that may read the prints in synthetic passports. */
export function utopiaTerminals(): TerminalRoot {
  return makeTerminalRoot({ clock, random: seededBytes(0, "utopia cvca"), name: "OPIA" });
}

/** The country signing authority and document signer of Utopia. */
export function utopia(): { readonly csca: CertifiedKey; readonly ds: CertifiedKey } {
  const csca = makeCsca({ clock, random: seededBytes(0, "utopia csca") });
  const ds = makeDocumentSigner({ clock, random: seededBytes(0, "utopia ds") }, csca);
  return { csca, ds };
}
