import type { Check, CheckStatus } from "../../review/api.ts";
import { Icon } from "../frame/icon.tsx";
import { useTexts } from "../texts/use-texts.ts";

const ICONS: Record<CheckStatus, string> = { passed: "check", failed: "cross", "not-checked": "dash" };
const ORDER: CheckStatus[] = ["failed", "not-checked", "passed"];

/** Every check's result: what failed first and with its reason, what passed quietly at the end. */
export function CheckList({ checks }: { checks: readonly Check[] }) {
  const { t } = useTexts();
  if (checks.length === 0) return <p className="quiet-note">{t("case.noChecks")}</p>;
  const sorted = [...checks].sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  return (
    <ul className="checks">
      {sorted.map((check) => (
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
  );
}
