/**
 * A booth without a booth, for tests of the screen alone: serves the built kiosk, shows it recorded states, and remembers what
 * the screen sent. The real booth is tried in `end-to-end.test.ts`.
 */
import { createReadStream, existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import type { BoothMessage, BoothStatus, ScreenState } from "../../booth/api/messages.ts";
import { picture } from "./fixtures/pictures.ts";
import { screensFolder } from "./screens-folder.ts";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
  ".jpg": "image/jpeg",
  ".png": "image/png",
};
/** As strict as a production booth may be: the screen must not need more. */
export const CONTENT_POLICY =
  "default-src 'self'; connect-src 'self'; img-src 'self'; media-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

export class FakeBooth {
  /** Everything that the screen said, in order; camera frames as `{ type: "frame", kind, bytes }`. */
  readonly said: ({ type: string } & Record<string, unknown>)[] = [];
  status: BoothStatus | null = null;
  readonly #server: Server;
  readonly #sockets = new Set<WebSocket>();
  #message: BoothMessage | null = null;
  #sequence = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<FakeBooth> {
    const folder = screensFolder("booth");
    const server = createServer(async (request, response) => {
      const path = new URL(request.url ?? "/", "http://booth").pathname;
      response.setHeader("content-security-policy", CONTENT_POLICY);
      if (path === "/api/status") {
        response.writeHead(fake.status ? 200 : 503, { "content-type": "application/json" });
        response.end(JSON.stringify(fake.status ?? {}));
        return;
      }
      const made = path.startsWith("/fixture/") ? picture(path.slice("/fixture/".length)) : undefined;
      if (made) {
        response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
        response.end(await made);
        return;
      }
      const file = join(folder, normalize(path).replace(/^\/$/, "index.html"));
      const found =
        file.startsWith(folder) && existsSync(file) && extname(file) !== "" ? file : join(folder, "index.html");
      response.setHeader("content-type", TYPES[extname(found)] ?? "application/octet-stream");
      createReadStream(found).pipe(response);
    });
    const fake = new FakeBooth(server);
    const sockets = new WebSocketServer({ server, path: "/api/screen" });
    sockets.on("connection", (socket) => fake.#meet(socket));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  #meet(socket: WebSocket) {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("message", (data, binary) => {
      const bytes = data as Buffer;
      this.said.push(binary ? { type: "frame", kind: bytes[0], bytes: bytes.length } : JSON.parse(bytes.toString()));
    });
    socket.send(JSON.stringify({ type: "granted", token: "fixture" } satisfies BoothMessage));
    if (this.#message) socket.send(JSON.stringify(this.#message));
  }

  /** Shows a state to every screen, now and at each new connection. Gives the selector of the page that shows it. */
  show(state: ScreenState): string {
    this.#sequence += 1;
    this.say({ ...state, sequence: this.#sequence });
    return `[data-state="${this.#sequence}"]`;
  }

  say(message: BoothMessage): void {
    this.#message = message;
    for (const socket of this.#sockets) socket.send(JSON.stringify(message));
  }

  /** Cuts every connection, as a booth that restarts does. */
  async drop(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
