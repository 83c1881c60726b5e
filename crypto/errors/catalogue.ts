/** The one catalogue of failures: for each code what happened and what to do, in Russian and English. */

import { biometricsErrors } from "./catalogue/biometrics.ts";
import { boothErrors } from "./catalogue/booth.ts";
import { chipPrintErrors } from "./catalogue/chip-prints.ts";
import { cliErrors } from "./catalogue/cli.ts";
import { cryptoErrors } from "./catalogue/crypto.ts";
import { devicesErrors } from "./catalogue/devices.ts";
import type { ErrorText } from "./catalogue/entry.ts";
import { mrtdErrors } from "./catalogue/mrtd.ts";
import { serverErrors } from "./catalogue/server.ts";
import { isCoded } from "./kabina-error.ts";

export type { ErrorText } from "./catalogue/entry.ts";
export type Language = "en" | "ru";

export const catalogue: Readonly<Record<string, ErrorText>> = {
  ...cryptoErrors,
  ...biometricsErrors,
  ...mrtdErrors,
  ...devicesErrors,
  ...boothErrors,
  ...chipPrintErrors,
  ...serverErrors,
  ...cliErrors,
};

/** What a person is told of a failure. */
export interface ExplainedError {
  readonly code: string;
  readonly cause: string;
  readonly next: string;
}

/** Explains any thrown value in a language; what has no code is `internal/unexpected`, and its message is kept for the log only. */
export function explain(error: unknown, language: Language = "en"): ExplainedError {
  const code = isCoded(error) && catalogue[error.code] !== undefined ? error.code : "internal/unexpected";
  const text = catalogue[code] as ErrorText;
  const details = isCoded(error) ? error.details : {};
  const fill = (template: string) => template.replace(/\{(\w+)\}/g, (whole, name) => String(details[name] ?? whole));
  return { code, cause: fill(text.cause[language]), next: fill(text.next[language]) };
}
