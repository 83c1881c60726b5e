/**
 * The country signing certificates that an office trusts: where each comes from, whether it stands under a root of its country, and when it
 * ends. A certificate that two lists carry is one entry with two sources.
 */
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { canonicalName, countryOf } from "../../crypto/certificate/name.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";

/** One file or list that certificates were taken from. */
export interface CscaSource {
  /** Its name for people: a path, and the issuer of a list. */
  readonly name: string;
  readonly certificates: readonly Uint8Array[];
}

/**
 * `root`: signed by its own key. `link`: its issuer's key is in the store, and so up to a root. `unlinked`: its issuer's key is not here (a
 * link from a root that has left the lists); its own key still proves documents. `foreign`: the key that it names is here and did not
 * sign it. `unreadable`: it cannot be read, or its key cannot be used.
 */
export type CscaStanding = "root" | "link" | "unlinked" | "foreign" | "unreadable";

export interface CscaEntry {
  readonly der: Uint8Array;
  readonly certificate: Certificate | undefined;
  readonly country: string;
  readonly standing: CscaStanding;
  /** A code of the error catalogue, or of what the reader said; undefined for roots and links. */
  readonly reason: string | undefined;
  readonly sources: readonly string[];
}

/** Links of links, at most: no country has had more than a few roots. */
const longestLine = 16;

export function buildCscaStore(sources: readonly CscaSource[]): readonly CscaEntry[] {
  const found = new Map<string, { der: Uint8Array; sources: string[] }>();
  for (const { name, certificates } of sources)
    for (const der of certificates) {
      const key = Buffer.from(der).toString("base64");
      const entry = found.get(key) ?? { der, sources: [] };
      if (!entry.sources.includes(name)) entry.sources.push(name);
      found.set(key, entry);
    }
  const read = [...found.values()].map((entry) => ({ ...entry, ...readOne(entry.der) }));
  const bySubject = new Map<string, Certificate[]>();
  for (const { certificate } of read)
    if (certificate) {
      const name = canonicalName(certificate.subject);
      bySubject.set(name, [...(bySubject.get(name) ?? []), certificate]);
    }
  return read.map(({ der, sources: names, certificate, fault }) => ({
    der,
    sources: names,
    certificate,
    country: (certificate && countryOf(certificate.subject)) ?? "??",
    ...(certificate ? standingOf(certificate, bySubject) : { standing: "unreadable" as const, reason: fault }),
  }));
}

/** Entries that end within so many days from a moment; the earliest first. Those that have ended already are not among them. */
export function expiringCsca(entries: readonly CscaEntry[], at: Date, days: number): readonly CscaEntry[] {
  const until = new Date(at.getTime() + days * 86_400_000);
  const ends = (entry: CscaEntry) => entry.certificate?.notAfter ?? new Date(0);
  return entries
    .filter((entry) => ends(entry) >= at && ends(entry) <= until)
    .sort((a, b) => ends(a).getTime() - ends(b).getTime());
}

function readOne(der: Uint8Array): { certificate: Certificate | undefined; fault: string | undefined } {
  try {
    const certificate = new Certificate(der, { encoding: "ber" });
    certificate.publicKey; // a key that cannot be used proves nothing
    return { certificate, fault: undefined };
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { certificate: undefined, fault: error.message };
  }
}

function standingOf(
  certificate: Certificate,
  bySubject: ReadonlyMap<string, readonly Certificate[]>,
  above = 0,
): { standing: CscaStanding; reason: string | undefined } {
  if (certificate.isSignedBy(certificate)) return { standing: "root", reason: undefined };
  const named = (bySubject.get(canonicalName(certificate.issuer)) ?? []).filter(
    (one) => one.sha256 !== certificate.sha256,
  );
  const issuers = named.filter((one) => certificate.isSignedBy(one));
  const rooted = issuers.some(
    (one) => above < longestLine && standingOf(one, bySubject, above + 1).standing !== "foreign",
  );
  if (rooted) return { standing: "link", reason: undefined };
  // Most countries keep the name when the key changes: another key of that name is no contradiction, the key that is named is.
  const wanted = certificate.authorityKeyIdentifier;
  const meant = named.some((one) => {
    const own = one.subjectKeyIdentifier;
    return wanted !== undefined && own !== undefined && Buffer.compare(own, wanted) === 0;
  });
  return meant
    ? { standing: "foreign", reason: "proof/chain-signature-wrong" }
    : { standing: "unlinked", reason: "proof/csca-unknown" };
}
