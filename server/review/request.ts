/** What every route of the console asks of a request: its body, by a schema, and whose session it is. */
import express, { type Request, type Response } from "express";
import type { Language } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { SERVER_LIMITS } from "../limits.ts";
import type { Session } from "./api.ts";

/** A body must say that it is JSON: what a form of another page can send is not. */
const jsonOf = (limit: number): express.RequestHandler => {
  const parseJson = express.json({ limit, strict: true, type: "application/json" });
  return (request, response, next) =>
    parseJson(request, response, (error?: unknown) => {
      if (error) next(new KabinaError("review/request-malformed", {}, { cause: error }));
      else next();
    });
};
export const jsonBody = jsonOf(SERVER_LIMITS.consoleBodyBytes);
/** For policy and hot-list. */
export const proposalBody = jsonOf(SERVER_LIMITS.proposalBodyBytes);

/** A file as it is, in memory only. */
const parseFile = express.raw({ limit: SERVER_LIMITS.fingerFileBytes, type: "application/octet-stream" });
export const fileBody: express.RequestHandler = (request, response, next) =>
  parseFile(request, response, (error?: unknown) => {
    if (error || !Buffer.isBuffer(request.body) || request.body.length === 0) {
      next(new KabinaError("review/request-malformed", {}, { cause: error }));
    } else next();
  });

export function parse<T>(
  schema: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  value: unknown,
): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new KabinaError("review/request-malformed");
  return parsed.data;
}

export function sessionOf(response: Response): Session {
  return response.locals.session as Session;
}

/** The reader's language, of those that the texts are in. */
export function languageOf(request: Request): Language {
  return request.acceptsLanguages("en", "ru") === "ru" ? "ru" : "en";
}
