/** The operators' door: the console's files and its API (`api.ts`), on the loopback interface. */
import { createServer, type Server } from "node:http";
import express, { type ErrorRequestHandler, type Request, type Response } from "express";
import type { Clock } from "../../crypto/environment.ts";
import { explain, type Language } from "../../crypto/errors/catalogue.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import { SERVER_LIMITS } from "../limits.ts";
import type { Store } from "../store/store.ts";
import { DecisionRequest, SESSION_COOKIE, type Session, SignIn } from "./api.ts";
import { readCase } from "./case-detail.ts";
import type { Decisions } from "./decisions.ts";
import { assertOwnOrigin, assertSession, sessionCookie } from "./door.ts";
import type { EventStreams } from "./events.ts";
import { readImage } from "./images.ts";
import { readQueue } from "./queue.ts";
import type { Sessions } from "./sessions.ts";

export interface ConsoleOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly decisions: Decisions;
  readonly events: EventStreams;
  /** The built console (`dist/screens/console`). */
  readonly files: string;
  /** A failure without a code: for the log. */
  readonly onFault: (error: unknown) => void;
}

const STATUSES: Readonly<Record<string, number>> = {
  "review/not-signed-in": 401,
  "review/token-wrong": 401,
  "review/csrf": 403,
  "review/host-foreign": 403,
  "review/origin-foreign": 403,
  "review/case-unknown": 404,
  "review/image-unknown": 404,
  "review/route-unknown": 404,
  "review/case-changed": 409,
  "review/case-decided": 409,
  "review/undo-too-late": 409,
  "review/undo-other": 409,
  "review/request-malformed": 400,
};

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

export function createConsoleListener(options: ConsoleOptions): Server {
  const { store, clock, sessions, decisions, events } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use((request, response, next) => {
    response.set(HEADERS);
    assertOwnOrigin(request);
    next();
  });

  const api = express.Router();
  api.use((_request, response, next) => {
    response.set("cache-control", "no-store");
    next();
  });
  // The one route without a session: it makes one, for whoever has the one-time token.
  api.post("/session", jsonBody, async (request, response) => {
    const { cookie, session } = await sessions.signIn(parse(SignIn, request.body).token);
    response.cookie(SESSION_COOKIE, cookie, { httpOnly: true, sameSite: "strict", path: "/" });
    response.json(session);
  });
  api.use((request, response, next) => {
    response.locals.session = assertSession(request, sessions);
    next();
  });
  api.get("/session", (_request, response) => void response.json(sessionOf(response)));
  api.delete("/session", (request, response) => {
    sessions.signOut(sessionCookie(request));
    response.clearCookie(SESSION_COOKIE, { path: "/" }).status(204).end();
  });
  api.get("/queue", (_request, response) => void response.json(readQueue(store, clock.now())));
  api.get("/events", (request, response) => {
    const after = Number.parseInt(String(request.headers["last-event-id"] ?? request.query.after ?? "0"), 10);
    const cookie = sessionCookie(request);
    events.open(response, Number.isSafeInteger(after) ? after : 0, () => sessions.isOpen(cookie));
  });
  api.get("/cases/:caseId", async (request, response) => {
    response.json(await readCase(request.params.caseId, store, clock.now(), languageOf(request)));
  });
  api.get("/cases/:caseId/images/:image", async (request, response) => {
    const { mediaType, bytes } = await readImage(request.params.caseId, request.params.image, store);
    response.type(mediaType).send(Buffer.from(bytes));
  });
  api.post("/cases/:caseId/decision", jsonBody, async (request, response) => {
    const { decision, version } = parse(DecisionRequest, request.body);
    const { id } = sessionOf(response).operator;
    response.json(await decisions.decide(String(request.params.caseId), id, decision, version));
  });
  api.post("/cases/:caseId/decision/undo", async (request, response) => {
    response.json(await decisions.undo(request.params.caseId, sessionOf(response).operator.id));
  });
  api.use(() => {
    throw new KabinaError("review/route-unknown");
  });
  app.use("/api", api);

  app.use(express.static(options.files, { index: "index.html", cacheControl: true, maxAge: 0, dotfiles: "ignore" }));
  app.use(() => {
    throw new KabinaError("review/route-unknown");
  });
  const onError: ErrorRequestHandler = (error, request, response, _next) => {
    if (!isCoded(error)) options.onFault(error);
    if (response.headersSent) return void response.destroy();
    const explained = isCoded(error) ? explain(error, languageOf(request)) : explain(new KabinaError("review/failed"));
    response.status(STATUSES[explained.code] ?? (isCoded(error) ? 422 : 500)).json({ error: explained });
  };
  app.use(onError);
  const server = createServer(app);
  server.maxConnections = SERVER_LIMITS.connections;
  return server;
}

/** A body must say that it is JSON: what a form of another page can send is not. */
const parseJson = express.json({ limit: SERVER_LIMITS.consoleBodyBytes, strict: true, type: "application/json" });
const jsonBody: express.RequestHandler = (request, response, next) =>
  parseJson(request, response, (error?: unknown) => {
    if (error) next(new KabinaError("review/request-malformed", {}, { cause: error }));
    else next();
  });

function parse<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  value: unknown,
): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new KabinaError("review/request-malformed");
  return parsed.data;
}

function sessionOf(response: Response): Session {
  return response.locals.session as Session;
}

function languageOf(request: Request): Language {
  return request.acceptsLanguages("en", "ru") === "ru" ? "ru" : "en";
}
