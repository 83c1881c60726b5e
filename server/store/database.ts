/** The server's one data file: SQLite in WAL mode, every commit durable before it returns. */
import { createRequire } from "node:module";
import type Sqlite from "better-sqlite3";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { MIGRATIONS } from "./migrations.ts";

export type Database = Sqlite.Database;

/** Milliseconds a statement waits for another process (a replay from the command line) to finish its transaction. */
const BUSY_MS = 5000;
/** Pages of 4 KiB in the log before they are carried over, and KiB of pages kept in memory. */
const CHECKPOINT_PAGES = 8192;
const CACHE_KIB = 16_384;

/**
 * Opens the store and brings its schema up to date, each step in a transaction of its own.
 * @throws KabinaError `store/engine-missing` when SQLite was not built on this machine, `store/newer` when a newer Kabina has written
 * it, `store/damaged` when SQLite cannot read it
 */
export function openDatabase(path: string, migrations: readonly string[] = MIGRATIONS): Database {
  const Engine = loadEngine();
  const database = open(() => new Engine(path));
  try {
    database.pragma("journal_mode = WAL");
    // FULL: a commit is on the disk when it returns; WAL alone (NORMAL) may lose the last ones in a power cut.
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    database.pragma("trusted_schema = OFF");
    // What is deleted is overwritten.
    database.pragma("secure_delete = ON");
    // What a large statement puts aside stays in memory: a temporary file would not be overwritten.
    database.pragma("temp_store = MEMORY");
    // The same pages change with package after package: they are carried from the log into the file now and then, not all the time.
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.pragma(`cache_size = -${CACHE_KIB}`);
    database.pragma(`busy_timeout = ${BUSY_MS}`);
    migrate(database, migrations);
    return database;
  } catch (error) {
    database.close();
    if (error instanceof KabinaError) throw error;
    if (isDiskFull(error)) throw new KabinaError("store/disk-full", {}, { cause: error });
    throw new KabinaError("store/damaged", {}, { cause: error });
  }
}

/** SQLite is compiled at installation; where there was no compiler, npm has left it out and everything but the server works. */
function loadEngine(): typeof Sqlite {
  try {
    const Engine = createRequire(import.meta.url)("better-sqlite3") as typeof Sqlite;
    // The package looks for its compiled part only now.
    new Engine(":memory:").close();
    return Engine;
  } catch (cause) {
    throw new KabinaError("store/engine-missing", {}, { cause });
  }
}

function open(make: () => Database): Database {
  try {
    return make();
  } catch (cause) {
    throw new KabinaError(isDiskFull(cause) ? "store/disk-full" : "store/damaged", {}, { cause });
  }
}

function migrate(database: Database, migrations: readonly string[]): void {
  const found = database.pragma("user_version", { simple: true }) as number;
  if (found > migrations.length) throw new KabinaError("store/newer", { found, known: migrations.length });
  for (let step = found; step < migrations.length; step++) {
    database.transaction(() => {
      database.exec(migrations[step] as string);
      database.pragma(`user_version = ${step + 1}`);
    })();
  }
}

/** True for SQLite's and the file system's ways to say that the disk is full. */
export function isDiskFull(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "SQLITE_FULL" || code === "ENOSPC" || code === "EDQUOT" || code === "SQLITE_IOERR_WRITE";
}
