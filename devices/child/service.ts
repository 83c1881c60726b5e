/**
 * A driver process that is started when it is first needed and started anew after it died or was given up; while it fails, it is tried
 * ever more rarely and the last failure stands.
 */
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { childLimits, supervisorLimits } from "../limits.ts";
import { ChildHost, type ChildHostOptions } from "./host.ts";

export interface ChildServiceOptions extends Omit<ChildHostOptions, "onEvent"> {
  readonly clock: Clock;
  readonly onEvent: (name: string, data: unknown) => void;
  /** The process is gone: everything that was known through it is void. */
  readonly onLost: (why: KabinaError) => void;
  /** Called with the process id of each child. */
  readonly onProcess?: ((pid: number) => void) | undefined;
}

interface Failure {
  readonly error: unknown;
  readonly until: number;
  readonly pauseMs: number;
}

export class ChildService {
  readonly #options: ChildServiceOptions;
  #host: ChildHost | null = null;
  #starting: Promise<ChildHost> | null = null;
  #failure: Failure | null = null;
  #closed = false;

  constructor(options: ChildServiceOptions) {
    this.#options = options;
  }

  /** Starts the child if need be: its method `start` must succeed. */
  async start(signal?: AbortSignal): Promise<void> {
    await this.#running(signal);
  }

  /** As `ChildHost.request`; starts the child if need be. */
  async request<T>(
    method: string,
    params: unknown,
    options: { readonly signal?: AbortSignal | undefined; readonly timeoutMs: number },
  ): Promise<T> {
    const host = await this.#running(options.signal);
    return host.request<T>(method, params, options);
  }

  /** Gives the child up, as lost for this reason. */
  drop(why: KabinaError): void {
    const host = this.#host;
    if (host === null) return;
    this.#lose(why);
    void host.end();
  }

  async close(): Promise<void> {
    this.#closed = true;
    const host = this.#host ?? (await this.#starting?.catch(() => null));
    if (this.#host !== null) this.#lose(this.#closedError());
    await host?.end();
  }

  #running(signal: AbortSignal | undefined): Promise<ChildHost> {
    if (this.#closed) return Promise.reject(this.#closedError());
    if (this.#host !== null) return Promise.resolve(this.#host);
    if (this.#starting === null && this.#failure !== null && this.#options.clock.monotonic() < this.#failure.until) {
      return Promise.reject(this.#failure.error);
    }
    this.#starting ??= this.#start(signal).finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  async #start(signal: AbortSignal | undefined): Promise<ChildHost> {
    const { onEvent, onLost, onProcess, ...child } = this.#options;
    const host: ChildHost = new ChildHost({
      ...child,
      onEvent: (name, data) => {
        // Events of a child that was given up are no longer true.
        if (this.#host === null || this.#host === host) onEvent(name, data);
      },
    });
    if (host.pid !== undefined) onProcess?.(host.pid);
    try {
      await host.request("start", null, { signal, timeoutMs: childLimits.startMs });
    } catch (error) {
      this.#noteFailure(error);
      await host.end();
      throw error;
    }
    this.#failure = null;
    this.#host = host;
    void host.ended.then((error) => {
      if (this.#host === host) this.#lose(error ?? this.#closedError());
    });
    return host;
  }

  #noteFailure(error: unknown): void {
    const pauseMs = Math.min(
      (this.#failure?.pauseMs ?? childLimits.firstRestartMs / 2) * 2,
      supervisorLimits.lastRetryMs,
    );
    this.#failure = { error, until: this.#options.clock.monotonic() + pauseMs, pauseMs };
  }

  #lose(why: KabinaError): void {
    this.#host = null;
    this.#options.onLost(why);
  }

  #closedError(): KabinaError {
    return new KabinaError("device/closed", { device: this.#options.device });
  }
}
