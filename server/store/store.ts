/** The server's store: one database, its repositories, and the queue through which changes become durable. */
import { Alarms } from "./alarms.ts";
import { Cases } from "./cases.ts";
import { CommitQueue } from "./commit-queue.ts";
import { type Database, openDatabase } from "./database.ts";
import { Packages } from "./packages.ts";
import { Uploads } from "./uploads.ts";

export interface Store {
  readonly database: Database;
  readonly commits: CommitQueue;
  readonly uploads: Uploads;
  readonly packages: Packages;
  readonly cases: Cases;
  readonly alarms: Alarms;
  close(): void;
}

/** Opens the store in the file at `path`; throws what `openDatabase` throws. */
export function openStore(path: string): Store {
  const database = openDatabase(path);
  return {
    database,
    commits: new CommitQueue(database),
    uploads: new Uploads(database),
    packages: new Packages(database),
    cases: new Cases(database),
    alarms: new Alarms(database),
    close: () => database.close(),
  };
}
