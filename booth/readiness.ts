/** Whether a session may begin: room on the disk, room in the outbox, a clock that can be believed. */
import { statfs } from "node:fs/promises";
import type { Certificate } from "../crypto/certificate/certificate.ts";
import type { Clock } from "../crypto/environment.ts";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import type { Outbox } from "./outbox/outbox.ts";

export interface ReadinessTools {
  /** `<data>/booth` */
  readonly folder: string;
  readonly clock: Clock;
  /** The booth's own certificate: outside its time the clock is wrong, or the booth must be renewed; either way nobody can believe what it signs. */
  readonly certificate: () => Certificate;
  /** Why the booth is not to be believed at all, such as a revoked certificate. */
  readonly trustProblem?: () => KabinaError | null;
  /** The booth's clock less the server's, milliseconds, where it can be told. */
  readonly clockOffsetMs?: () => number | null;
  readonly outbox: Pick<Outbox, "forecast">;
  /** Free bytes under which no session begins. */
  readonly leastFreeBytes?: number;
  /** How to ask for the free space; `statfs` when left out. */
  readonly lookEveryMs?: number;
  readonly look?: (folder: string) => Promise<{ readonly bavail: number; readonly bsize: number }>;
}

/** A session with all its tries, its journal and its package. */
const LEAST_FREE_BYTES = 100 * 1024 * 1024;
/** Under this no session could end: its journal and its package would not fit, whatever anybody sets. */
export const LEAST_FREE_FLOOR_BYTES = 16 * 1024 * 1024;
const LOOK_EVERY_MS = 5000;
/** Milliseconds by which the clock may differ from the server's before nobody is taken in: what is sealed under it may be refused for its times. */
const CLOCK_OFF_MS = 24 * 3600 * 1000;

export class Readiness {
  readonly #tools: ReadinessTools;
  #freeBytes = Number.POSITIVE_INFINITY;
  #looking = false;
  /** The last look has not come back by the time of the next. */
  #silent = false;
  #timer: NodeJS.Timeout | undefined;

  private constructor(tools: ReadinessTools) {
    this.#tools = tools;
  }

  static async watch(tools: ReadinessTools, changed: () => void): Promise<Readiness> {
    const readiness = new Readiness(tools);
    await readiness.#look();
    readiness.#timer = setInterval(() => {
      const before = readiness.problem()?.code;
      void readiness.#look().then(() => {
        if (readiness.problem()?.code !== before) changed();
      });
    }, tools.lookEveryMs ?? LOOK_EVERY_MS);
    readiness.#timer.unref();
    return readiness;
  }

  get freeBytes(): number {
    return this.#freeBytes;
  }

  get enoughSpace(): boolean {
    return this.#freeBytes >= Math.max(LEAST_FREE_FLOOR_BYTES, this.#tools.leastFreeBytes ?? LEAST_FREE_BYTES);
  }

  /** Null while the clock is within the life of the booth's certificate, and not days off what the server said. */
  clockProblem(): KabinaError | null {
    const now = this.#tools.clock.now();
    const { notBefore, notAfter } = this.#tools.certificate();
    const off = Math.abs(this.#tools.clockOffsetMs?.() ?? 0) > CLOCK_OFF_MS;
    return off || now < notBefore || now > notAfter
      ? new KabinaError("clock/suspect", { shown: now.toISOString() })
      : null;
  }

  /** Why no session may begin; null when one may. */
  problem(): KabinaError | null {
    if (this.#silent) return new KabinaError("journal/disk-silent");
    if (!this.enoughSpace) return new KabinaError("journal/disk-full");
    const { waitingBytes, limitBytes } = this.#tools.outbox.forecast();
    if (waitingBytes >= limitBytes) return new KabinaError("outbox/full", { limitBytes });
    return this.#tools.trustProblem?.() ?? this.clockProblem();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** One look at a time: a disk that does not answer would otherwise take thread after thread. */
  async #look(): Promise<void> {
    if (this.#looking) {
      this.#silent = true;
      return;
    }
    this.#looking = true;
    const space = await (this.#tools.look ?? statfs)(this.#tools.folder).catch(() => undefined);
    this.#looking = false;
    this.#silent = false;
    if (space !== undefined) this.#freeBytes = space.bavail * space.bsize;
  }
}
