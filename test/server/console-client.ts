/** The console's API as a browser page would use it, for tests. */
import { setTimeout as sleep } from "node:timers/promises";
import { CaseDetail, CSRF_HEADER, Queue, Session } from "../../server/review/api.ts";

export class ConsoleClient {
  readonly #base: string;
  #cookie = "";
  #csrf = "";

  constructor(base: string) {
    this.#base = base;
  }

  static async signIn(link: string): Promise<ConsoleClient> {
    const url = new URL(link);
    const client = new ConsoleClient(url.origin);
    const answer = await client.send("POST", "/api/session", { token: url.hash.slice("#token=".length) });
    if (!answer.ok) throw new Error(await answer.text());
    client.#cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
    client.#csrf = Session.parse(await answer.json()).csrf;
    return client;
  }

  send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    return fetch(`${this.#base}${path}`, {
      method,
      ...(signal ? { signal } : {}),
      headers: {
        cookie: this.#cookie,
        ...(method === "GET" ? {} : { [CSRF_HEADER]: this.#csrf }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  }

  sendFile(path: string, file: Uint8Array): Promise<Response> {
    return fetch(`${this.#base}${path}`, {
      method: "POST",
      headers: { cookie: this.#cookie, [CSRF_HEADER]: this.#csrf, "content-type": "application/octet-stream" },
      body: new Uint8Array(file),
    });
  }

  async queue(): Promise<Queue> {
    return Queue.parse(await (await this.send("GET", "/api/queue")).json());
  }

  async detail(caseId: string): Promise<CaseDetail> {
    return CaseDetail.parse(await (await this.send("GET", `/api/cases/${caseId}`)).json());
  }

  /** Waits until the queue has `count` waiting cases. */
  async waitForQueue(count: number): Promise<Queue> {
    for (;;) {
      const queue = await this.queue();
      if (queue.items.length >= count) return queue;
      await sleep(50);
    }
  }
}
