/** Uploads that booths have begun. */
import type { Offer } from "../../crypto/delivery/offer.ts";
import type { Database } from "./database.ts";

export interface UploadRecord {
  /** SHA-256 of the package, hexadecimal. */
  readonly sha256: string;
  readonly packageId: string;
  readonly booth: string;
  readonly packageBytes: number;
  readonly blockBytes: number;
  readonly blockHashes: Buffer;
  readonly head: Buffer;
  readonly offeredAt: string;
}

const COLUMNS = `sha256, package_id AS packageId, booth, package_bytes AS packageBytes, block_bytes AS blockBytes,
  block_hashes AS blockHashes, head, offered_at AS offeredAt`;

export class Uploads {
  readonly #insert;
  readonly #bySha256;
  readonly #byPackageId;
  readonly #remove;
  readonly #ofBooth;
  readonly #offeredBefore;

  constructor(database: Database) {
    this.#insert = database.prepare(
      `INSERT INTO upload VALUES (:sha256, :packageId, :booth, :packageBytes, :blockBytes, :blockHashes, :head, :offeredAt)`,
    );
    this.#bySha256 = database.prepare<[string], UploadRecord>(`SELECT ${COLUMNS} FROM upload WHERE sha256 = ?`);
    this.#byPackageId = database.prepare<[string], UploadRecord>(`SELECT ${COLUMNS} FROM upload WHERE package_id = ?`);
    this.#remove = database.prepare<[string]>("DELETE FROM upload WHERE sha256 = ?");
    this.#ofBooth = database.prepare<[string], { count: number; bytes: number }>(
      "SELECT count(*) AS count, coalesce(sum(package_bytes), 0) AS bytes FROM upload WHERE booth = ?",
    );
    this.#offeredBefore = database.prepare<[string], string>("SELECT sha256 FROM upload WHERE offered_at < ?").pluck();
  }

  insert(offer: Offer, identity: { packageId: string; booth: string; offeredAt: string }): void {
    this.#insert.run({
      ...identity,
      sha256: offer.sha256.toString("hex"),
      packageBytes: offer.packageBytes,
      blockBytes: offer.blockBytes,
      blockHashes: offer.blockHashes,
      head: offer.head,
    });
  }

  find(sha256: string): UploadRecord | undefined {
    return this.#bySha256.get(sha256);
  }

  findByPackageId(packageId: string): UploadRecord | undefined {
    return this.#byPackageId.get(packageId);
  }

  remove(sha256: string): void {
    this.#remove.run(sha256);
  }

  /** How much one booth has begun and not finished. */
  openOf(booth: string): { count: number; bytes: number } {
    return this.#ofBooth.get(booth) ?? { count: 0, bytes: 0 };
  }

  /** Uploads begun before an instant: what has been given up. */
  offeredBefore(instant: string): string[] {
    return this.#offeredBefore.all(instant);
  }
}
