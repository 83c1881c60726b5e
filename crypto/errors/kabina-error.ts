/** A value that may stand in an error's details: never a secret, a print, a face or a person's data. */
export type ErrorDetail = string | number | boolean | null | readonly (string | number)[];

/**
 * A failure with a code of the catalogue. The catalogue (`crypto/errors/catalogue.ts`) gives its cause and its next step in the
 * reader's language; `details` fill the placeholders of those texts.
 */
export class KabinaError extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, ErrorDetail>>;

  constructor(code: string, details: Readonly<Record<string, ErrorDetail>> = {}, options?: { cause?: unknown }) {
    super(`${code} ${JSON.stringify(details)}`, options);
    this.name = "KabinaError";
    this.code = code;
    this.details = details;
  }
}

/** True for a `KabinaError` and for any error of another room that has the same shape (biometrics imports nothing of ours). */
export function isCoded(error: unknown): error is Error & Pick<KabinaError, "code" | "details"> {
  return (
    error instanceof Error &&
    "code" in error &&
    typeof error.code === "string" &&
    error.code.includes("/") &&
    "details" in error
  );
}
