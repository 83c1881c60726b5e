/** A failure of this room. It has the shape of the error that the other rooms use, of which this room imports nothing. */
export class BiometricsError extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;

  constructor(
    code: string,
    details: Readonly<Record<string, string | number | boolean | null>> = {},
    options?: { cause?: unknown },
  ) {
    super(`${code} ${JSON.stringify(details)}`, options);
    this.name = "BiometricsError";
    this.code = code;
    this.details = details;
  }
}
