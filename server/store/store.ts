/** The server's store: one database, its repositories, and the queue through which changes become durable. */
import type { RandomBytes } from "../../crypto/environment.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { Alarms } from "./alarms.ts";
import { Cases } from "./cases.ts";
import { CommitQueue } from "./commit-queue.ts";
import { type Database, openDatabase } from "./database.ts";
import { Decisions } from "./decisions.ts";
import { Notes } from "./notes.ts";
import { Notices } from "./notices.ts";
import { Packages } from "./packages.ts";
import { Parts } from "./parts.ts";
import { Seals } from "./seals.ts";
import { Uploads } from "./uploads.ts";

export interface Store {
  readonly database: Database;
  readonly commits: CommitQueue;
  readonly uploads: Uploads;
  readonly packages: Packages;
  readonly cases: Cases;
  readonly seals: Seals;
  readonly parts: Parts;
  readonly decisions: Decisions;
  readonly notes: Notes;
  readonly notices: Notices;
  readonly alarms: Alarms;
  close(): void;
}

/** Opens the store in the file at `path`; `key` is the `server-recipient` key. Throws what `openDatabase` throws. */
export function openStore(path: string, key: PrivateKeyHandle, random: RandomBytes): Store {
  const database = openDatabase(path);
  const parts = new Parts(database, key, random);
  return {
    database,
    commits: new CommitQueue(database),
    uploads: new Uploads(database),
    packages: new Packages(database),
    cases: new Cases(database),
    seals: new Seals(database),
    parts,
    notes: new Notes(database, parts),
    decisions: new Decisions(database),
    notices: new Notices(database),
    alarms: new Alarms(database),
    close: () => database.close(),
  };
}
