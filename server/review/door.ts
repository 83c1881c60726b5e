/**
 * Who gets through to the console's routes: requests for this very host, from this very origin, with a session, and for
 * changes with that session's token. docs/operations.md says how an operator signs in.
 */
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { CSRF_HEADER, SESSION_COOKIE, type Session } from "./api.ts";
import type { Sessions } from "./sessions.ts";

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Refuses what another page or a rebound name (DNS rebinding) makes a browser send.
 * @throws KabinaError `review/host-foreign`, `review/origin-foreign`
 */
export function assertOwnOrigin(request: IncomingMessage): void {
  const host = request.headers.host ?? "";
  if (!LOOPBACK.has(host.replace(/:\d+$/, ""))) throw new KabinaError("review/host-foreign");
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`) throw new KabinaError("review/origin-foreign");
  const site = request.headers["sec-fetch-site"];
  const navigates = request.method === "GET" && request.headers["sec-fetch-mode"] === "navigate";
  if (site !== undefined && site !== "same-origin" && site !== "none" && !navigates) {
    throw new KabinaError("review/origin-foreign");
  }
}

/** @throws KabinaError `review/not-signed-in`, `review/csrf` */
export function assertSession(request: IncomingMessage, sessions: Sessions): Session {
  const session = sessions.use(sessionCookie(request));
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
