import type { Check, CheckStatus } from "../../review/api.ts";
import { Icon } from "../frame/icon.tsx";
import { useTexts } from "../texts/use-texts.ts";

const ICONS: Record<CheckStatus, string> = {
  passed: "check",
  failed: "cross",
  "not-checked": "dash",
  "not-supported": "dash",
};
const LOUD: CheckStatus[] = ["failed", "not-checked", "not-supported"];

/** Every check's result: what failed first and with its reason, what passed quietly at the end. */
export function CheckList({ checks }: { checks: readonly Check[] }) {
  const { t } = useTexts();
  if (checks.length === 0) return <p className="quiet-note">{t("case.noChecks")}</p>;
  const passed = checks.filter((check) => check.status === "passed");
  const notable = LOUD.flatMap((status) => checks.filter((check) => check.status === status));
  return (
    <>
      <ul className="checks">
        {notable.map((check) => (
          <li key={check.check} data-status={check.status}>
            <span className="check-icon">
              <Icon name={ICONS[check.status]} />
            </span>
            <div>
              <p className="check-name">
                {t(`check.${check.check}`)}
                <span className="check-status">{t(`case.status.${check.status}`)}</span>
              </p>
              {check.text && <p className="check-why">{check.text.cause}</p>}
              {check.status === "failed" && <Measures check={check} />}
              <BoothFound check={check} />
            </div>
          </li>
        ))}
      </ul>
      <ul className="checks-passed" aria-label={t("case.status.passed")}>
        {passed.map((check) => (
          <li key={check.check} data-status="passed">
            <Icon name="check" />
            {t(`check.${check.check}`)}
          </li>
        ))}
      </ul>
    </>
  );
}

/** What the booth itself had found of the chip, where that is another thing. */
function BoothFound({ check }: { check: Check }) {
  const { t } = useTexts();
  const found = STATUSES.find((status) => status === check.measures.atBooth);
  if (found === undefined || found === check.status) return null;
  return <p className="check-measures">{t("case.boothFound", { outcome: t(`case.status.${found}`) })}</p>;
}

const STATUSES: readonly CheckStatus[] = ["passed", "failed", "not-checked", "not-supported"];

const EXCEPTIONS = [
  "face/forced",
  "finger/forced",
  "finger/missing",
  "finger/same-as-other",
  "finger/unapproved",
  "finger/unconfirmed",
  "chip/skipped",
  "data/disputed",
  "data/different",
  "slip/none",
  "signature/unable",
  "session/resumed",
  "document/expired",
  "clock/suspect",
  "booth/cabinet-open",
] as const;

const MEASURES = [
  "score",
  "threshold",
  "falseMatchRate",
  "fmr",
  "compared",
  "nearest",
  "width",
  "height",
  "offMinutes",
  "aheadMinutes",
  "files",
  "images",
  "resumed",
] as const;
const POSITIONS = [
  "right-thumb",
  "right-index",
  "right-middle",
  "right-ring",
  "left-thumb",
  "left-index",
  "left-middle",
  "left-ring",
] as const;
const AT_BOOTH = "-at-booth";

/** The numbers behind a failure; the booth's exceptions in words. What is a word of the programs' own is in the reason's text. */
function Measures({ check }: { check: Check }) {
  const { t } = useTexts();
  const { exceptions, ...rest } = check.measures;
  const said = typeof exceptions === "string" ? exceptions.split(/[\s,]+/).filter(Boolean) : [];
  const labelled = (name: string, value: string | number | boolean | null): string[] => {
    const measure = MEASURES.find((known) => known === name);
    if (measure) return [`${t(`measure.${measure}`)} ${value}`];
    const position = POSITIONS.find((known) => name === known || name === `${known}${AT_BOOTH}`);
    if (!position) return [];
    const where = name.endsWith(AT_BOOTH) ? ` (${t("measure.atBooth")})` : "";
    return [`${t(`position.${position}`)}${where} ${value}`];
  };
  const words = [...new Set(said)].map((code) => {
    const known = EXCEPTIONS.find((name) => name === code);
    return known ? t(`exception.${known}`) : t("exception.other", { code });
  });
  const numbers = words.length > 0 ? [] : Object.entries(rest).flatMap(([name, value]) => labelled(name, value));
  const text = [...words, ...numbers].join(" · ");
  return text === "" ? null : <p className="check-measures">{text}</p>;
}
