/** The WebSocket of the screens: hello, claim, states out, events in. */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import { explain } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { SessionHost } from "../session/session-host.ts";
import {
  type BoothMessage,
  MAX_CAMERA_FRAME_BYTES,
  MAX_STATES_PER_SECOND,
  type ScreenHello,
  ScreenMessage,
} from "./messages.ts";
import type { ScreenClaim } from "./screen-claim.ts";
import type { ScreenStates } from "./screen-state.ts";

export interface LinkTools {
  readonly host: SessionHost;
  readonly states: ScreenStates;
  readonly claim: ScreenClaim;
  /** Whether a request comes from the booth's own page on the booth's own address. */
  isOwn(request: IncomingMessage): boolean;
  /** A binary message of the screen that has the booth: its own camera. */
  cameraFrame(bytes: Uint8Array): void;
  /** Whether the screen that has the booth has a camera of its own. */
  cameraAvailable(available: boolean): void;
}

export const SCREEN_PATH = "/api/screen";
/** Milliseconds between pings; a screen that misses one is gone. */
const PING_MS = 5000;
/** Milliseconds in which a new link must say hello. */
const HELLO_MS = 5000;
/** Characters of one text message: a signature of the longest kind. */
const MAX_TEXT_BYTES = 2_000_000;

export class ScreenLink {
  readonly #tools: LinkTools;
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MAX_CAMERA_FRAME_BYTES + 1 });
  readonly #waiting = new Set<WebSocket>();
  #owner: WebSocket | undefined;
  #sendTimer: NodeJS.Timeout | undefined;
  #lastSent = 0;
  readonly #pings: NodeJS.Timeout;
  readonly #alive = new WeakSet<WebSocket>();

  constructor(http: Server, tools: LinkTools) {
    this.#tools = tools;
    http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
    tools.host.onChange(() => this.#schedule());
    this.#pings = setInterval(() => this.#ping(), PING_MS);
    this.#pings.unref();
  }

  close(): void {
    clearInterval(this.#pings);
    clearTimeout(this.#sendTimer);
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const path = request.url?.split("?")[0];
    if (path !== SCREEN_PATH || !this.#tools.isOwn(request)) {
      socket.end(`HTTP/1.1 ${path === SCREEN_PATH ? "403 Forbidden" : "404 Not Found"}\r\nConnection: close\r\n\r\n`);
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (link) => this.#welcome(link));
  }

  #welcome(link: WebSocket): void {
    this.#alive.add(link);
    const late = setTimeout(() => link.close(4008, "no hello"), HELLO_MS);
    link.on("pong", () => this.#alive.add(link));
    link.on("error", () => link.terminate());
    link.on("message", (data, isBinary) => {
      clearTimeout(late);
      this.#message(link, data, isBinary);
    });
    link.on("close", () => {
      clearTimeout(late);
      this.#waiting.delete(link);
      if (this.#owner !== link) return;
      this.#owner = undefined;
      this.#tools.claim.gone();
      this.#tools.cameraAvailable(false);
    });
  }

  #message(link: WebSocket, data: RawData, isBinary: boolean): void {
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
    if (isBinary) {
      if (link === this.#owner) this.#tools.cameraFrame(new Uint8Array(bytes));
      return;
    }
    const message = bytes.length > MAX_TEXT_BYTES ? undefined : parse(bytes.toString("utf8"));
    if (message === undefined) this.#reject(link, "?", new KabinaError("session/event-malformed"));
    else if (message.type === "hello") this.#hello(link, message);
    else if (link !== this.#owner) this.#inUse(link, this.#tools.claim.canTakeOver());
    else this.#tools.host.person(message).catch((error: unknown) => this.#reject(link, message.type, error));
  }

  #hello(link: WebSocket, hello: ScreenHello): void {
    const { granted, token, canTakeOver } = this.#tools.claim.hello(hello, this.#tools.host.private);
    if (!granted || token === null) {
      this.#waiting.add(link);
      this.#inUse(link, canTakeOver);
      return;
    }
    this.#waiting.delete(link);
    const before = this.#owner;
    this.#owner = link;
    if (before !== undefined && before !== link) before.close(4001, "taken over");
    this.#tools.cameraAvailable(hello.camera);
    this.#send(link, { type: "granted", token });
    this.#send(link, this.#tools.states.state());
  }

  #inUse(link: WebSocket, canTakeOver: boolean): void {
    const code = canTakeOver ? "session/screen-gone" : "session/in-use";
    this.#send(link, { type: "in-use", canTakeOver, ...explain(new KabinaError(code), this.#tools.host.language) });
  }

  #reject(link: WebSocket, event: string, error: unknown): void {
    this.#send(link, { type: "rejected", event, ...explain(error, this.#tools.host.language) });
  }

  #send(link: WebSocket, message: BoothMessage): void {
    if (link.readyState === WebSocket.OPEN) link.send(JSON.stringify(message));
  }

  /** Sends the state soon, but not more often than a screen can draw. */
  #schedule(): void {
    if (this.#sendTimer !== undefined) return;
    const wait = Math.max(0, this.#lastSent + 1000 / MAX_STATES_PER_SECOND - performance.now());
    this.#sendTimer = setTimeout(() => {
      this.#sendTimer = undefined;
      this.#lastSent = performance.now();
      if (this.#owner !== undefined) this.#send(this.#owner, this.#tools.states.state());
    }, wait);
  }

  #ping(): void {
    for (const link of this.#server.clients) {
      if (!this.#alive.has(link)) link.terminate();
      else {
        this.#alive.delete(link);
        link.ping();
      }
    }
    if (this.#tools.claim.canTakeOver()) for (const link of this.#waiting) this.#inUse(link, true);
  }
}

function parse(text: string): ScreenMessage | undefined {
  try {
    const result = ScreenMessage.safeParse(JSON.parse(text));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
