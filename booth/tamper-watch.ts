/**
 * Watches for somebody at the booth itself: the cabinet's switch, a clock that jumps, data that were carried to another machine, keys that were
 * exchanged from outside. What it notices is signed into the booth's log at once and told to the office with every report until an officer
 * has seen to it; while the cabinet is open nobody begins.
 */
import {
  type CabinetState,
  TAMPER_EVENTS_TOLD,
  TAMPERED,
  type TamperEvent,
  type TamperKind,
  type TamperReport,
} from "../crypto/device/tamper.ts";
import type { Clock } from "../crypto/environment.ts";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import type { CabinetSwitch } from "../devices/cabinet/port.ts";
import type { BoothPast } from "./booth-past.ts";

/** Milliseconds between two looks at the clocks, and by which the wall clock may move more or less than the other. */
export const tamperLimits = { lookEveryMs: 10_000, jumpMs: 2 * 60_000 } as const;

export interface TamperWatchTools {
  readonly cabinet: CabinetSwitch | undefined;
  readonly clock: Clock;
  /** What the booth's own log says of before. */
  readonly past: BoothPast;
  /** This machine, and the keys in force; null where the machine has no name. */
  readonly machine: string | null;
  readonly keys: string;
  readonly note: (kind: string, data?: Record<string, string | number>) => void;
  /** Something happened, or the cabinet is open or closed now. */
  readonly onChange: () => void;
}

export class TamperWatch {
  readonly #tools: TamperWatchTools;
  readonly #events: TamperEvent[];
  readonly #forget: () => void;
  readonly #timer: NodeJS.Timeout;
  #wall: number;
  #monotonic: number;

  constructor(tools: TamperWatchTools) {
    this.#tools = tools;
    const { cabinet, clock, past, machine, keys } = tools;
    this.#events = [...past.tampered];
    this.#wall = clock.now().getTime();
    this.#monotonic = clock.monotonic();
    if (past.machine !== null && machine !== null && past.machine !== machine) this.#happened("machine-changed");
    if (past.keys !== null && past.keys !== keys) this.#happened("keys-changed");
    if (past.lastAt !== null && past.lastAt.getTime() - this.#wall > tamperLimits.jumpMs)
      this.#happened("clock-jumped", { byMs: this.#wall - past.lastAt.getTime() });
    if (cabinet?.state() === "open") this.#happened("cabinet-opened");
    this.#forget = cabinet?.on((state) => this.#turned(state)) ?? (() => {});
    this.#timer = setInterval(() => this.look(), tamperLimits.lookEveryMs);
    this.#timer.unref();
  }

  /** Holds the clocks against each other: the wall clock may be set, the other one never goes back. */
  look(): void {
    const { clock } = this.#tools;
    const [wall, monotonic] = [clock.now().getTime(), clock.monotonic()];
    const byMs = Math.round(wall - this.#wall - (monotonic - this.#monotonic));
    this.#wall = wall;
    this.#monotonic = monotonic;
    if (Math.abs(byMs) > tamperLimits.jumpMs) this.#happened("clock-jumped", { byMs });
  }

  get cabinet(): CabinetState {
    return this.#tools.cabinet?.state() ?? "none";
  }

  report(): TamperReport {
    return { cabinet: this.cabinet, events: [...this.#events] };
  }

  /** Why no session may begin; null when one may. A switch that does not answer is told and stops nobody: cables break. */
  problem(): KabinaError | null {
    return this.cabinet === "open" ? new KabinaError("booth/cabinet-open") : null;
  }

  close(): void {
    this.#forget();
    clearInterval(this.#timer);
  }

  #turned(state: CabinetState): void {
    if (state === "open") this.#happened("cabinet-opened");
    else {
      this.#tools.note("booth.cabinet", { state });
      this.#tools.onChange();
    }
  }

  #happened(kind: TamperKind, data: Record<string, number> = {}): void {
    const { clock, note, onChange } = this.#tools;
    const at = clock.now().toISOString();
    this.#events.push({ kind, at });
    if (this.#events.length > TAMPER_EVENTS_TOLD) this.#events.shift();
    note(TAMPERED, { what: kind, happened: at, ...data });
    onChange();
  }
}
