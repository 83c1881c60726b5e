/** Which screen has the booth: one at a time. A second one is told so, and may take over only when the first is gone. */
import { timingSafeEqual } from "node:crypto";
import type { RandomBytes } from "../../crypto/environment.ts";
import type { ScreenHello } from "./messages.ts";

/** Milliseconds after which a screen that went away may be replaced in a running session: a reload takes less. */
export const GONE_AFTER_MS = 8000;
const TOKEN_BYTES = 24;

export interface ClaimAnswer {
  readonly granted: boolean;
  readonly token: string | null;
  readonly canTakeOver: boolean;
}

export class ScreenClaim {
  readonly #random: RandomBytes;
  readonly #monotonic: () => number;
  #token: string | undefined;
  /** When the owner's link broke; null while it is up. */
  #goneSince: number | null = null;

  constructor(random: RandomBytes, monotonic: () => number) {
    this.#random = random;
    this.#monotonic = monotonic;
  }

  /** Judges a screen's hello. @param sessionRuns whether somebody's session would be seen by the one who takes over */
  hello({ token, takeOver }: ScreenHello, sessionRuns: boolean): ClaimAnswer {
    if (this.#token !== undefined && token !== null && same(token, this.#token)) return this.#grant(this.#token);
    const free = this.#token === undefined || (this.#goneSince !== null && !sessionRuns);
    if (free || (takeOver && this.canTakeOver()))
      return this.#grant(Buffer.from(this.#random(TOKEN_BYTES)).toString("base64url"));
    return { granted: false, token: null, canTakeOver: this.canTakeOver() };
  }

  canTakeOver(): boolean {
    return this.#goneSince !== null && this.#monotonic() - this.#goneSince >= GONE_AFTER_MS;
  }

  /** The owner's link broke. */
  gone(): void {
    this.#goneSince = this.#monotonic();
  }

  #grant(token: string): ClaimAnswer {
    this.#token = token;
    this.#goneSince = null;
    return { granted: true, token, canTakeOver: false };
  }
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
