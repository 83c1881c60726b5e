/**
 * Operators' sessions. A sign-in needs the one-time token that only the server's owner can read: it is printed at the start and
 * stands in `<data>/server/sign-in` (0600); each use makes the next one. Sessions live in memory: a restart ends them.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { REVIEW_LIMITS, type Session } from "./api.ts";

export type Operator = Session["operator"];

interface OpenSession {
  readonly operator: Operator;
  readonly csrf: string;
  lastUsedMs: number;
}

const TOKEN_BYTES = 24;

export class Sessions {
  readonly #clock: Clock;
  readonly #random: RandomBytes;
  readonly #operator: Operator;
  /** Makes the next token known to the server's owner. */
  readonly #publish: (token: string) => Promise<void>;
  /** By the SHA-256 of the cookie: a copy of memory or of this map signs nobody in. */
  readonly #open = new Map<string, OpenSession>();
  #token = "";

  constructor(tools: SessionTools) {
    this.#clock = tools.clock;
    this.#random = tools.random;
    this.#operator = tools.operator;
    this.#publish = tools.publish;
  }

  /** Makes the first token; before that nobody can sign in. */
  start(): Promise<void> {
    return this.#renewToken();
  }

  /** The token that the next sign-in needs. */
  get token(): string {
    return this.#token;
  }

  /** @throws KabinaError `review/token-wrong` */
  async signIn(token: string): Promise<{ cookie: string; session: Session }> {
    if (this.#token === "" || !timingSafeEqual(Buffer.from(digest(token)), Buffer.from(digest(this.#token)))) {
      throw new KabinaError("review/token-wrong");
    }
    await this.#renewToken();
    const cookie = this.#secret();
    const session = { operator: this.#operator, csrf: this.#secret(), lastUsedMs: this.#clock.monotonic() };
    this.#open.set(digest(cookie), session);
    return { cookie, session: this.#shown(session) };
  }

  /** @throws KabinaError `review/not-signed-in` */
  use(cookie: string | undefined): Session {
    const key = digest(cookie ?? "");
    const session = this.#open.get(key);
    if (!session) throw new KabinaError("review/not-signed-in");
    const now = this.#clock.monotonic();
    if (now - session.lastUsedMs > REVIEW_LIMITS.sessionIdleMs) {
      this.#open.delete(key);
      throw new KabinaError("review/not-signed-in");
    }
    session.lastUsedMs = now;
    return this.#shown(session);
  }

  /** Whether a session is still open; asking is not using it. */
  isOpen(cookie: string | undefined): boolean {
    const session = this.#open.get(digest(cookie ?? ""));
    return session !== undefined && this.#clock.monotonic() - session.lastUsedMs <= REVIEW_LIMITS.sessionIdleMs;
  }

  signOut(cookie: string | undefined): void {
    this.#open.delete(digest(cookie ?? ""));
  }

  #shown({ operator, csrf }: OpenSession): Session {
    const expiresAt = new Date(this.#clock.now().getTime() + REVIEW_LIMITS.sessionIdleMs).toISOString();
    return { operator, csrf, expiresAt, undoMs: REVIEW_LIMITS.undoMs };
  }

  async #renewToken(): Promise<void> {
    const token = this.#secret();
    await this.#publish(token);
    this.#token = token;
  }

  #secret(): string {
    return Buffer.from(this.#random(TOKEN_BYTES)).toString("base64url");
  }
}

export interface SessionTools {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly operator: Operator;
  readonly publish: (token: string) => Promise<void>;
}

const digest = (secret: string): string => createHash("sha256").update(secret).digest("hex");
