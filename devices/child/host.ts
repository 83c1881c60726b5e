/**
 * The parent's side of a driver process. A library that may hang or crash lives in a child, so that the worst it can do is to be
 * killed by its process id: the parent pings it, gives up requests that do not settle, and ends it.
 */
import { type ChildProcess, fork } from "node:child_process";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { childLimits, supervisorLimits } from "../limits.ts";
import type { FromChild, SentError, ToChild } from "./messages.ts";

export interface ChildHostOptions {
  /** The child's script without its extension, as a URL beside the caller: `new URL("./child", import.meta.url)`. */
  readonly script: URL;
  /** `import.meta.url` of the caller: the child runs in the same form (.ts or .js) as its parent. */
  readonly caller: string;
  /** For messages to people. */
  readonly device: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A command line to run node through (another namespace); node itself when empty. */
  readonly through?: readonly string[];
  readonly onEvent?: (name: string, data: unknown) => void;
  readonly pingEveryMs?: number;
  readonly pingAnswerMs?: number;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  settled: boolean;
}

export class ChildHost {
  readonly #options: ChildHostOptions;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  /** Settles when the child is over: with why, or null when it was ended on purpose. */
  readonly ended: Promise<KabinaError | null>;
  #settleEnded: (error: KabinaError | null) => void = () => {};
  #outcome: KabinaError | null | undefined;
  #nextId = 1;
  #pingTimer: NodeJS.Timeout | undefined;
  #ready: Promise<void>;

  constructor(options: ChildHostOptions) {
    this.#options = options;
    const script = new URL(`${options.script.href}${options.caller.endsWith(".ts") ? ".ts" : ".js"}`);
    const [program, ...programArguments] = options.through ?? [];
    const execution =
      program === undefined
        ? {}
        : { execPath: program, execArgv: [...programArguments, process.execPath, ...process.execArgv] };
    this.#child = fork(script, [], {
      ...execution,
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      env: { ...process.env, ...options.env },
    });
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve;
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("exit", () => resolve());
      this.#child.once("error", () => resolve());
    });
    void this.#exited.then(() => this.#finish(this.#error("device/hung")));
    this.#ready = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => this.#giveUp(), childLimits.startMs);
      this.#child.on("message", (message: FromChild) => {
        if (message.kind === "ready") {
          clearTimeout(timer);
          resolve();
          // Not before: a process that starts slowly does not hang, and has its own time for it.
          this.#schedulePing();
        } else this.#receive(message);
      });
      void this.ended.then((error) => {
        clearTimeout(timer);
        reject(error ?? this.#error("device/closed"));
      });
    });
    this.#ready.catch(() => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks the child; rejects with the child's own failure, `device/timeout`, `device/cancelled`, or with what ended the child. */
  async request<T>(
    method: string,
    params: unknown,
    options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
  ): Promise<T> {
    await this.#ready;
    if (this.#outcome !== undefined) throw this.#outcome ?? this.#error("device/closed");
    if (options.signal?.aborted) throw this.#error("device/cancelled", {}, options.signal.reason);
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise<T>((resolve, reject) => {
      const giveUp = (error: KabinaError) => {
        pending.reject(error);
        this.#send({ kind: "cancel", id });
        // The child must let go of what was cancelled, or it hangs.
        const grace = setTimeout(() => {
          if (this.#pending.has(id)) this.#giveUp();
        }, supervisorLimits.graceMs);
        void this.ended.then(() => clearTimeout(grace));
        grace.unref();
      };
      const onAbort = () => giveUp(this.#error("device/cancelled", {}, options.signal?.reason));
      const timer = setTimeout(
        () => giveUp(this.#error("device/timeout", { seconds: options.timeoutMs / 1000 })),
        options.timeoutMs,
      );
      const settle = () => {
        pending.settled = true;
        clearTimeout(timer);
        options.signal?.removeEventListener("abort", onAbort);
      };
      const pending: Pending = {
        settled: false,
        resolve: (value) => {
          if (!pending.settled) {
            settle();
            resolve(value as T);
          }
        },
        reject: (error) => {
          if (!pending.settled) {
            settle();
            reject(error);
          }
        },
      };
      this.#pending.set(id, pending);
      options.signal?.addEventListener("abort", onAbort, { once: true });
      this.#send({ kind: "request", id, method, params });
    });
  }

  /** Ends the child: politely, then by SIGKILL. Resolves when the process is gone. */
  async end(): Promise<void> {
    this.#finish(null);
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), childLimits.endMs);
    await this.#exited;
    clearTimeout(timer);
  }

  #receive(message: FromChild): void {
    if (message.kind === "event") this.#options.onEvent?.(message.name, message.data);
    else if (message.kind === "result") this.#take(message.id)?.resolve(message.value);
    else if (message.kind === "failure") this.#take(message.id)?.reject(this.#received(message.error));
    else if (message.kind === "pong") this.#schedulePing();
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #received(error: SentError): KabinaError {
    const code = error.code ?? "device/open-failed";
    return this.#error(code, error.code === null ? { reason: error.message } : error.details);
  }

  #schedulePing(): void {
    clearTimeout(this.#pingTimer);
    if (this.#outcome !== undefined) return;
    this.#pingTimer = setTimeout(() => {
      this.#send({ kind: "ping", id: 0 });
      this.#pingTimer = setTimeout(
        () => this.#giveUp(),
        this.#options.pingAnswerMs ?? childLimits.pingAnswerMs,
      ).unref();
    }, this.#options.pingEveryMs ?? childLimits.pingEveryMs).unref();
  }

  #giveUp(): void {
    this.#finish(this.#error("device/hung"));
    this.#child.kill("SIGKILL");
  }

  #finish(outcome: KabinaError | null): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    clearTimeout(this.#pingTimer);
    for (const pending of this.#pending.values()) pending.reject(outcome ?? this.#error("device/closed"));
    this.#pending.clear();
    this.#settleEnded(outcome);
  }

  #send(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #error(code: string, details: KabinaError["details"] = {}, cause?: unknown): KabinaError {
    return new KabinaError(code, { device: this.#options.device, ...details }, cause === undefined ? {} : { cause });
  }
}
