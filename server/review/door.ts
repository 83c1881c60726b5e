/**
 * Who gets through to the console's routes: requests for this very host, from this very origin, with a session, and for
 * changes with that session's token. docs/operations.md says how an operator signs in.
 */
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { connectionCertificate } from "../staff/certificate-sign-in.ts";
import type { Origin } from "../staff/passkeys.ts";
import { judge } from "../staff/roles.ts";
import { CSRF_HEADER, SESSION_COOKIE, type Session } from "./api.ts";
import type { Sessions } from "./sessions.ts";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Refuses what another page or a rebound name (DNS rebinding) makes a browser send.
 * @throws KabinaError `review/host-foreign`, `review/origin-foreign`
 */
export function assertOwnOrigin(request: IncomingMessage): void {
  const host = request.headers.host ?? "";
  // Over TLS the name is in the server's certificate, which a rebound name is not.
  if (!isEncrypted(request) && !LOOPBACK.has(host.replace(/:\d+$/, ""))) throw new KabinaError("review/host-foreign");
  const { origin } = request.headers;
  if (origin !== undefined && origin !== originOf(request).origin) throw new KabinaError("review/origin-foreign");
  const site = request.headers["sec-fetch-site"];
  const navigates = request.method === "GET" && request.headers["sec-fetch-mode"] === "navigate";
  if (site !== undefined && site !== "same-origin" && site !== "none" && !navigates) {
    throw new KabinaError("review/origin-foreign");
  }
}

const isEncrypted = (request: IncomingMessage): boolean => "encrypted" in request.socket;

/** Where the page is that asks. */
export function originOf(request: IncomingMessage): Origin {
  const host = request.headers.host ?? "";
  return { origin: `${isEncrypted(request) ? "https" : "http"}://${host}`, host };
}

/**
 * Lets through who may do what is asked; the session, where there is one.
 * @throws KabinaError `review/not-signed-in`, `review/csrf`, `review/not-allowed`, `review/route-unknown`
 */
export function assertAllowed(request: IncomingMessage, sessions: Sessions, path: string): Session | null {
  const method = request.method ?? "";
  const open = judge(method, path, null) === "allowed";
  if (open) return null;
  const session = assertSession(request, sessions);
  const verdict = judge(method, path, session.operator.roles);
  if (verdict === "refused") throw new KabinaError("review/not-allowed");
  if (verdict !== "allowed") throw new KabinaError("review/route-unknown");
  return session;
}

function assertSession(request: IncomingMessage, sessions: Sessions): Session {
  const session = sessions.use(sessionCookie(request), connectionCertificate(request.socket)?.sha256);
  if (request.method !== "GET") {
    const given = Buffer.from(String(request.headers[CSRF_HEADER] ?? ""));
    const wanted = Buffer.from(session.csrf);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw new KabinaError("review/csrf");
  }
  return session;
}

export function sessionCookie(request: IncomingMessage): string | undefined {
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const [name, value] = pair.trim().split("=");
    if (name === SESSION_COOKIE) return value;
  }
  return undefined;
}
