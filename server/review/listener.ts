/** The operators' door: the console's files and its API (`api.ts`), on the loopback interface. */
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import express, { type ErrorRequestHandler, type Request, type Response } from "express";
import type { Clock } from "../../crypto/environment.ts";
import { explain } from "../../crypto/errors/catalogue.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { TlsCredentials } from "../../crypto/keys/key.ts";
import { SERVER_LIMITS } from "../limits.ts";
import { periods } from "../network/api.ts";
import { networkCsv, readNetwork } from "../network/network.ts";
import type { Register } from "../register/register.ts";
import type { AuditPump } from "../security/audit-pump.ts";
import type { Reexamination } from "../security/reexamination.ts";
import { PasskeyAnswer, type Passkeys } from "../staff/passkeys.ts";
import { Patience } from "../staff/patience.ts";
import type { SignedIn, Staff } from "../staff/staff.ts";
import type { Store } from "../store/store.ts";
import { DecisionRequest, LookFinding, SESSION_COOKIE, SignIn } from "./api.ts";
import { readCase } from "./case-detail.ts";
import type { AuditedSigner } from "./decision-signer.ts";
import type { Decisions } from "./decisions.ts";
import type { Desk } from "./desk.ts";
import { assertAllowed, assertOwnOrigin, originOf, sessionCookie } from "./door.ts";
import { erasureProof } from "./erasure-view.ts";
import type { EventStreams } from "./events.ts";
import { readImage } from "./images.ts";
import { readQueue } from "./queue.ts";
import { fileBody, jsonBody, languageOf, parse, sessionOf } from "./request.ts";
import { readSearch } from "./search.ts";
import type { Sessions } from "./sessions.ts";

export interface ConsoleOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly decisions: Decisions;
  readonly desk: Desk;
  readonly events: EventStreams;
  readonly staff: Staff;
  readonly passkeys: Passkeys;
  /** Signs in whoever the connection's certificate names. */
  readonly withCertificate: (socket: object) => SignedIn;
  readonly register: Register;
  readonly reexamination: Reexamination;
  readonly pump: Pick<AuditPump, "carry">;
  readonly log: Pick<AuditedSigner, "search" | "prove">;
  /** The security officer's routes, where the authority's office is on this machine. */
  readonly security?: express.Router;
  /** The built console (`dist/screens/console`). */
  readonly files: string;
  /** A failure without a code: for the log. */
  readonly onFault: (error: unknown) => void;
}

const STATUSES: Readonly<Record<string, number>> = {
  "review/not-signed-in": 401,
  "review/token-wrong": 401,
  "review/slow-down": 429,
  "person/passkey-refused": 401,
  "person/certificate-refused": 401,
  "review/not-allowed": 403,
  "proposal/own": 403,
  "proposal/unknown": 404,
  "proposal/decided": 409,
  "request/unknown": 404,
  "request/decided": 409,
  "certificate/unknown": 404,
  "certificate/of-server": 403,
  "certificate/of-authority": 403,
  "proposal/no-file": 404,
  "review/csrf": 403,
  "review/host-foreign": 403,
  "review/origin-foreign": 403,
  "review/case-unknown": 404,
  "review/image-unknown": 404,
  "review/route-unknown": 404,
  "review/case-changed": 409,
  "review/case-decided": 409,
  "review/undo-too-late": 409,
  "security/own-decision": 403,
  "security/not-decided": 409,
  "review/undo-other": 409,
  "review/request-malformed": 400,
  "updates/no-draft": 404,
  "updates/draft-changed": 409,
  "updates/not-own-key": 403,
  "updates/not-an-officer": 403,
  "updates/person-signed": 403,
};

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** The console over plain HTTP, for the loopback interface; with `tls`, over TLS that asks for the staff's certificates. */
export function createConsoleListener(options: ConsoleOptions, tls?: ConsoleTls): Server {
  const app = createConsole(options);
  const server = tls
    ? createTlsServer({ ...tls, minVersion: "TLSv1.3", requestCert: true, rejectUnauthorized: false }, app)
    : createServer(app);
  server.maxConnections = SERVER_LIMITS.connections;
  return server as Server;
}

export interface ConsoleTls extends TlsCredentials {
  /** PEM of the authorities whose certificates are asked for. */
  readonly ca: string[];
}

function createConsole(options: ConsoleOptions): express.Express {
  const { store, clock, sessions, decisions, events, staff, passkeys } = options;
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
  const patience = new Patience(clock, (address, count) => staff.note("server", "staff.guessing", address, { count }));
  const enter = async (request: Request, response: Response, signIn: () => Promise<SignedIn>) => {
    const signedIn = await patience.attempt(request.socket.remoteAddress ?? "", signIn);
    const { cookie, session } = sessions.open(signedIn);
    response.cookie(SESSION_COOKIE, cookie, { httpOnly: true, sameSite: "strict", path: "/", secure: request.secure });
    response.json(session);
  };
  api.use((request, response, next) => {
    response.locals.session = assertAllowed(request, sessions, request.baseUrl + request.path);
    next();
  });
  api.post("/session", jsonBody, (request, response) =>
    enter(request, response, async () => staff.useCode(parse(SignIn, request.body).token)),
  );
  api.post("/session/certificate", (request, response) =>
    enter(request, response, async () => options.withCertificate(request.socket)),
  );
  api.post("/passkey/sign-in/options", async (request, response) => {
    response.json(await passkeys.signInOptions(originOf(request)));
  });
  api.post("/passkey/sign-in", jsonBody, (request, response) =>
    enter(request, response, () => passkeys.signIn(parse(PasskeyAnswer, request.body), originOf(request))),
  );
  const ownPerson = (response: Response) => {
    const person = staff.active(sessionOf(response).operator.id);
    if (!person) throw new KabinaError("review/not-signed-in");
    return person;
  };
  api.post("/passkey/options", async (request, response) => {
    response.json(await passkeys.registrationOptions(ownPerson(response), originOf(request)));
  });
  api.post("/passkey", jsonBody, async (request, response) => {
    await passkeys.register(ownPerson(response), parse(PasskeyAnswer, request.body), originOf(request));
    response.status(204).end();
  });
  api.get("/session", (_request, response) => void response.json(sessionOf(response)));
  api.delete("/session", (request, response) => {
    sessions.signOut(sessionCookie(request));
    response.clearCookie(SESSION_COOKIE, { path: "/" }).status(204).end();
  });
  api.get("/queue", (_request, response) => void response.json(readQueue(store, clock.now())));
  api.get("/search", (request, response) => {
    const zone = Number.parseInt(String(request.query.zone ?? "0"), 10);
    const zoneMinutes = Math.abs(zone) <= 24 * 60 ? zone : 0;
    response.json(readSearch(store, clock.now(), String(request.query.text ?? ""), zoneMinutes));
  });
  api.get("/events", (request, response) => {
    const after = Number.parseInt(String(request.headers["last-event-id"] ?? request.query.after ?? "0"), 10);
    const cookie = sessionCookie(request);
    events.open(response, Number.isSafeInteger(after) ? after : 0, () => sessions.isOpen(cookie));
  });
  api.get("/cases/:caseId", async (request, response) => {
    const tools = { store, register: options.register };
    response.json(await readCase(request.params.caseId, tools, clock.now(), languageOf(request)));
  });
  api.get("/cases/:caseId/erasure", async (request, response) => {
    await options.pump.carry();
    const proof = await erasureProof(request.params.caseId, options.log);
    response.attachment(`erasure-${request.params.caseId}.proof`).type("text/plain").send(proof);
  });
  api.get("/look-again", async (_request, response) => {
    await options.reexamination.apply();
    response.json(options.reexamination.list());
  });
  api.post("/look-again/:caseId", jsonBody, async (request, response) => {
    const finding = parse(LookFinding, request.body);
    await options.reexamination.judge(String(request.params.caseId), sessionOf(response).operator.id, finding);
    await options.pump.carry();
    response.status(204).end();
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
  api.post("/cases/:caseId/fresh-finger", fileBody, async (request, response) => {
    const { id } = sessionOf(response).operator;
    response.json(await options.desk.compare(String(request.params.caseId), id, request.body));
  });
  const network = (request: Request) => {
    const days = periods.find((period) => String(period) === request.query.days);
    if (days === undefined) throw new KabinaError("review/request-malformed");
    return readNetwork(store, clock.now(), days);
  };
  api.get("/network", (request, response) => void response.json(network(request)));
  api.get("/network/csv", (request, response) => {
    response
      .attachment("kabina-network.csv")
      .type("text/csv")
      .send(networkCsv(network(request)));
  });
  if (options.security) api.use("/security", options.security);
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
  return app;
}
