import i18next from "i18next";
import type { z } from "zod";
import { ApiFailure, CSRF_HEADER } from "../../review/api.ts";
import { sayWith } from "../texts/use-texts.ts";

const say = sayWith(i18next);

/** Milliseconds after which a silent server counts as unreachable. */
const PATIENCE_MS = 15_000;

/** What the operator is told: the server's own words, or the console's where the server said nothing. */
export class Refusal extends Error {
  readonly code: string;
  readonly next: string;
  constructor(code: string, cause: string, next: string) {
    super(cause);
    this.name = "Refusal";
    this.code = code;
    this.next = next;
  }
}

export const NOT_SIGNED_IN = "review/not-signed-in";

let csrf = "";
/** The token that every changing request carries; set at sign-in. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** A file is sent as it is, everything else as JSON. Throws `Refusal` for everything that is not an answer of the agreed form. */
export async function ask<S extends z.ZodType>(
  schema: S,
  path: string,
  method = "GET",
  body?: unknown,
): Promise<z.output<S>> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers: {
        "accept-language": i18next.language,
        ...(method === "GET" ? {} : { [CSRF_HEADER]: csrf }),
        ...(body === undefined
          ? {}
          : { "content-type": body instanceof Blob ? "application/octet-stream" : "application/json" }),
      },
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    throw new Refusal("console/unreachable", say("fault.unreachable"), say("fault.unreachableNext"));
  }
  const content: unknown = answer.status === 204 ? undefined : await answer.json().catch(() => undefined);
  if (!answer.ok) {
    const failure = ApiFailure.safeParse(content);
    if (failure.success) throw new Refusal(failure.data.error.code, failure.data.error.cause, failure.data.error.next);
  }
  const parsed = answer.ok ? schema.safeParse(content) : undefined;
  if (!parsed?.success) throw new Refusal("console/unknown", say("fault.unknown"), say("fault.unknownNext"));
  return parsed.data;
}

/** A failure as a `Refusal`, whatever was thrown. */
export function asRefusal(error: unknown): Refusal {
  return error instanceof Refusal
    ? error
    : new Refusal("console/unknown", say("fault.unknown"), say("fault.unknownNext"));
}
