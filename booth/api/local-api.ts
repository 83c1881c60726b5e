/**
 * The booth's local API, on this machine only: the kiosk screen's files, its WebSocket, pictures of the running session, the
 * live picture, status and health. Host and Origin are checked on every request, so that no other page in the
 * browser, and no name that resolves to this machine, can reach it.
 */
import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import express, { type NextFunction, type Request, type Response } from "express";
import { explain, type Language } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { Camera } from "../../devices/port.ts";
import type { SessionHost } from "../session/session-host.ts";
import type { BoothHealth, BoothStatus } from "./messages.ts";
import { sendPreview } from "./preview.ts";

export interface LocalApiTools {
  readonly host: SessionHost;
  /** The built kiosk screen. */
  readonly screens: string;
  camera(): Camera | null;
  status(language: Language): BoothStatus;
  health(): BoothHealth;
}

/** The name under which the live picture is served is one of the session's picture names. */
export const PREVIEW = "preview";
const OWN_NAMES = ["127.0.0.1", "localhost", "[::1]"] as const;

const HEADERS = {
  "content-security-policy":
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(self), microphone=(), geolocation=()",
} as const;

export class LocalApi {
  readonly server: Server;
  readonly #tools: LocalApiTools;

  constructor(tools: LocalApiTools) {
    this.#tools = tools;
    this.server = createServer(this.#routes());
  }

  /** Throws `booth/port-taken`. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once("error", (cause) => reject(new KabinaError("booth/port-taken", { port }, { cause })));
      this.server.listen(port, "127.0.0.1", resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Whether a request names this machine, and its Origin (a WebSocket must have one) is the booth's own page. */
  isOwn(request: IncomingMessage, originNeeded: boolean): boolean {
    const { port } = this.server.address() as AddressInfo;
    const hosts = OWN_NAMES.map((name) => `${name}:${port}`);
    if (!hosts.includes(request.headers.host ?? "")) return false;
    const { origin } = request.headers;
    if (origin === undefined) return !originNeeded;
    return hosts.some((host) => origin === `http://${host}`);
  }

  #routes() {
    const { host, screens } = this.#tools;
    const app = express();
    app.disable("x-powered-by");
    app.use((request, response, next) => {
      response.set(HEADERS);
      if (this.isOwn(request, false)) next();
      else refuse(response, 403, new KabinaError("booth/not-own-page"), request);
    });
    app.get("/api/health", (_request, response) => {
      const health = this.#tools.health();
      response.set("cache-control", "no-store");
      response.status(health.ready ? 200 : 503).json(health);
    });
    app.get("/api/status", (request, response) => {
      response.set("cache-control", "no-store").json(this.#tools.status(languageOf(request)));
    });
    app.get("/api/pictures/:name", (request, response) => {
      const picture = host.pictures.byName(request.params.name);
      if (picture === undefined) return refuse(response, 404, new KabinaError("session/picture-missing"), request);
      response.set("cache-control", "no-store").type(picture.mediaType).send(Buffer.from(picture.bytes));
    });
    app.get("/api/preview/:name", async (request, response) => {
      const camera = this.#tools.camera();
      const known = host.running && request.params.name === host.pictures.name(PREVIEW);
      if (!known || camera === null) return refuse(response, 404, new KabinaError("session/picture-missing"), request);
      await sendPreview(camera, host, response);
    });
    app.use("/api", (request, response) => refuse(response, 404, new KabinaError("booth/no-such-address"), request));
    app.use(express.static(screens, { index: "index.html", redirect: false }));
    app.use((request, response) => {
      // The screen's own paths (`/status`) are all served by its one page.
      const page = join(screens, "index.html");
      if (request.method === "GET" && existsSync(page)) response.sendFile(page);
      else refuse(response, existsSync(page) ? 404 : 503, new KabinaError("booth/no-screen"), request);
    });
    app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
      if (response.headersSent) response.destroy();
      else refuse(response, 500, error, request);
    });
    return app;
  }
}

function refuse(response: Response, status: number, error: unknown, request: Request): void {
  response.status(status).json({ error: explain(error, languageOf(request)) });
}

const languageOf = (request: Request): Language => (request.acceptsLanguages("ru", "en") === "ru" ? "ru" : "en");
