/** How many packages this booth has sealed, ever, and since when its machine runs: evidence for the server to judge time by. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import type { Clock } from "../../crypto/environment.ts";
import type { TimeEvidence } from "../../crypto/package/manifest.ts";

const FILE = "sealed-count";
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

export class SealCounter {
  readonly #path: string;
  readonly #bootId: string;
  readonly #clock: Clock;
  #count: number;
  /** The server's time as last heard; null before the first contact of this boot. */
  lastServerTime: TimeEvidence["lastServerTime"] = null;

  private constructor(path: string, bootId: string, clock: Clock, count: number) {
    this.#path = path;
    this.#bootId = bootId;
    this.#clock = clock;
    this.#count = count;
  }

  static async open(boothFolder: string, clock: Clock): Promise<SealCounter> {
    const path = join(boothFolder, FILE);
    const count = Number((await readFile(path, "utf8").catch(() => "0")).trim());
    const bootId = (await readFile(BOOT_ID, "utf8")).trim().toLowerCase();
    return new SealCounter(path, bootId, clock, Number.isSafeInteger(count) && count >= 0 ? count : 0);
  }

  /** Evidence for the next package; the counter is durable before it is used, so that no number serves twice. */
  async next(): Promise<TimeEvidence> {
    const counter = this.#count;
    await writeFileDurably(this.#path, `${counter + 1}\n`, 0o600);
    this.#count = counter + 1;
    return {
      bootId: this.#bootId,
      counter,
      monotonicMs: Math.round(this.#clock.monotonic()),
      lastServerTime: this.lastServerTime,
    };
  }
}
