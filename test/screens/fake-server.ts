/**
 * A server without a server, for tests of the console alone: the routes of `server/review/api.ts` over recorded cases. The real
 * server is tried in `end-to-end.test.ts`.
 */
import { createReadStream, existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import {
  CSRF_HEADER,
  type Decision,
  type DecisionAnswer,
  DecisionRequest,
  type Found,
  type Queue,
  type QueueEvent,
  type QueueItem,
} from "../../server/review/api.ts";
import { caseDetail, decidedItems, lookAgain, queueItems, session } from "./fixtures/console-cases.ts";
import { picture } from "./fixtures/pictures.ts";
import { screensFolder } from "./screens-folder.ts";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const POLICY =
  "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
const PICTURES: Record<string, string> = {
  portrait: "portrait-0.jpg",
  "portrait-burst-1": "portrait-0.jpg",
  "portrait-burst-2": "portrait-1.jpg",
  "portrait-burst-3": "portrait-2.jpg",
  "chip-portrait": "chip.jpg",
  "finger-right-index": "right-index.png",
  "finger-left-index": "left-index.png",
  weak: "weak.png",
};
const STATES = { accept: "accepted", retake: "retake", escalate: "escalated" } as const;

export class FakeServer {
  readonly decisions: { caseId: string; decision: Decision }[] = [];
  readonly undone: string[] = [];
  signedIn = true;
  /** Answers every request but those for files with 503. */
  broken = false;
  items: QueueItem[] = structuredClone(queueItems);
  decided: QueueItem[] = structuredClone(decidedItems);
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();
  #sequence = 1;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeServer> {
    const folder = screensFolder("console");
    const server = createServer((request, response) => {
      void fake.#answer(request, response, folder);
    });
    const fake = new FakeServer(server);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A case that arrives, or changes, while the operator looks. */
  tell(kind: QueueEvent["kind"], item: QueueItem): void {
    this.#sequence += 1;
    if (kind === "added") this.items.push(item);
    const event: QueueEvent = { sequence: this.#sequence, kind, item };
    for (const stream of this.#streams) stream.write(`id: ${this.#sequence}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse, folder: string): Promise<void> {
    const path = new URL(request.url ?? "/", "http://server").pathname;
    response.setHeader("content-security-policy", POLICY);
    if (!path.startsWith("/api/")) {
      const file = join(folder, normalize(path).replace(/^\/$/, "index.html"));
      const found =
        file.startsWith(folder) && existsSync(file) && extname(file) !== "" ? file : join(folder, "index.html");
      response.setHeader("content-type", TYPES[extname(found)] ?? "application/octet-stream");
      createReadStream(found).pipe(response);
      return;
    }
    if (this.broken) return json(response, 503, failure("review/unavailable", "The store is busy.", "Try again soon."));
    if (path === "/api/session") {
      if (request.method === "POST") {
        const { token } = JSON.parse(await body(request)) as { token: string };
        if (token.startsWith("wrong"))
          return json(
            response,
            401,
            failure("review/token-wrong", "This token is not valid.", "Use the link of the server's last start."),
          );
        this.signedIn = true;
      }
      if (request.method === "DELETE") {
        this.signedIn = false;
        response.writeHead(204).end();
        return;
      }
    }
    if (!this.signedIn) return json(response, 401, failure("review/not-signed-in", "Nobody is signed in.", "Sign in."));
    if (path === "/api/session") return json(response, 200, session);
    if (path === "/api/queue") {
      const queue: Queue = { items: this.items, decided: this.decided, sequence: this.#sequence };
      return json(response, 200, queue);
    }
    if (path.startsWith("/api/search")) {
      const text = new URL(request.url ?? "/", "http://here").searchParams.get("text") ?? "";
      const found: Found = { items: [...this.items, ...this.decided].filter(({ caseId }) => caseId.includes(text)) };
      return json(response, 200, found);
    }
    if (path === "/api/look-again") return json(response, 200, lookAgain);
    if (path === "/api/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": here\n\n");
      this.#streams.add(response);
      request.on("close", () => this.#streams.delete(response));
      return;
    }
    const language = request.headers["accept-language"]?.startsWith("en") ? "en" : "ru";
    const [, , , caseId = "", what, name = ""] = path.split("/");
    if (what === "images") {
      const made = picture(PICTURES[name] ?? "");
      if (!made) return json(response, 404, failure("review/image-unknown", "No such image.", "Load the case again."));
      response.setHeader("content-type", (PICTURES[name] ?? "").endsWith(".png") ? "image/png" : "image/jpeg");
      response.end(await made);
      return;
    }
    const found = [...this.items, ...this.decided].find((item) => item.caseId === caseId);
    if (!found)
      return json(response, 404, failure("review/case-unknown", "There is no such case.", "Sort the queue again."));
    if (what === undefined) return json(response, 200, caseDetail(found, language));
    if (request.headers[CSRF_HEADER] !== session.csrf)
      return json(response, 403, failure("review/csrf", "The request carries no token.", "Load the page again."));
    const undo = path.endsWith("/undo");
    const decision: Decision = undo
      ? { kind: "accept" }
      : DecisionRequest.parse(JSON.parse(await body(request))).decision;
    if (undo) this.undone.push(caseId);
    else this.decisions.push({ caseId, decision });
    found.version += 1;
    found.state = undo ? "waiting" : STATES[decision.kind];
    const at = new Date();
    const answer: DecisionAnswer = {
      caseId,
      state: undo ? "undone" : "pending",
      decision,
      by: session.operator.id,
      at: at.toISOString(),
      undoUntil: new Date(at.getTime() + session.undoMs).toISOString(),
      version: found.version,
    };
    json(response, 200, answer);
    this.tell("changed", found);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

const failure = (code: string, cause: string, next: string) => ({ error: { code, cause, next } });

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function body(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
