/**
 * Runs one booth's sessions, one after the other: every event goes through the pure machine, into the journal, and only then
 * becomes true; what the new state needs done is started, what it no longer needs is stopped.
 */
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { faultOf } from "../../crypto/errors/fault.ts";
import { type ErrorDetail, isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { SessionPolicy } from "../../crypto/policy/session-policy.ts";
import { randomUuid } from "../../crypto/uuid.ts";
import type { Language, ScreenEvent, StepName } from "../api/messages.ts";
import { type Erasure, eraseRemains, Journal, type JournalTools, within } from "../journal/journal.ts";
import { type Activity, type ActivityName, activityOf, matches, type Stage } from "./activity.ts";
import type { BlobId } from "./captures.ts";
import { type Deadline, deadlineOf } from "./deadline.ts";
import type { SessionEvent, SessionEventType, SessionInput, Unstamped } from "./events.ts";
import { type Live, stillLife } from "./live.ts";
import { advance, newSession, type SessionSnapshot, takes } from "./machine.ts";
import { Pictures } from "./pictures.ts";
import { type Beginning, type JournalEntry, replay } from "./replay.ts";

export interface HostTools {
  readonly policy: SessionPolicy;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly journal: JournalTools;
  readonly software: string;
  readonly activities: Readonly<Record<Exclude<ActivityName, "erase">, Activity>>;
  /** Why no session may begin now; null when one may. */
  gate(): KabinaError | null;
  /** Which camera a new session begins with. */
  cameraSource(): "booth" | "browser";
  /** Called when a session begins: what the screen shows of the devices is told again. */
  begun(): void;
  /** Called before a session's traces are erased, for what lies outside its journal. */
  beforeErase(session: SessionSnapshot): Promise<void>;
  /** Called when nothing of the session is held any more. */
  afterErase(): void;
  /** What belongs into the audit log; never personal. */
  audit(kind: string, data: Readonly<Record<string, string | number | boolean>>): void;
  /** Things worth a line in the log; never personal. */
  log(what: string, details?: Readonly<Record<string, ErrorDetail>>): void;
}

/** Milliseconds before an activity that failed is started again by itself. */
const RESTART_MS = 1500;
/** What the disk of the journal does to a capture: it waits, and the problem is over when it could be written. */
const JOURNAL_PROBLEMS = "journal/";
/** Milliseconds between tries to write a capture to a full disk. */
const DISK_RETRY_MS = 3000;
/** Events that become true even if the journal cannot take them: nobody may be kept in the booth by a full disk. */
const NEVER_BLOCKED: ReadonlySet<SessionEventType> = new Set([
  "leave",
  "time.out",
  "consent.refuse",
  "receipt.done",
  "verdict.done",
  "trouble",
  "trouble.over",
  "help",
  "stay",
  "language",
  "retry",
  "back",
  "seal.done",
  "seal.failed",
  "seal.slow",
  "seal.park",
  "printed",
]);
/** Events that say nothing of the person's presence, so that they give no more time. */
const NOT_PRESENCE: ReadonlySet<SessionEventType> = new Set([
  "trouble",
  "trouble.over",
  "printed",
  "power.restored",
  "seal.slow",
]);

export class SessionHost {
  readonly #tools: HostTools;
  #snapshot: SessionSnapshot;
  #journal: Journal | undefined;
  #pictures: Pictures;
  #live: Live = stillLife();
  #language: Language;
  /** Added to the clock that never goes back, so that a resumed session's time goes on. */
  #monoOffset = 0;
  #lastPresence = 0;
  #deadlineTimer: NodeJS.Timeout | undefined;
  #running: { key: string; abort: AbortController; done: Promise<void>; wake: Set<() => void> } | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #listeners = new Set<() => void>();
  #closed = false;

  private constructor(tools: HostTools) {
    this.#tools = tools;
    this.#pictures = new Pictures(tools.random);
    this.#language = tools.policy.languages[0]!;
    this.#snapshot = newSession(this.#newInput(), tools.policy);
  }

  /** Starts: resumes the session that a power cut left, if policy and time allow, and erases every other remains. */
  static async start(tools: HostTools): Promise<SessionHost> {
    const host = new SessionHost(tools);
    await host.#recover();
    host.#reconcile();
    return host;
  }

  get snapshot(): SessionSnapshot {
    return this.#snapshot;
  }
  get live(): Live {
    return this.#live;
  }
  get pictures(): Pictures {
    return this.#pictures;
  }
  /** Those of the running session's policy, or of the one that the next will have. */
  get languages(): readonly Language[] {
    return (this.running ? this.#snapshot.context.policy : this.#tools.policy).languages;
  }
  get language(): Language {
    return this.running ? this.#snapshot.context.language : this.#language;
  }
  /** Whether somebody's session runs. */
  get running(): boolean {
    return !matches(this.#snapshot.value, ["welcome"]);
  }
  /** Whether a screen shows what concerns somebody: from their beginning until everything is erased. */
  get private(): boolean {
    return this.running && !matches(this.#snapshot.value, ["wipe", "erased"]);
  }
  get step(): StepName {
    return matches(this.#snapshot.value, ["resume"]) ? "resume" : this.#snapshot.context.step;
  }

  deadline(): (Deadline & { readonly now: number }) | null {
    const { step, helpOpen } = this.#snapshot.context;
    const now = this.#mono();
    const at = this.step === "resume" ? "resume" : step;
    const deadline = deadlineOf(at, this.#lastPresence, helpOpen, this.#snapshot.context.policy);
    return deadline === null ? null : { ...deadline, now };
  }

  /** Calls back whenever anything that a screen shows has changed. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Changes what moves on the screen. */
  changeLive(change: (live: Live) => void): void {
    change(this.#live);
    this.changed();
  }

  /** Whether the machine would take this event now. */
  would(event: Unstamped): boolean {
    return takes(this.#snapshot, this.#stamp(event));
  }

  /**
   * What a person did. Throws `session/not-now` when the state does not take it, `journal/disk-full` when it cannot be
   * remembered; then nothing has changed.
   */
  person(event: ScreenEvent): Promise<void> {
    return this.#enqueue(event, new Map());
  }

  /** Ends the process's part: the session stays in its journal. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#deadlineTimer);
    this.#running?.abort.abort();
    await this.#queue.catch(() => {});
    await this.#running?.done;
    await this.#journal?.close();
    this.#pictures.erase();
  }

  // ── events ──

  #enqueue(event: Unstamped, blobs: ReadonlyMap<BlobId, Uint8Array>): Promise<void> {
    const work = this.#queue.then(() => this.#apply(event, blobs));
    this.#queue = work.catch(() => {});
    return work;
  }

  async #apply(unstamped: Unstamped, blobs: ReadonlyMap<BlobId, Uint8Array>): Promise<void> {
    if (this.#closed) throw new KabinaError("session/closed");
    if (!this.running && unstamped.type === "language") {
      if (!this.languages.includes(unstamped.language))
        throw new KabinaError("session/not-now", { event: unstamped.type, step: this.step });
      this.#language = unstamped.language;
      return this.changed();
    }
    const event = this.#stamp(unstamped);
    if (!takes(this.#snapshot, event)) throw new KabinaError("session/not-now", { event: event.type, step: this.step });
    if ((event.type === "begin" || event.type === "pickup") && !this.running) return this.#begin(event);
    const next = advance(this.#snapshot, event);
    await this.#record(event, blobs);
    this.#pictures.add(blobs);
    this.#adopt(next, event);
  }

  async #begin(event: SessionEvent): Promise<void> {
    const closed = this.#tools.gate();
    if (closed !== null) throw closed;
    const input = { ...this.#newInput(), language: this.#language };
    const policy = this.#tools.policy;
    const next = advance(newSession(input, policy), event);
    const opening = this.#open([{ begin: { input, policy } }, { event }], input.id);
    const { diskPatienceMs } = policy;
    let given = false;
    opening
      // The person was told that it cannot begin; so it has not.
      .then((late) => (given ? late.destroy() : undefined))
      .catch(() => {});
    this.#journal = await within(opening, diskPatienceMs, () => {
      given = true;
      return new KabinaError("journal/disk-silent");
    });
    this.#live = stillLife();
    this.#tools.begun();
    this.#tools.log("session begun");
    this.#tools.audit("session.begun", { session: input.id });
    this.#adopt(next, event);
  }

  /** A new session's journal with its first entries; none when it cannot be written. */
  async #open(entries: readonly JournalEntry[], session: string): Promise<Journal> {
    const journal = await Journal.create(session, this.#tools.journal);
    try {
      for (const entry of entries) await journal.append({ entry, blobs: new Map() });
      return journal;
    } catch (error) {
      await journal.destroy();
      throw error;
    }
  }

  async #record(event: SessionEvent, blobs: ReadonlyMap<BlobId, Uint8Array>): Promise<void> {
    if (this.#journal === undefined || matches(this.#snapshot.value, ["wipe"])) return;
    const neverBlocked = NEVER_BLOCKED.has(event.type);
    const patience = { ms: this.#snapshot.context.policy.diskPatienceMs, takeBack: !neverBlocked };
    try {
      await this.#journal.append({ entry: { event } satisfies JournalEntry, blobs }, patience);
    } catch (error) {
      if (!neverBlocked) throw error;
      this.#tools.log("journal could not take an event", { event: event.type, code: codeOf(error) });
    }
  }

  #adopt(next: SessionSnapshot, event: SessionEvent): void {
    const before = this.step;
    this.#snapshot = next;
    if (!NOT_PRESENCE.has(event.type)) this.#lastPresence = event.mono;
    if (next.status === "done") this.#afterSession();
    if (event.type === "retry") for (const wake of [...(this.#running?.wake ?? [])]) wake();
    if (this.step !== before) this.#tools.log("step", { step: this.step });
    this.#reconcile();
  }

  #afterSession(): void {
    this.#language = this.#tools.policy.languages[0]!;
    this.#monoOffset = 0;
    this.#snapshot = newSession(this.#newInput(), this.#tools.policy);
    this.#live = stillLife();
  }

  #newInput(): SessionInput {
    return {
      id: Buffer.from(this.#tools.random(32)).toString("hex"),
      packageId: randomUuid(this.#tools.random),
      language: this.#language,
      cameraSource: this.#tools.cameraSource(),
      software: this.#tools.software,
    };
  }

  #stamp(event: Unstamped): SessionEvent {
    return { ...event, at: this.#tools.clock.now().getTime(), mono: this.#mono() };
  }

  #mono(): number {
    return this.#tools.clock.monotonic() + this.#monoOffset;
  }

  // ── what the state needs done ──

  #reconcile(): void {
    if (this.#closed) return;
    this.#armDeadline();
    const wanted = activityOf(this.#snapshot);
    if (this.#running !== undefined && this.#running.key !== wanted?.key) {
      this.#running.abort.abort();
      for (const wake of [...this.#running.wake]) wake();
      this.#running = undefined;
    }
    if (wanted !== null && this.#running === undefined) this.#run(wanted.name, wanted.key);
    this.changed();
  }

  #run(name: ActivityName, key: string): void {
    const abort = new AbortController();
    const wake = new Set<() => void>();
    const running = { key, abort, wake, done: Promise.resolve() };
    this.#running = running;
    running.done = name === "erase" ? this.#erase() : this.#keepDoing(name, abort.signal, wake);
  }

  /** Runs an activity until it is done or no longer needed; a failure is shown, and it is tried again. */
  async #keepDoing(name: Exclude<ActivityName, "erase">, signal: AbortSignal, wake: Set<() => void>): Promise<void> {
    while (!signal.aborted) {
      const stage = this.#stage(signal, wake);
      try {
        await this.#tools.activities[name](stage);
        // Done, and the state still needs it (a preview that ended without a word): once more.
        await stage.pause(RESTART_MS);
      } catch (error) {
        if (signal.aborted) return;
        const { code, details } = coded(error);
        if (code === "internal/unexpected")
          this.#tools.log("activity failed", { activity: name, fault: JSON.stringify(faultOf(error)) });
        else this.#tools.log("activity failed", { activity: name, code });
        const device = deviceOf(name);
        await this.#enqueue({ type: "trouble", code, details, device, waiting: true }, new Map()).catch(() => {});
        await stage.pause(RESTART_MS);
        if (!signal.aborted) await this.#enqueue({ type: "trouble.over" }, new Map()).catch(() => {});
      }
    }
  }

  #stage(signal: AbortSignal, wake: Set<() => void>): Stage {
    const pause = (milliseconds: number) =>
      new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          wake.delete(end);
          resolve();
        };
        const timer = setTimeout(end, milliseconds);
        wake.add(end);
        if (signal.aborted) end();
      });
    return {
      session: this.#snapshot.context,
      signal,
      pause,
      blob: (id) => this.#pictures.get(id),
      live: (change) => {
        if (!signal.aborted) this.changeLive(change);
      },
      emit: async (event, blobs = new Map()) => {
        for (;;) {
          if (signal.aborted) return;
          try {
            await this.#enqueue(event, blobs);
            if (this.#snapshot.context.problem?.code.startsWith(JOURNAL_PROBLEMS))
              await this.#enqueue({ type: "trouble.over" }, new Map()).catch(() => {});
            return;
          } catch (error) {
            const { code, details } = coded(error);
            if (code === "session/not-now" || code === "session/closed" || signal.aborted) return;
            if (!code.startsWith(JOURNAL_PROBLEMS)) throw error;
            await this.#enqueue({ type: "trouble", code, details, device: null, waiting: true }, new Map()).catch(
              () => {},
            );
            await pause(DISK_RETRY_MS);
          }
        }
      },
    };
  }

  async #erase(): Promise<void> {
    const session = this.#snapshot;
    const slow = setTimeout(() => {
      const told = { type: "trouble", code: "wipe/slow", details: {}, device: null, waiting: true } as const;
      void this.#enqueue(told, new Map()).catch(() => {});
    }, session.context.policy.diskPatienceMs);
    await this.#tools.beforeErase(session).catch((error: unknown) => {
      this.#tools.log("erasing outside the journal failed", { code: codeOf(error) });
    });
    this.#pictures.erase();
    this.#live = stillLife();
    let erasure: Erasure = { records: 0, keyDestroyed: false };
    for (let tries = 0; this.#journal !== undefined && !this.#closed; tries++) {
      try {
        erasure = await this.#journal.destroy();
        this.#journal = undefined;
      } catch (error) {
        this.#tools.log("erasing failed", { code: codeOf(error), tries });
        await new Promise((resolve) => setTimeout(resolve, RESTART_MS));
      }
    }
    clearTimeout(slow);
    const erasedAt = this.#tools.clock.now().toISOString();
    this.#tools.log("session erased", { reason: session.context.end, records: erasure.records });
    this.#tools.audit("session.erased", { session: session.context.id, reason: session.context.end, ...erasure });
    await this.#enqueue({ type: "erased", erasedAt, ...erasure }, new Map()).catch(() => {});
    this.#tools.afterErase();
  }

  // ── time ──

  #armDeadline(): void {
    clearTimeout(this.#deadlineTimer);
    const deadline = this.deadline();
    if (deadline === null) return;
    const next = deadline.now < deadline.warnAt ? deadline.warnAt : deadline.endAt;
    this.#deadlineTimer = setTimeout(() => this.#onDeadline(), Math.max(1, next - deadline.now));
    this.#deadlineTimer.unref();
  }

  #onDeadline(): void {
    const deadline = this.deadline();
    if (deadline === null) return;
    if (deadline.now >= deadline.endAt) void this.#enqueue({ type: "time.out" }, new Map()).catch(() => {});
    else {
      this.#armDeadline();
      this.changed();
    }
  }

  // ── power cuts ──

  async #recover(): Promise<void> {
    const { journal: tools, clock, log, audit } = this.#tools;
    for (const session of await Journal.list(tools.folder)) {
      const found = this.#journal === undefined ? await Journal.reopen(session, tools) : undefined;
      if (found === undefined) {
        const keyDestroyed = await eraseRemains(session, tools);
        log("remains of a session erased");
        audit("session.erased", { session, reason: "remains", records: 0, keyDestroyed });
        continue;
      }
      const past = replay(found.records);
      if (past === undefined || !mayResume(past, clock.now().getTime())) {
        if (past !== undefined) await this.#tools.beforeErase(past.snapshot).catch(() => {});
        const erasure = await found.journal.destroy();
        log("interrupted session erased");
        audit("session.erased", { session, reason: "power-cut", ...erasure });
        continue;
      }
      this.#journal = found.journal;
      this.#pictures.add(past.blobs);
      this.#monoOffset = past.last.mono - clock.monotonic();
      this.#lastPresence = this.#mono();
      const restored = this.#stamp({ type: "power.restored", interruptedAt: past.last.at });
      await found.journal
        .append({ entry: { event: restored } satisfies JournalEntry, blobs: new Map() })
        .catch(() => {});
      this.#snapshot = advance(past.snapshot, restored);
      audit("session.resumed", { session });
      log("session resumed", { step: this.step, records: found.records.length });
    }
  }
}

/** Minutes that the clock may have gone back across a power cut. */
const CLOCK_SLACK_MS = 5 * 60_000;

/** What was accepted to be sealed is sealed whenever the power comes back; everything else by policy and time. */
function mayResume({ snapshot, last }: Beginning, now: number): boolean {
  if (matches(snapshot.value, ["visit", "seal"])) return true;
  if (!matches(snapshot.value, ["visit"]) && !matches(snapshot.value, ["resume"])) return false;
  const { resume } = snapshot.context.policy;
  const away = now - last.at;
  return resume.afterPowerCut === "resume" && away <= resume.withinMs && away >= -CLOCK_SLACK_MS;
}

function deviceOf(name: ActivityName) {
  if (name === "face" || name === "burst" || name === "challenge") return "camera";
  if (name === "finger" || name === "lift") return "fingerprint";
  if (name === "chip") return "smartcard";
  if (name === "scan") return "scanner";
  return name === "print" ? "printer" : null;
}

function coded(error: unknown): { code: string; details: Readonly<Record<string, ErrorDetail>> } {
  return isCoded(error) ? { code: error.code, details: error.details } : { code: "internal/unexpected", details: {} };
}

const codeOf = (error: unknown): string => coded(error).code;
