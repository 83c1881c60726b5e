/** What a parent and its driver process say to each other, over node's own channel (structured clone, so byte arrays pass whole). */
import type { KabinaError } from "../../crypto/errors/kabina-error.ts";

export type ToChild =
  | { readonly kind: "request"; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: "cancel"; readonly id: number }
  | { readonly kind: "ping"; readonly id: number };

export type FromChild =
  | { readonly kind: "ready" }
  | { readonly kind: "result"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failure"; readonly id: number; readonly error: SentError }
  | { readonly kind: "event"; readonly name: string; readonly data: unknown }
  | { readonly kind: "pong"; readonly id: number };

/** An error as it crosses the channel. */
export interface SentError {
  readonly code: string | null;
  readonly details: KabinaError["details"];
  readonly message: string;
}
