/** The server's store: one database, its repositories, and the queue through which changes become durable. */
import type { RandomBytes } from "../../crypto/environment.ts";
import type { KeyRing } from "../../crypto/keys/key-ring.ts";
import { Alarms } from "./alarms.ts";
import { BoothLogs } from "./booth-logs.ts";
import { CaseDevices } from "./case-devices.ts";
import { CaseStaff } from "./case-staff.ts";
import { Cases } from "./cases.ts";
import { CommitQueue } from "./commit-queue.ts";
import { type Database, openDatabase } from "./database.ts";
import { Decisions } from "./decisions.ts";
import { Erasures } from "./erasures.ts";
import { Notes } from "./notes.ts";
import { Notices } from "./notices.ts";
import { Orders } from "./orders.ts";
import { Packages } from "./packages.ts";
import { Parts } from "./parts.ts";
import { Seals } from "./seals.ts";
import { SecondLooks } from "./second-looks.ts";
import { Uploads } from "./uploads.ts";

export interface Store {
  readonly database: Database;
  readonly commits: CommitQueue;
  readonly uploads: Uploads;
  readonly packages: Packages;
  readonly cases: Cases;
  readonly seals: Seals;
  readonly devices: CaseDevices;
  readonly staff: CaseStaff;
  readonly looks: SecondLooks;
  readonly parts: Parts;
  readonly decisions: Decisions;
  readonly notes: Notes;
  readonly notices: Notices;
  readonly alarms: Alarms;
  readonly boothLogs: BoothLogs;
  readonly erasures: Erasures;
  readonly orders: Orders;
  close(): void;
}

/** What can be read and noted without the key that opens parts. */
export type Records = Pick<
  Store,
  "database" | "commits" | "cases" | "seals" | "devices" | "staff" | "looks" | "decisions"
>;

/** Opens that much of a store, for commands beside a running server. Throws what `openDatabase` throws. */
export function openRecords(path: string): Records {
  return recordsOf(openDatabase(path));
}

const recordsOf = (database: Database): Records => ({
  database,
  commits: new CommitQueue(database),
  cases: new Cases(database),
  seals: new Seals(database),
  devices: new CaseDevices(database),
  staff: new CaseStaff(database),
  looks: new SecondLooks(database),
  decisions: new Decisions(database),
});

/** Opens the store in the file at `path`; `keys` are the `server-recipient` keys. Throws what `openDatabase` throws. */
export function openStore(path: string, keys: KeyRing, random: RandomBytes): Store {
  const database = openDatabase(path);
  const parts = new Parts(database, keys, random);
  return {
    ...recordsOf(database),
    uploads: new Uploads(database),
    packages: new Packages(database),
    parts,
    notes: new Notes(database, parts),
    notices: new Notices(database),
    alarms: new Alarms(database),
    boothLogs: new BoothLogs(database),
    erasures: new Erasures(database),
    orders: new Orders(database, parts),
    close: () => database.close(),
  };
}
