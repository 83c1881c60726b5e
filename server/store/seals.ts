/** Packages by their place in their booth's line: what proves when they existed, what is missing, and what is there twice. */
import type { TimeBounds } from "../../crypto/package/time-bounds.ts";
import type { Database } from "./database.ts";

export interface SealRecord {
  readonly packageSha256: string;
  readonly booth: string;
  readonly certificateSha256: string;
  /** Null of packages that had no chain yet. */
  readonly chain: string | null;
  readonly counter: number;
  readonly manifestSha256: string;
  readonly previous: string | null;
  readonly claimedAt: string;
  readonly afterAt: string | null;
  readonly reckonedAt: string | null;
}

export interface ReceivedSeal extends SealRecord {
  readonly caseId: string;
  readonly packageId: string;
  readonly receivedAt: string;
}

/** Places of a line where a package is missing: from `first` to `last`. */
export interface Gap {
  readonly booth: string;
  readonly chain: string;
  readonly first: number;
  readonly last: number;
}

const COLUMNS = `s.package_sha256 AS packageSha256, s.booth, s.certificate_sha256 AS certificateSha256, s.chain, s.counter,
  s.manifest_sha256 AS manifestSha256, s.previous, s.claimed_at AS claimedAt, s.after_at AS afterAt, s.reckoned_at AS reckonedAt,
  c.case_id AS caseId, p.package_id AS packageId, p.received_at AS receivedAt
  FROM seal s JOIN package p ON p.sha256 = s.package_sha256 JOIN enrolment_case c ON c.package_sha256 = p.sha256`;
/** Successors followed when looking for the first proof of a package; those further on came later. */
const successorsFollowed = 1000;

export class Seals {
  readonly #put;
  readonly #atPlace;
  readonly #ofCertificate;
  readonly #ofCase;
  readonly #ofPolicy;
  readonly #chainsOf;
  readonly #gaps;

  constructor(database: Database) {
    this.#put = database.prepare(
      `INSERT OR REPLACE INTO seal VALUES (:packageSha256, :booth, :certificateSha256, :chain, :counter, :manifestSha256, :previous,
       :claimedAt, :afterAt, :reckonedAt)`,
    );
    this.#atPlace = database.prepare<[string, number], ReceivedSeal>(
      `SELECT ${COLUMNS} WHERE s.chain = ? AND s.counter = ? ORDER BY p.received_at`,
    );
    this.#ofCertificate = database.prepare<[string], ReceivedSeal>(
      `SELECT ${COLUMNS} WHERE s.certificate_sha256 = ? ORDER BY p.received_at`,
    );
    this.#ofPolicy = database.prepare<[string, string], ReceivedSeal>(
      `SELECT ${COLUMNS} WHERE p.received_at >= ? AND json_extract(p.manifest, '$.policyHash') = ? ORDER BY p.received_at`,
    );
    this.#ofCase = database.prepare<[string], ReceivedSeal>(`SELECT ${COLUMNS} WHERE c.case_id = ?`);
    this.#chainsOf = database
      .prepare<[string], string>(
        "SELECT DISTINCT chain FROM seal WHERE certificate_sha256 = ? AND chain IS NOT NULL ORDER BY chain",
      )
      .pluck();
    this.#gaps = database.prepare<[], Gap>(
      `SELECT booth, chain, before + 1 AS first, counter - 1 AS last FROM (
         SELECT booth, chain, counter, coalesce(lag(counter) OVER (PARTITION BY chain ORDER BY counter), -1) AS before
         FROM seal WHERE chain IS NOT NULL
       ) WHERE counter > before + 1 ORDER BY booth, chain, first`,
    );
  }

  /** Idempotent. */
  put(record: SealRecord): void {
    this.#put.run(record);
  }

  /** Every package that claims a place, the first received first: more than one is a fork. */
  atPlace(chain: string, counter: number): ReceivedSeal[] {
    return this.#atPlace.all(chain, counter);
  }

  ofCertificate(sha256: string): ReceivedSeal[] {
    return this.#ofCertificate.all(sha256);
  }

  ofCase(caseId: string): ReceivedSeal | undefined {
    return this.#ofCase.get(caseId);
  }

  /** What was captured under a policy, by the hash that manifests name, and received since. Reads every manifest of that time. */
  ofPolicy(hash: string, receivedSince: string): ReceivedSeal[] {
    return this.#ofPolicy.all(receivedSince, hash);
  }

  /** The lines that one certificate has signed: more than one means that two hold its key, or that a booth has lost its place. */
  chainsOf(certificateSha256: string): string[] {
    return this.#chainsOf.all(certificateSha256);
  }

  gaps(): Gap[] {
    return this.#gaps.all();
  }

  /**
   * The earliest moment of the server's at which a package is known to have existed: its own arrival, the arrival of one that names it
   * directly or over others, or a booth's word that it was sealed, heard then (`headHeardAt`).
   */
  provedAt(
    seal: Pick<SealRecord, "chain" | "counter" | "manifestSha256">,
    receivedAt: string,
    headHeardAt: (manifestSha256: string) => string | undefined,
  ): string {
    let proved = earlier(receivedAt, headHeardAt(seal.manifestSha256));
    if (seal.chain === null) return proved;
    let named = new Set([seal.manifestSha256]);
    for (let counter = seal.counter + 1; counter <= seal.counter + successorsFollowed && named.size > 0; counter++) {
      const naming = this.atPlace(seal.chain, counter).filter(
        ({ previous }) => previous !== null && named.has(previous),
      );
      for (const next of naming) proved = earlier(earlier(proved, next.receivedAt), headHeardAt(next.manifestSha256));
      named = new Set(naming.map(({ manifestSha256 }) => manifestSha256));
    }
    return proved;
  }
}

/** The bounds of a package as they are stored. */
export function boundsOf(seal: Pick<SealRecord, "claimedAt" | "afterAt" | "reckonedAt">, provedAt: string): TimeBounds {
  const moment = (text: string | null) => (text === null ? null : new Date(text));
  return {
    claimed: new Date(seal.claimedAt),
    after: moment(seal.afterAt),
    before: new Date(provedAt),
    reckoned: moment(seal.reckonedAt),
  };
}

const earlier = (a: string, b: string | undefined): string => (b !== undefined && b < a ? b : a);
