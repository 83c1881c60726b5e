/** The operator's queue, seen as the console sees it: over HTTP, signed in by the link that the server printed. */
import { z } from "zod";

const Item = z.object({ caseId: z.string(), packageId: z.string(), state: z.string(), risk: z.string() });
const Queue = z.object({ items: z.array(Item), decided: z.array(Item) });
export type QueuedCase = z.infer<typeof Item>;

const Case = z.object({ checks: z.array(z.object({ check: z.string(), status: z.string() })) });

/** The names of the checks that did not pass, and how many did. */
export interface CheckSummary {
  readonly passed: number;
  readonly failed: readonly string[];
  readonly notChecked: readonly string[];
  readonly notSupported: readonly string[];
}

const POLL_MS = 250;

export class OperatorQueue {
  readonly #origin: string;
  readonly #cookie: string;

  private constructor(origin: string, cookie: string) {
    this.#origin = origin;
    this.#cookie = cookie;
  }

  /** @param signIn the link that the server prints at its start, with the one-time token behind `#token=`. */
  static async signIn(signIn: string): Promise<OperatorQueue> {
    const { origin, hash } = new URL(signIn);
    const response = await fetch(`${origin}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify({ token: new URLSearchParams(hash.slice(1)).get("token") }),
    });
    const cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    return new OperatorQueue(origin, cookie);
  }

  /**
   * The case of a package; null when it has not come so far, or is still being checked, within the time.
   * @param gone whether there is nobody left to wait for
   */
  async wait(packageId: string, milliseconds: number, gone: () => boolean): Promise<QueuedCase | null> {
    const until = performance.now() + milliseconds;
    for (;;) {
      const found = await this.find(packageId).catch(() => null);
      if (found !== null && found.state !== "processing") return found;
      if (performance.now() > until || gone()) return found;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async checks(caseId: string): Promise<CheckSummary> {
    const response = await fetch(`${this.#origin}/api/cases/${caseId}`, { headers: { cookie: this.#cookie } });
    const { checks } = Case.parse(await response.json());
    const named = (status: string) => checks.filter((check) => check.status === status).map(({ check }) => check);
    return {
      passed: named("passed").length,
      failed: named("failed"),
      notChecked: named("not-checked"),
      notSupported: named("not-supported"),
    };
  }

  async find(packageId: string): Promise<QueuedCase | null> {
    const response = await fetch(`${this.#origin}/api/queue`, { headers: { cookie: this.#cookie } });
    const { items, decided } = Queue.parse(await response.json());
    return [...items, ...decided].find((item) => item.packageId === packageId) ?? null;
  }
}
