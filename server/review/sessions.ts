/**
 * Sessions of the staff: short, in memory (a restart ends them), bound to the certificate of the connection where one was used, and over
 * at once when the person is disabled, or what they signed in with is taken back.
 */
import { createHash } from "node:crypto";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { SignedIn, Staff } from "../staff/staff.ts";
import { REVIEW_LIMITS, type Session } from "./api.ts";

interface OpenSession {
  readonly signedIn: SignedIn;
  readonly csrf: string;
  readonly openedMs: number;
  lastUsedMs: number;
}

const TOKEN_BYTES = 24;

export interface SessionTools {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly staff: Staff;
}

export class Sessions {
  readonly #tools: SessionTools;
  /** By the SHA-256 of the cookie: a copy of memory or of this map signs nobody in. */
  readonly #open = new Map<string, OpenSession>();

  constructor(tools: SessionTools) {
    this.#tools = tools;
  }

  /** Opens a session for whoever has just signed in, whatever with. */
  open(signedIn: SignedIn): { cookie: string; session: Session } {
    const cookie = this.#secret();
    const now = this.#tools.clock.monotonic();
    for (const [key, session] of this.#open) if (this.#isOver(session, now)) this.#open.delete(key);
    const session = { signedIn, csrf: this.#secret(), openedMs: now, lastUsedMs: now };
    this.#open.set(digest(cookie), session);
    return { cookie, session: this.#shown(session) };
  }

  /**
   * @param certificate SHA-256 of the certificate that the connection was made with, where it was
   * @throws KabinaError `review/not-signed-in`
   */
  use(cookie: string | undefined, certificate?: string | undefined): Session {
    const key = digest(cookie ?? "");
    const session = this.#open.get(key);
    if (!session) throw new KabinaError("review/not-signed-in");
    const now = this.#tools.clock.monotonic();
    const { signedIn } = session;
    const elsewhere = signedIn.kind === "certificate" && signedIn.credential !== certificate;
    if (elsewhere || this.#isOver(session, now)) {
      this.#open.delete(key);
      throw new KabinaError("review/not-signed-in");
    }
    session.lastUsedMs = now;
    return this.#shown(session);
  }

  /** Whether a session is still open; asking is not using it. */
  isOpen(cookie: string | undefined): boolean {
    const session = this.#open.get(digest(cookie ?? ""));
    return session !== undefined && !this.#isOver(session, this.#tools.clock.monotonic());
  }

  signOut(cookie: string | undefined): void {
    this.#open.delete(digest(cookie ?? ""));
  }

  #isOver({ signedIn, openedMs, lastUsedMs }: OpenSession, now: number): boolean {
    const { sessionIdleMs, sessionMs, enrolMs } = REVIEW_LIMITS;
    const longest = signedIn.onlyToEnrol ? enrolMs : sessionMs;
    // Asked anew each time: a person who was disabled a moment ago is out, and whoever holds their lost card or passkey.
    return !this.#tools.staff.stands(signedIn) || now - lastUsedMs > sessionIdleMs || now - openedMs > longest;
  }

  /** Roles as they are now, not as they were at the sign-in. */
  #shown({ signedIn, csrf }: OpenSession): Session {
    const { id, name, roles } = this.#tools.staff.active(signedIn.person.id) ?? signedIn.person;
    const expiresAt = new Date(this.#tools.clock.now().getTime() + REVIEW_LIMITS.sessionIdleMs).toISOString();
    const held = signedIn.onlyToEnrol ? [] : [...roles];
    return { operator: { id, name, roles: held }, csrf, expiresAt, undoMs: REVIEW_LIMITS.undoMs, with: signedIn.kind };
  }

  #secret(): string {
    return Buffer.from(this.#tools.random(TOKEN_BYTES)).toString("base64url");
  }
}

const digest = (secret: string): string => createHash("sha256").update(secret).digest("hex");
