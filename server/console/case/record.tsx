import { type CaseDetail, OverrideReason, RetakeReason, STAGES } from "../../review/api.ts";
import { clockTime, duration } from "../frame/times.ts";
import { type Say, useTexts } from "../texts/use-texts.ts";
import { measureName } from "./portrait-measures.tsx";

const STEPS = [
  "welcome",
  "resume",
  "consent",
  "slip",
  "document",
  "confirm",
  "face",
  "fingers",
  "signature",
  "review",
  "seal",
  "receipt",
  "wipe",
  "open",
  "validate",
  "device",
  "chip",
  "quality",
  "duplicates",
] as const;

function stepName(t: Say, step: string): string {
  const known = STEPS.find((name) => name === step);
  return known ? t(`step.${known}`) : step;
}

const DECIDED = { accept: "accepted", retake: "retaken", escalate: "escalated" } as const;

/** Stages of the server in the order in which they run; the booth's steps stay in the order of the visit. */
const place = (step: string) => (STAGES as readonly string[]).indexOf(step);

function eventName(t: Say, event: string): string {
  if (event.startsWith("stage-")) return t("event.stage", { stage: stepName(t, event.slice("stage-".length)) });
  const known = (
    [
      "received",
      "queued",
      "replayed",
      "look-again",
      "looked-again",
      "reopened",
      "decided",
      "undone",
      "signed",
      "delivered-to-booth",
      "ordered",
      "erased",
      "finger-same",
      "finger-other",
    ] as const
  ).find((name) => name === event);
  return known ? t(`event.${known}`) : t("event.other", { event });
}

/**
 * A decision's detail is `kind`, `kind: note`, `retake: reason, reason: note` or `accept: reason, measure, measure: note`
 * (`server/review/decisions.ts`): said in words.
 */
function detailWords(t: Say, event: string, detail: string): string {
  const [kind, ...rest] = detail.split(": ");
  const done = kind === "accept" || kind === "retake" || kind === "escalate" ? DECIDED[kind] : undefined;
  if (event !== "decided" || done === undefined) return detail;
  const [reasons = "", ...note] = kind === "escalate" ? ["", ...rest] : rest;
  const words = reasons.split(", ").map((reason) => {
    const known = RetakeReason.safeParse(reason);
    const override = OverrideReason.safeParse(reason);
    if (override.success && kind === "accept") return t(`override.${override.data}`);
    return known.success ? t(`reason.${known.data}`) : measureName(t, reason);
  });
  return [t(`decide.${done}`), words.join(", "), note.join(": ")].filter((text) => text !== "").join(" · ");
}

/** How long each step took, at the booth and here. */
export function Timings({ timings }: { timings: CaseDetail["timings"] }) {
  const { t } = useTexts();
  return (
    <div className="timings">
      {(["booth", "server"] as const).map((where) => (
        <section key={where}>
          <h3>{t(`case.${where}`)}</h3>
          <dl>
            {timings
              .filter((timing) => timing.where === where)
              .sort((a, b) => place(a.step) - place(b.step))
              .map((timing, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a step may be visited twice.
                <div key={index}>
                  <dt>{stepName(t, timing.step)}</dt>
                  <dd>{duration(t, timing.ms)}</dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

/** What happened to the case, oldest first. */
export function History({ history }: { history: CaseDetail["history"] }) {
  const { t, language } = useTexts();
  return (
    <ol className="history">
      {history.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: history only grows.
        <li key={index}>
          <time dateTime={entry.at}>{clockTime(language, entry.at)}</time>
          <span>
            {eventName(t, entry.event)}
            {entry.detail && <small> {detailWords(t, entry.event, entry.detail)}</small>}
          </span>
          <span className="by">{entry.by}</span>
        </li>
      ))}
    </ol>
  );
}
