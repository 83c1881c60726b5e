/**
 * How many packages this booth has sealed, ever, since when its machine runs, and the server's time as it was last heard: evidence
 * for the server to judge the booth's clock by.
 */
import { readFile } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import type { Clock } from "../../crypto/environment.ts";
import { TimeEvidence, toInstant } from "../../crypto/package/manifest.ts";

const FILE = "sealed-count";
const HEARD_FILE = "server-time.json";
/** Milliseconds between two writes of the time heard: what is on the disk is for the next start of this process. */
const HEARD_WRITTEN_MS = 10 * 60_000;
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

type Heard = TimeEvidence["lastServerTime"];

export class SealCounter {
  readonly #folder: string;
  readonly #bootId: string;
  /** Milliseconds since the machine's boot. */
  readonly #sinceBoot: () => number;
  #count: number;
  #heard: Heard;
  #heardWrittenMs = Number.NEGATIVE_INFINITY;

  private constructor(folder: string, bootId: string, sinceBoot: () => number, count: number, heard: Heard) {
    this.#folder = folder;
    this.#bootId = bootId;
    this.#sinceBoot = sinceBoot;
    this.#count = count;
    this.#heard = heard;
  }

  static async open(boothFolder: string, clock: Clock): Promise<SealCounter> {
    const count = Number((await readFile(join(boothFolder, FILE), "utf8").catch(() => "0")).trim());
    const bootId = (await readFile(BOOT_ID, "utf8")).trim().toLowerCase();
    // The process's clock begins with the process: told since the boot, times of two processes can be compared.
    const bootMs = uptime() * 1000 - clock.monotonic();
    const sinceBoot = () => Math.max(0, Math.round(bootMs + clock.monotonic()));
    const known = Number.isSafeInteger(count) && count >= 0 ? count : 0;
    return new SealCounter(boothFolder, bootId, sinceBoot, known, await readHeard(boothFolder));
  }

  /** The server has said what time it is. */
  async heard(at: Date): Promise<void> {
    const monotonicMs = this.#sinceBoot();
    this.#heard = { at: toInstant(at), monotonicMs, bootId: this.#bootId };
    if (monotonicMs - this.#heardWrittenMs < HEARD_WRITTEN_MS) return;
    this.#heardWrittenMs = monotonicMs;
    await writeFileDurably(join(this.#folder, HEARD_FILE), JSON.stringify(this.#heard), 0o600);
  }

  /** Evidence for the next package; the counter is durable before it is used, so that no number serves twice. */
  async next(): Promise<TimeEvidence> {
    const counter = this.#count;
    await writeFileDurably(join(this.#folder, FILE), `${counter + 1}\n`, 0o600);
    this.#count = counter + 1;
    return { bootId: this.#bootId, counter, monotonicMs: this.#sinceBoot(), lastServerTime: this.#heard };
  }
}

/** What a process before has heard; one that cannot be read counts as nothing heard. */
async function readHeard(folder: string): Promise<Heard> {
  try {
    const text = await readFile(join(folder, HEARD_FILE), "utf8");
    return TimeEvidence.shape.lastServerTime.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
