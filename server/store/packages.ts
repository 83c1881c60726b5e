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

type Row = Omit<PackageRecord, "manifest"> & { readonly manifest: string };

const COLUMNS =
  "sha256, package_id AS packageId, booth, bytes, manifest, receipt, received_at AS receivedAt FROM package";

export class Packages {
  readonly #insert;
  readonly #bySha256;
  readonly #byPackageId;

  constructor(database: Database) {
    this.#insert = database.prepare(
      "INSERT INTO package VALUES (:sha256, :packageId, :booth, :bytes, :manifest, :receipt, :receivedAt)",
    );
    this.#bySha256 = database.prepare<[string], Row>(`SELECT ${COLUMNS} WHERE sha256 = ?`);
    this.#byPackageId = database.prepare<[string], Row>(`SELECT ${COLUMNS} WHERE package_id = ?`);
  }

  insert(record: PackageRecord): void {
    this.#insert.run({ ...record, manifest: JSON.stringify(record.manifest) });
  }

  find(sha256: string): PackageRecord | undefined {
    return read(this.#bySha256.get(sha256));
  }

  findByPackageId(packageId: string): PackageRecord | undefined {
    return read(this.#byPackageId.get(packageId));
  }
}

function read(row: Row | undefined): PackageRecord | undefined {
  return row && { ...row, manifest: JSON.parse(row.manifest) as Manifest };
}
