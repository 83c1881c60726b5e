/** The outbox at work: keeps the entries, sends one package at a time, and decides when each is tried again. */
import { stat } from "node:fs/promises";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { TlsCredentials } from "../../crypto/keys/key.ts";
import { backOffMs } from "./back-off.ts";
import type { OutboxEntry } from "./entry.ts";
import type { OutboxFolder } from "./folder.ts";
import { forecast } from "./forecast.ts";
import { type IntakeClient, Refused } from "./intake-client.ts";
import type { OutboxLimits } from "./limits.ts";
import type { DecisionNotice, Outbox, OutboxForecast, OutboxItem, PackageIdentity } from "./outbox.ts";

/** What the outbox needs of `crypto`, with the booth's trust already in it. Both throw when the signature or the content is not right. */
export interface AnswerJudge {
  /** The moment of receipt, when `receipt` is the server's for exactly this package of this booth. */
  receipt(receipt: Uint8Array, of: { packageId: string; sha256: string; size: number }): { receivedAt: Date };
  /** Verified decision notices of a status answer, and the number to ask after next time. */
  notices(answer: unknown): {
    after: number;
    notices: readonly (DecisionNotice & { packageId: string })[];
    heartbeat?: Heartbeat;
  };
}

/** The server's word of the time, verified, and the same as it was signed. */
export interface Heartbeat {
  readonly at: Date;
  readonly signed: string;
}

export interface DeliveryOutboxOptions {
  readonly folder: OutboxFolder;
  readonly client: IntakeClient;
  readonly judge: AnswerJudge;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly limits: OutboxLimits;
  /** The server's signed time, each time it is heard and believed. */
  readonly onHeartbeat?: (heartbeat: Heartbeat) => void;
  /** The server has just answered: what else there is to say to it, over the same connection. */
  readonly onContact?: (client: IntakeClient, signal: AbortSignal) => Promise<void>;
  /** A failure without a code: for the log. */
  readonly onFault?: (error: unknown) => void;
}

export class DeliveryOutbox implements Outbox {
  readonly #options: DeliveryOutboxOptions;
  readonly #entries = new Map<string, OutboxEntry>();
  readonly #listeners = new Set<(item: OutboxItem) => void>();
  /** Writes of one entry follow each other. */
  readonly #writes = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #uploading: string | null = null;
  /** The try under way has got bytes across that no try before had. */
  #furthered = false;
  #noticesAfter = 0;
  #nextStatusMs = 0;
  /** When the last heartbeat came, on the clock that never goes back. */
  #heartbeatMs = Number.NEGATIVE_INFINITY;
  #wake: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();

  private constructor(options: DeliveryOutboxOptions) {
    this.#options = options;
  }

  /** Reads what is on the disk, finishes what a crash left half done, and starts to deliver. */
  static async open(options: DeliveryOutboxOptions): Promise<DeliveryOutbox> {
    const outbox = new DeliveryOutbox(options);
    for (const entry of await options.folder.open(options.clock.now())) outbox.#entries.set(entry.packageId, entry);
    await outbox.#finishPurges();
    outbox.#noticesAfter = await options.folder.lastNotice();
    outbox.#running = outbox.#run();
    return outbox;
  }

  async add(packagePath: string, manifest: PackageIdentity): Promise<OutboxItem> {
    const { folder, clock } = this.#options;
    const known = this.#entries.get(manifest.packageId);
    if (known) {
      if ((await folder.hash(packagePath)) !== known.sha256) {
        throw new KabinaError("outbox/package-differs", { packageId: manifest.packageId });
      }
      await folder.drop(packagePath, manifest.packageId);
      return this.#item(known);
    }
    const { waitingBytes, limitBytes } = this.forecast();
    if (waitingBytes + (await stat(packagePath)).size > limitBytes)
      throw new KabinaError("outbox/full", { limitBytes });
    const entry = await folder.take(packagePath, manifest, clock.now());
    this.#entries.set(entry.packageId, entry);
    this.#tell(entry);
    this.#wake();
    return this.#item(entry);
  }

  list(): OutboxItem[] {
    return [...this.#entries.values()].sort(oldestFirst).map((entry) => this.#item(entry));
  }

  get(packageId: string): OutboxItem | undefined {
    const entry = this.#entries.get(packageId);
    return entry && this.#item(entry);
  }

  forecast(): OutboxForecast {
    return forecast([...this.#entries.values()], this.#options.clock.now(), this.#options.limits);
  }

  async release(packageId: string): Promise<void> {
    const entry = this.#entries.get(packageId);
    if (!entry) throw new KabinaError("outbox/package-unknown", { packageId });
    if (entry.state === "received") return;
    const now = this.#options.clock.now().toISOString();
    await this.#change(packageId, { state: "waiting", attempts: 0, nextTryAt: now, offered: false });
    this.#wake();
  }

  onChange(listener: (item: OutboxItem) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The booth has another certificate: it connects with that one from now on. */
  identify(credentials: TlsCredentials, authorities?: readonly string[]): void {
    this.#options.client.identify(credentials, authorities);
    this.#wake();
  }

  /** Ends deliveries; what was under way goes on at the next start. */
  async close(): Promise<void> {
    this.#stop.abort(new KabinaError("outbox/closed"));
    this.#wake();
    this.#options.client.close();
    await this.#running;
    await Promise.all(this.#writes.values());
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const next = this.#nextDue();
      if (next?.dueInMs === 0) await this.#try(next.entry.packageId);
      else if (this.#statusDueInMs() === 0) await this.#askDecisions();
      else await this.#sleep(Math.min(next?.dueInMs ?? Number.POSITIVE_INFINITY, this.#statusDueInMs()));
    }
  }

  /** The waiting entry that is due first; of several that are due, the oldest. */
  #nextDue(): { entry: OutboxEntry; dueInMs: number } | undefined {
    const now = this.#options.clock.now().getTime();
    return [...this.#entries.values()]
      .filter(({ state }) => state === "waiting")
      .map((entry) => ({ entry, dueInMs: dueInMs(entry, now, this.#options.limits) }))
      .sort((a, b) => a.dueInMs - b.dueInMs || oldestFirst(a.entry, b.entry))[0];
  }

  async #try(packageId: string): Promise<void> {
    this.#uploading = packageId;
    this.#furthered = false;
    this.#tell(this.#entries.get(packageId));
    try {
      await this.#deliver(packageId);
    } catch (error) {
      if (!this.#stop.signal.aborted) await this.#failed(packageId, error);
    } finally {
      this.#uploading = null;
      this.#tell(this.#entries.get(packageId));
    }
  }

  /** One try: offer, body and receipt, in one request where the link holds; then purge. Each step only where it is still to be done. */
  async #deliver(packageId: string): Promise<void> {
    const { folder, client, judge } = this.#options;
    const { signal } = this.#stop;
    const entry = this.#entries.get(packageId) as OutboxEntry;
    const here = await folder.has(packageId);
    const sent = here ? await this.#send(entry, signal) : undefined;
    // Without one: the server had the package before, or the answer that brought it was lost.
    const fetched = () =>
      client.receipt(entry.sha256, signal).catch((error) => {
        // Neither here nor there: somebody has taken it away.
        if (!here && isCoded(error) && error.code === "intake/receipt-unknown")
          throw new KabinaError("outbox/package-lost");
        throw error;
      });
    const receipt = sent ?? (await fetched());
    const { receivedAt } = judge.receipt(receipt, entry);
    const received = {
      state: "received",
      sentBytes: entry.size,
      attempts: 0,
      nextTryAt: null,
      lastError: null,
      receivedAt: receivedAt.toISOString(),
      receipt: Buffer.from(receipt).toString("base64"),
    } as const;
    try {
      await this.#change(packageId, received);
    } catch (error) {
      if (!isCoded(error) || error.code !== "file/disk-full") throw error;
      // A full disk has no room to note the receipt before the package goes: the package goes first. Should the power fail in
      // between, the next start finds it gone and asks the server for the receipt again.
      await folder.purge(packageId);
      await this.#change(packageId, received);
    }
    await folder.purge(packageId);
    this.#nextStatusMs = 0;
  }

  /**
   * Gets the bytes across; resolves to the receipt, where an answer has brought it. An upload that the server no longer knows is offered
   * again, from the file as it is.
   */
  async #send(entry: OutboxEntry, signal: AbortSignal): Promise<Buffer | undefined> {
    const { folder, client } = this.#options;
    const { packageId, sha256 } = entry;
    const file = { path: folder.packagePath(packageId), stretches: await folder.stretchesToSend(entry) };
    const body = (from?: number) => client.body(file, sha256, from, (sent) => this.#progress(packageId, sent), signal);
    if (entry.offered) {
      try {
        return await body();
      } catch (error) {
        if (!isCoded(error) || error.code !== "intake/upload-unknown") throw error;
      }
    }
    const offer = await folder.offer(entry);
    const accepted = () => this.#change(packageId, { offered: true, sentBytes: offer.head.length });
    const { offset, receipt } = await client.create(offer, file, accepted, signal);
    if (receipt) return receipt;
    await accepted();
    return body(offset);
  }

  async #failed(packageId: string, error: unknown): Promise<void> {
    const { clock, random, limits, onFault } = this.#options;
    const code = isCoded(error) ? error.code : "outbox/failed";
    if (!isCoded(error)) onFault?.(error);
    const entry = this.#entries.get(packageId) as OutboxEntry;
    if (isHopeless(error)) {
      return this.#change(packageId, { state: "quarantined", nextTryAt: null, lastError: code });
    }
    // What got further is no failure in a row: the link is there, it only broke.
    const furthered = this.#furthered;
    const attempts = furthered ? 0 : entry.attempts + 1;
    const waitMs = furthered ? limits.afterProgressMs : backOffMs(attempts, random, limits);
    const nextTryAt = new Date(clock.now().getTime() + waitMs).toISOString();
    // The server does not know the upload (any more), or has found it to be damaged: begin with the offer, from the file as it is.
    const offered = entry.offered && code !== "intake/upload-unknown" && code !== "intake/block-mismatch";
    await this.#change(packageId, { attempts, nextTryAt, lastError: code, offered });
  }

  /** Progress is for people to see; it is not worth a write to the disk, the server knows the offset. */
  #progress(packageId: string, sentBytes: number): void {
    const entry = this.#entries.get(packageId) as OutboxEntry;
    if (sentBytes > entry.sentBytes) this.#furthered = true;
    this.#entries.set(packageId, { ...entry, sentBytes });
    this.#tell(this.#entries.get(packageId));
  }

  async #change(packageId: string, to: Partial<OutboxEntry>): Promise<void> {
    const before = this.#writes.get(packageId) ?? Promise.resolve();
    const changed = { ...(this.#entries.get(packageId) as OutboxEntry), ...to };
    const writing = before
      .catch(() => undefined)
      .then(() => this.#options.folder.write(changed))
      // A full disk must not stop deliveries: they are what makes room. What is in memory goes on; the disk follows later.
      .catch((error) => {
        if (to.state === "received") throw error;
        this.#options.onFault?.(error);
      });
    this.#writes.set(
      packageId,
      writing.catch(() => undefined),
    );
    if (to.state !== "received") this.#entries.set(packageId, changed);
    await writing;
    if (to.state === "received") this.#entries.set(packageId, changed);
    this.#tell(this.#entries.get(packageId));
  }

  /** A crash between the receipt and the purge: judged again, as the bytes go for good. */
  async #finishPurges(): Promise<void> {
    const { folder, judge, clock } = this.#options;
    const oldest = clock.now().getTime() - this.#options.limits.keepReceivedDays * 86_400_000;
    for (const entry of [...this.#entries.values()].filter(({ state }) => state === "received")) {
      if (await folder.has(entry.packageId)) {
        try {
          judge.receipt(Buffer.from(entry.receipt ?? "", "base64"), entry);
          await folder.purge(entry.packageId);
        } catch {
          const now = clock.now().toISOString();
          await this.#change(entry.packageId, { state: "waiting", receipt: null, offered: false, nextTryAt: now });
        }
      } else if (Date.parse(entry.receivedAt ?? entry.addedAt) < oldest) {
        await folder.forget(entry.packageId);
        this.#entries.delete(entry.packageId);
      }
    }
  }

  #statusDueInMs(): number {
    const awaited = [...this.#entries.values()].some(
      ({ state, decision }) => state === "received" && decision === null,
    );
    const { clock, limits } = this.#options;
    // Also where no decision is awaited: the server's word of the time is wanted.
    const rest = awaited ? 0 : limits.heartbeatEveryMs - limits.statusEveryMs;
    return Math.max(0, this.#nextStatusMs + (this.#nextStatusMs === 0 ? 0 : rest) - clock.monotonic());
  }

  async #askDecisions(): Promise<void> {
    const { client, folder, judge, clock, onFault } = this.#options;
    const { limits } = this.#options;
    this.#nextStatusMs = clock.monotonic() + limits.statusEveryMs;
    const stale = clock.monotonic() - this.#heartbeatMs >= limits.heartbeatEveryMs;
    try {
      const answer = await client.status(this.#noticesAfter, stale, this.#stop.signal);
      const { after, notices, heartbeat } = judge.notices(answer);
      if (heartbeat) {
        this.#heartbeatMs = clock.monotonic();
        this.#options.onHeartbeat?.(heartbeat);
      }
      for (const { packageId, ...decision } of notices) {
        if (this.#entries.has(packageId)) await this.#change(packageId, { decision });
      }
      if (after !== this.#noticesAfter) {
        this.#noticesAfter = after;
        await folder.writeLastNotice(after);
      }
    } catch (error) {
      if (!isCoded(error)) onFault?.(error);
      return;
    }
    await this.#options.onContact?.(client, this.#stop.signal).catch((error) => onFault?.(error));
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      // Woken at least every minute: the wall clock may be set while we sleep.
      const timer = setTimeout(resolve, Math.min(ms, 60_000));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #tell(entry: OutboxEntry | undefined): void {
    if (entry) for (const listener of this.#listeners) listener(this.#item(entry));
  }

  #item(entry: OutboxEntry): OutboxItem {
    const { format: _format, offered: _offered, receipt: _receipt, ...shown } = entry;
    return {
      ...shown,
      state: this.#uploading === entry.packageId && entry.state === "waiting" ? "uploading" : entry.state,
    };
  }
}

/** Milliseconds until an entry is due; never longer than the longest back-off, whatever the clock was when it was written. */
function dueInMs(entry: OutboxEntry, now: number, { longestRetryMs }: OutboxLimits): number {
  const wait = Date.parse(entry.nextTryAt ?? "") - now;
  return wait > 0 && wait <= longestRetryMs ? wait : 0;
}

/** True when trying again with the same bytes cannot help. */
function isHopeless(error: unknown): boolean {
  if (error instanceof Refused) return error.permanent;
  return isCoded(error) && (error.code === "outbox/package-damaged" || error.code === "outbox/package-lost");
}

function oldestFirst(a: OutboxEntry, b: OutboxEntry): number {
  return a.addedAt < b.addedAt ? -1 : a.addedAt > b.addedAt ? 1 : a.packageId < b.packageId ? -1 : 1;
}
