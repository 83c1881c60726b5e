/** What the record itself shows to be exceptional, whether or not the booth has listed it: a booth is not its own witness. */
import type { Enrolment } from "../../crypto/package/enrolment.ts";

const DAY_MS = 86_400_000;

/** Codes of exceptions, as a booth lists them, that follow from the rest of its record; each once. */
export function impliedExceptions(enrolment: Enrolment): string[] {
  const { slip, document, portrait, fingers, signature, resumed, startedAt } = enrolment;
  const implied = new Set<string>();
  const when = (holds: boolean, code: string) => {
    if (holds) implied.add(code);
  };
  when(slip === null, "slip/none");
  when(document.chip === null || document.chipSkipped !== null, "chip/skipped");
  // A day and more: where the person is, it may still be yesterday.
  when(Date.parse(document.mrz.fields.dateOfExpiry) + 2 * DAY_MS < Date.parse(startedAt), "document/expired");
  when(
    document.comparison.some(({ disputed }) => disputed),
    "data/disputed",
  );
  when(
    document.comparison.some(({ match }) => match === "different"),
    "data/different",
  );
  when(portrait.forced, "face/forced");
  when(
    fingers.length === 0 || fingers.some(({ part, missing }) => part === null || missing !== null),
    "finger/missing",
  );
  when(
    fingers.some(({ forced }) => forced),
    "finger/forced",
  );
  when(signature.part === null || signature.unable !== null, "signature/unable");
  when(resumed > 0, "session/resumed");
  return [...implied];
}
