/**
 * The booth's line of packages, each naming the one before it; since when its machine runs; and the server's time as it was last heard and
 * signed: evidence by which the server judges when a package was sealed.
 */
import { readFile, rm } from "node:fs/promises";
import { uptime } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { TimeEvidence } from "../../crypto/package/manifest.ts";
import { randomUuid } from "../../crypto/uuid.ts";
import type { Heartbeat } from "../outbox/delivery-outbox.ts";

const FILE = "seal-chain.json";
const HEARD_FILE = "heartbeat.json";
/** Milliseconds between two writes of the heartbeat: what is on the disk is for the next start of this process. */
const HEARD_WRITTEN_MS = 10 * 60_000;
const BOOT_ID = "/proc/sys/kernel/random/boot_id";
/** What a booth counted in before it had a chain. */
const FORMER_FILES = ["sealed-count", "server-time.json"] as const;

const place = { chain: TimeEvidence.shape.chain, counter: TimeEvidence.shape.counter };
const State = z.strictObject({
  ...place,
  previous: TimeEvidence.shape.previous,
  /** The package that took the place before this one: sealed once more, it takes the same place. */
  last: z
    .strictObject({
      packageId: z.uuid(),
      counter: TimeEvidence.shape.counter,
      previous: TimeEvidence.shape.previous,
    })
    .nullable(),
});
type State = z.infer<typeof State>;
const Heard = z.strictObject({ at: z.iso.datetime(), heartbeat: TimeEvidence.shape.heartbeat.unwrap() });
type Heard = z.infer<typeof Heard>;

/** A place in the chain for one package. */
export interface SealPlace {
  readonly evidence: TimeEvidence;
  /** Called with the SHA-256 of the manifest before the package leaves the sealer's hands: durable when it resolves. */
  taken(manifestSha256: string): Promise<void>;
}

export class SealChain {
  readonly #folder: string;
  readonly #bootId: string;
  /** Milliseconds since the machine's boot. */
  readonly #sinceBoot: () => number;
  readonly #clock: Clock;
  #state: State;
  #heard: Heard | null;
  #heardWrittenMs = Number.NEGATIVE_INFINITY;

  private constructor(
    folder: string,
    bootId: string,
    sinceBoot: () => number,
    clock: Clock,
    state: State,
    heard: Heard | null,
  ) {
    this.#folder = folder;
    this.#bootId = bootId;
    this.#sinceBoot = sinceBoot;
    this.#clock = clock;
    this.#state = state;
    this.#heard = heard;
  }

  /** @param boothFolder `<data>/booth` */
  static async open(boothFolder: string, clock: Clock, random: RandomBytes): Promise<SealChain> {
    const bootId = (await readFile(BOOT_ID, "utf8")).trim().toLowerCase();
    // The process's clock begins with the process: told since the boot, times of two processes can be compared.
    const bootMs = uptime() * 1000 - clock.monotonic();
    const sinceBoot = () => Math.max(0, Math.round(bootMs + clock.monotonic()));
    let state = await read(join(boothFolder, FILE), State);
    if (state === null) {
      state = { chain: randomUuid(random), counter: 0, previous: null, last: null };
      await writeFileDurably(join(boothFolder, FILE), JSON.stringify(state), 0o600);
      for (const name of FORMER_FILES) await rm(join(boothFolder, name), { force: true });
    }
    return new SealChain(
      boothFolder,
      bootId,
      sinceBoot,
      clock,
      state,
      await read(join(boothFolder, HEARD_FILE), Heard),
    );
  }

  /** The server has said what time it is. */
  async heard({ at, signed }: Heartbeat): Promise<void> {
    const monotonicMs = this.#sinceBoot();
    this.#heard = { at: at.toISOString(), heartbeat: { signed, monotonicMs, bootId: this.#bootId } };
    if (monotonicMs - this.#heardWrittenMs < HEARD_WRITTEN_MS) return;
    this.#heardWrittenMs = monotonicMs;
    await writeFileDurably(join(this.#folder, HEARD_FILE), JSON.stringify(this.#heard), 0o600);
  }

  /** The booth's clock less the server's, milliseconds, by what was heard since the machine's start; null where nothing was. */
  clockOffsetMs(): number | null {
    const heard = this.#heard;
    if (heard === null || heard.heartbeat.bootId !== this.#bootId) return null;
    const passed = this.#sinceBoot() - heard.heartbeat.monotonicMs;
    return this.#clock.now().getTime() - (Date.parse(heard.at) + passed);
  }

  /** The package sealed last, for whoever is to know that it exists; null before the first. */
  get head(): { readonly chain: string; readonly counter: number; readonly manifestSha256: string } | null {
    const { chain, counter, previous } = this.#state;
    return previous === null ? null : { chain, counter: counter - 1, manifestSha256: previous };
  }

  /** The place of a package, which the same package gets again when it has to be sealed again. */
  place(packageId: string): SealPlace {
    const { chain, counter, previous, last } = this.#state;
    const own = last?.packageId === packageId ? last : { packageId, counter, previous };
    const heartbeat = this.#heard?.heartbeat ?? null;
    return {
      evidence: {
        ...{ chain, counter: own.counter, previous: own.previous, heartbeat },
        ...{ bootId: this.#bootId, monotonicMs: this.#sinceBoot() },
      },
      taken: async (manifestSha256) => {
        const next = { chain, counter: own.counter + 1, previous: manifestSha256, last: own };
        await writeFileDurably(join(this.#folder, FILE), JSON.stringify(next), 0o600);
        this.#state = next;
      },
    };
  }
}

/** A file of ours; one that is not there or cannot be read counts as none. */
async function read<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  try {
    return schema.parse(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null;
  }
}
