import type { CertificateShown, Overview } from "../../security/api.ts";
import { day } from "../frame/times.ts";
import { useTexts } from "../texts/use-texts.ts";

/** What ends soon, and the policy that stands. */
export function EndingTable({
  ending,
  days,
  policy,
}: {
  ending: readonly CertificateShown[];
  days: number;
  policy: Overview["policy"];
}) {
  const { t, language } = useTexts();
  return (
    <div className="pair">
      <section aria-labelledby="ending-title">
        <h2 id="ending-title">{t("security.ending.title", { days })}</h2>
        {ending.length === 0 && <p className="quiet-note">{t("security.ending.none")}</p>}
        <ul className="plain">
          {ending.map(({ serial, name, notAfter }) => (
            <li key={serial}>
              {name} · {t("security.untilDay", { day: day(language, notAfter) })}
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="policy-title">
        <h2 id="policy-title">{t("security.policy.title")}</h2>
        {policy.length === 0 && <p className="quiet-note">{t("security.policy.none")}</p>}
        <ul className="plain">
          {policy.map(({ role, version, expires }) => (
            <li key={role}>
              <span className="code">{role}</span> {t("security.policy.version", { version })} ·{" "}
              {t("security.untilDay", { day: day(language, expires) })}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
