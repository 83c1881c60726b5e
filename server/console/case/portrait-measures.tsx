import { portraitMeasures } from "../../../crypto/policy/session-policy.ts";
import type { CaseDetail, PortraitMeasure } from "../../review/api.ts";
import { Icon } from "../frame/icon.tsx";
import { type Say, useTexts } from "../texts/use-texts.ts";

export function measureName(t: Say, name: string): string {
  const known = portraitMeasures.find((one) => one === name);
  return known === undefined ? name : t(`portraitMeasure.${known}`);
}

/** The portrait's measures against their limits: those that fail first and always, those that pass when asked for. */
export function PortraitMeasures({
  measures,
  policy,
  override,
}: {
  measures: readonly PortraitMeasure[];
  policy: CaseDetail["portraitPolicy"];
  override: CaseDetail["override"];
}) {
  const { t } = useTexts();
  if (measures.length === 0) return null;
  const failed = measures.filter(({ passes }) => !passes);
  const passed = measures.filter(({ passes }) => passes);
  return (
    <section className="portrait-measures" aria-label={t("case.measures")}>
      {failed.length > 0 && <MeasureList measures={failed} />}
      {override && (
        <p className="overridden">
          <Icon name="check" />
          {t("case.overridden", { reason: t(`override.${override.reason}`) })}
        </p>
      )}
      <details>
        <summary>{t("case.measuresPassed", { number: passed.length })}</summary>
        <MeasureList measures={passed} />
      </details>
      {policy && <p className="measures-policy">{t(`case.limits.${policy.source}`, { version: policy.version })}</p>}
    </section>
  );
}

function MeasureList({ measures }: { measures: readonly PortraitMeasure[] }) {
  const { t } = useTexts();
  return (
    <ul>
      {[...measures]
        .sort((a, b) => a.value - a.least - (b.value - b.least))
        .map(({ name, value, least, passes }) => (
          <li key={name} data-measure={name} data-status={passes ? "passed" : "failed"}>
            <Icon name={passes ? "check" : "cross"} />
            <span className="measure-name">{measureName(t, name)}</span>
            <span
              className="measure-bar"
              aria-hidden="true"
              style={{ ["--value" as string]: value, ["--least" as string]: least }}
            />
            <span className="measure-number">{t("case.measureOf", { value: Math.round(value), least })}</span>
          </li>
        ))}
    </ul>
  );
}
