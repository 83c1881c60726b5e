import type { CaseDetail } from "../../review/api.ts";
import { Icon } from "../frame/icon.tsx";
import { type Say, useTexts } from "../texts/use-texts.ts";

type Presentation = NonNullable<CaseDetail["presentation"]>;

/** Beside the portrait: is it a face that was before the camera? What is suspicious first; what could not be told says why. */
export function LivingSigns({ presentation }: { presentation: CaseDetail["presentation"] }) {
  const { t } = useTexts();
  if (presentation === null) return null;
  const { score, signals } = presentation;
  const order = [...signals].sort((a, b) => rank(a) - rank(b));
  return (
    <section className="living-signs" aria-label={t("living.title")}>
      <p className="living-score" data-status={signals.some(({ suspicious }) => suspicious) ? "failed" : "passed"}>
        {t("living.score", { score: Math.round(score) })}
      </p>
      <ul>
        {order.map((signal) => {
          const status = signal.suspicious ? "failed" : signal.value === null ? "not-checked" : "passed";
          return (
            <li key={signal.name} data-signal={signal.name} data-status={status}>
              <Icon name={status === "failed" ? "alert" : status === "passed" ? "check" : "dash"} />
              <span>{wordsOf(t, signal, presentation)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What was asked is the longest line, and the one that says most. */
const rank = ({ name, suspicious, value }: Presentation["signals"][number]) =>
  suspicious ? 0 : name === "Challenge" ? 1 : value === null ? 3 : 2;

function wordsOf(
  t: Say,
  { name, value, suspicious }: Presentation["signals"][number],
  { challenge, colours }: Presentation,
): string {
  if (name === "Challenge" && challenge !== null) {
    const asked = t(`living.asked.${challenge.asked}`);
    const { outcome, reactionMs, fault } = challenge;
    if (outcome === "met" && reactionMs !== null)
      return t("living.met", { asked, seconds: Math.round(reactionMs / 100) / 10 });
    const known = FAULTS.find((one) => one === fault);
    const why = outcome === "not-met" && known ? `: ${t(`living.fault.${known}`)}` : "";
    return `${t(`living.outcome.${outcome}`, { asked })}${why}`;
  }
  if (name === "ScreenReflection" && colours !== null && colours.skipped !== null)
    return t(`living.skipped.${colours.skipped}`);
  return t(`living.sign.${name}.${suspicious ? "suspicious" : value === null ? "untold" : "fine"}`);
}

const FAULTS = ["other", "too-soon", "face-lost", "late", "unsettled"] as const;
