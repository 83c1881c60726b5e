/** Packages that are durable and verified, each with its receipt. */
import type { Manifest } from "../../crypto/package/manifest.ts";
import type { Database } from "./database.ts";

export interface PackageRecord {
  readonly sha256: string;
  readonly packageId: string;
  readonly booth: string;
  readonly bytes: number;
  readonly manifest: Manifest;
  readonly receipt: Buffer;
  readonly receivedAt: string;
}

/** A package as it comes in: its manifest in the one form of its bytes. */
export type NewPackage = Omit<PackageRecord, "manifest"> & { readonly manifest: string };

const COLUMNS =
  "sha256, package_id AS packageId, booth, bytes, manifest, receipt, received_at AS receivedAt FROM package";

export class Packages {
  readonly #insert;
  readonly #receipt;
  readonly #size;
  readonly #bySha256;
  readonly #byPackageId;

  constructor(database: Database) {
    this.#insert = database.prepare(
      "INSERT INTO package VALUES (:sha256, :packageId, :booth, :bytes, :manifest, :receipt, :receivedAt)",
    );
    this.#receipt = database.prepare<[string], { booth: string; receipt: Buffer }>(
      "SELECT booth, receipt FROM package WHERE sha256 = ?",
    );
    this.#size = database.prepare<[string], { booth: string; bytes: number }>(
      "SELECT booth, bytes FROM package WHERE sha256 = ?",
    );
    this.#bySha256 = database.prepare<[string], NewPackage>(`SELECT ${COLUMNS} WHERE sha256 = ?`);
    this.#byPackageId = database.prepare<[string], NewPackage>(`SELECT ${COLUMNS} WHERE package_id = ?`);
  }

  insert(record: NewPackage): void {
    this.#insert.run(record);
  }

  /** The receipt of a package, and whose it is. */
  receipt(sha256: string): { booth: string; receipt: Buffer } | undefined {
    return this.#receipt.get(sha256);
  }

  /** Bytes of a package, and whose it is. */
  size(sha256: string): { booth: string; bytes: number } | undefined {
    return this.#size.get(sha256);
  }

  find(sha256: string): PackageRecord | undefined {
    return read(this.#bySha256.get(sha256));
  }

  findByPackageId(packageId: string): PackageRecord | undefined {
    return read(this.#byPackageId.get(packageId));
  }
}

function read(row: NewPackage | undefined): PackageRecord | undefined {
  return row && { ...row, manifest: JSON.parse(row.manifest) as Manifest };
}
