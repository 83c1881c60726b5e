import type { Check, CheckStatus } from "../../review/api.ts";
import { Icon } from "../frame/icon.tsx";
import { useTexts } from "../texts/use-texts.ts";

const ICONS: Record<CheckStatus, string> = { passed: "check", failed: "cross", "not-checked": "dash" };
const LOUD: CheckStatus[] = ["failed", "not-checked"];

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
              {check.status === "failed" && Object.keys(check.measures).length > 0 && (
                <p className="check-measures">
                  {Object.entries(check.measures)
                    .map(([name, value]) => `${name} ${value}`)
                    .join(" · ")}
                </p>
              )}
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
