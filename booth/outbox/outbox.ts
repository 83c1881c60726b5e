/**
 * The outbox: sealed packages that wait for the server, and what became of those that it has. What is in it survives a
 * SIGKILL at any point; a package leaves the disk only against a valid receipt for exactly its bytes (row F5).
 */

/** What the outbox takes from a package's manifest (a whole `Manifest` of `crypto/package/manifest.ts` fits). */
export interface PackageIdentity {
  readonly packageId: string;
  readonly createdAt: string;
}

/**
 * `waiting`: will be tried at `nextTryAt`; `uploading`: on the wire now; `received`: receipt verified, package purged;
 * `quarantined`: will not be tried again by itself (it is damaged here, or the server refused it for good); a person decides.
 */
export type OutboxState = "waiting" | "uploading" | "received" | "quarantined";

/** What the operator decided, as the server signed it for this booth. */
export interface DecisionNotice {
  readonly kind: "accept" | "retake" | "escalate";
  /** Reason codes of a retake (`server/review/api.ts`, RETAKE_REASONS); empty otherwise. */
  readonly reasons: readonly string[];
  readonly at: string;
}

/** One package as the booth's status page shows it: no personal data. */
export interface OutboxItem {
  readonly packageId: string;
  readonly state: OutboxState;
  /** Bytes of the package. */
  readonly size: number;
  /** SHA-256 of the whole package, hex. */
  readonly sha256: string;
  /** When it was sealed, by the booth's clock. */
  readonly createdAt: string;
  readonly addedAt: string;
  /** Bytes that the server has said are durable there. */
  readonly sentBytes: number;
  /** Failed tries since the last progress. */
  readonly attempts: number;
  /** When it will be tried again; null unless waiting. */
  readonly nextTryAt: string | null;
  /** The code of the last failure (`crypto/errors/catalogue`); null when none. */
  readonly lastError: string | null;
  readonly receivedAt: string | null;
  /** What the operator decided, once the server has told; null before. */
  readonly decision: DecisionNotice | null;
}

/** How the outbox fills at the rate of the last hours (row F2). */
export interface OutboxForecast {
  readonly waitingPackages: number;
  readonly waitingBytes: number;
  readonly limitBytes: number;
  /** Bytes added per hour, over the window that is known. */
  readonly bytesPerHour: number;
  /** When it will be full at this rate; null when it will not. */
  readonly fullAt: string | null;
}

export interface Outbox {
  /**
   * Takes over a sealed package: moves (same disk) or copies the file at `packagePath` in, makes it durable, and removes the
   * original; when this resolves the package is safe. Adding the same bytes again changes nothing and returns the same item.
   * @throws KabinaError `outbox/full` (limit reached), `outbox/disk-full`, `outbox/package-differs` (same packageId, other bytes)
   */
  add(packagePath: string, manifest: PackageIdentity): Promise<OutboxItem>;
  /** Every item, oldest first; those received are kept (without their package) so that their decision can be shown. */
  list(): OutboxItem[];
  get(packageId: string): OutboxItem | undefined;
  forecast(): OutboxForecast;
  /** Tries a waiting item now, and takes a quarantined one out of quarantine: a person's deliberate act. */
  release(packageId: string): Promise<void>;
  /** Calls back on every change of an item; returns what ends that. */
  onChange(listener: (item: OutboxItem) => void): () => void;
}
