/** Uploads that booths have begun: in memory at once, in the database soon after. */
import type { Offer } from "../../crypto/delivery/offer.ts";
import type { Database } from "./database.ts";

export interface UploadRecord {
  /** SHA-256 of the package, hexadecimal. */
  readonly sha256: string;
  readonly packageId: string;
  readonly booth: string;
  readonly packageBytes: number;
  readonly blockBytes: number;
  /** As in `Offer`. */
  readonly blockHashes: Buffer;
  readonly head: Buffer;
  readonly offeredAt: string;
}

const COLUMNS = `sha256, package_id AS packageId, booth, package_bytes AS packageBytes, block_bytes AS blockBytes,
  block_hashes AS blockHashes, head, offered_at AS offeredAt`;

/** Uploads that are kept in memory, so that a request for one of them asks no database. */
const MOST_REMEMBERED = 1024;

interface Remembered {
  readonly record: UploadRecord;
  /** In the database too. */
  written: boolean;
}

export class Uploads {
  readonly #insert;
  readonly #bySha256;
  readonly #byPackageId;
  readonly #remove;
  readonly #ofBooth;
  readonly #offeredBefore;
  /** Latest last; what is not yet written is never dropped. */
  readonly #remembered = new Map<string, Remembered>();
  readonly #unwritten = new Map<string, UploadRecord>();

  constructor(database: Database) {
    this.#insert = database.prepare(
      `INSERT INTO upload VALUES (:sha256, :packageId, :booth, :packageBytes, :blockBytes, :blockHashes, :head, :offeredAt)`,
    );
    this.#bySha256 = database.prepare<[string], UploadRecord>(`SELECT ${COLUMNS} FROM upload WHERE sha256 = ?`);
    this.#byPackageId = database.prepare<[string], string>("SELECT sha256 FROM upload WHERE package_id = ?").pluck();
    this.#remove = database.prepare<[string]>("DELETE FROM upload WHERE sha256 = ?");
    this.#ofBooth = database.prepare<[string], number>("SELECT count(*) FROM upload WHERE booth = ?").pluck();
    this.#offeredBefore = database.prepare<[string], string>("SELECT sha256 FROM upload WHERE offered_at < ?").pluck();
  }

  /** Takes an upload into memory only: one whose body comes at once needs no more. `writeRemembered` makes it outlive the process. */
  remember(offer: Offer, identity: { packageId: string; booth: string; offeredAt: string }): void {
    const { packageBytes, blockBytes, blockHashes, head } = offer;
    const sha256 = offer.sha256.toString("hex");
    const record: UploadRecord = { ...identity, sha256, packageBytes, blockBytes, blockHashes, head };
    this.#unwritten.set(record.packageId, record);
    this.#keep(record, false);
  }

  /** Writes what is in memory only, in one change that `write` makes outlive the process. */
  writeRemembered(write: (change: () => void) => void): void {
    const records = [...this.#unwritten.values()];
    write(() => {
      for (const record of records) this.#insert.run(record);
    });
    for (const record of records) this.#keep(record, true);
    this.#unwritten.clear();
  }

  find(sha256: string): UploadRecord | undefined {
    const known = this.#remembered.get(sha256);
    if (known) return known.record;
    const found = this.#bySha256.get(sha256);
    if (found) this.#keep(found, true);
    return found;
  }

  /** SHA-256 of the upload that has begun under a package number. */
  findByPackageId(packageId: string): string | undefined {
    return this.#unwritten.get(packageId)?.sha256 ?? this.#byPackageId.get(packageId);
  }

  /** Call it within a transaction. */
  remove(sha256: string): void {
    const known = this.#remembered.get(sha256);
    if (known?.written !== false) this.#remove.run(sha256);
    if (known) this.#unwritten.delete(known.record.packageId);
    this.#remembered.delete(sha256);
  }

  /** How many one booth has begun and not finished. */
  openOf(booth: string): number {
    let count = this.#ofBooth.get(booth) ?? 0;
    for (const record of this.#unwritten.values()) if (record.booth === booth) count++;
    return count;
  }

  /** Uploads begun before an instant: what has been given up. */
  offeredBefore(instant: string): string[] {
    return this.#offeredBefore.all(instant);
  }

  #keep(record: UploadRecord, written: boolean): void {
    this.#remembered.set(record.sha256, { record, written });
    if (this.#remembered.size <= MOST_REMEMBERED) return;
    for (const [sha256, oldest] of this.#remembered) {
      if (!oldest.written) continue;
      this.#remembered.delete(sha256);
      return;
    }
  }
}
