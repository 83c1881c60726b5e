/** What each case was captured with: devices, never persons. */
import { DeviceIdentity } from "../../crypto/device/device.ts";
import type { Database } from "./database.ts";

export interface CaseDevice {
  readonly caseId: string;
  readonly device: DeviceIdentity;
}

interface Row {
  readonly caseId: string;
  readonly identity: string;
}

const read = ({ caseId, identity }: Row): CaseDevice => ({
  caseId,
  device: DeviceIdentity.parse(JSON.parse(identity)),
});

export class CaseDevices {
  readonly #put;
  readonly #drop;
  readonly #ofCertificate;
  readonly #kinds;
  readonly #all;

  constructor(database: Database) {
    this.#put = database.prepare("INSERT OR REPLACE INTO case_device VALUES (?, ?, ?, ?)");
    this.#drop = database.prepare("DELETE FROM case_device WHERE case_id = ?");
    this.#ofCertificate = database.prepare<[string], Row>(
      "SELECT case_id AS caseId, identity FROM case_device WHERE certificate_sha256 = ?",
    );
    this.#kinds = database.prepare<[], string>("SELECT DISTINCT identity FROM case_device").pluck();
    this.#all = database.prepare<[string], Row>(
      "SELECT case_id AS caseId, identity FROM case_device WHERE identity = ?",
    );
  }

  /** Replaces what was known of the case. */
  put(caseId: string, devices: readonly DeviceIdentity[]): void {
    this.#drop.run(caseId);
    for (const device of devices)
      this.#put.run(caseId, device.kind, JSON.stringify(DeviceIdentity.parse(device)), device.certificateSha256);
  }

  ofCertificate(sha256: string): CaseDevice[] {
    return this.#ofCertificate.all(sha256).map(read);
  }

  /** Every case captured with a device that `meant` picks; each different device is asked about once. */
  meant(meant: (device: DeviceIdentity) => boolean): CaseDevice[] {
    return this.#kinds
      .all()
      .filter((identity) => meant(DeviceIdentity.parse(JSON.parse(identity))))
      .flatMap((identity) => this.#all.all(identity).map(read));
  }
}
