import type { CaseDetail, Erasure } from "../../review/api.ts";
import { day } from "../frame/times.ts";
import { type Say, useTexts } from "../texts/use-texts.ts";
import { Panel } from "./panel.tsx";

const RULES = ["unclaimed", "captures-after-order", "prints-after-order"] as const;

function ruleOf(t: Say, { reason }: Erasure): string {
  const known = RULES.find((rule) => rule === reason);
  return known ? t(`erasure.rule.${known}`) : t("erasure.rule.officers", { reason });
}

/** Whether nothing is left of a case but its history. */
export const isErased = ({ erasures }: CaseDetail): boolean => erasures.some(({ scope }) => scope === "captures");

/** What was erased, when and by which rule, with the certificate in words: an empty case would look like a fault. */
export function ErasedNote({ detail }: { detail: CaseDetail }) {
  const { t, language } = useTexts();
  const erasure = detail.erasures.find(({ scope }) => scope === "captures") ?? detail.erasures[0];
  if (!erasure) return null;
  const { scope, doneAt, policy, by } = erasure;
  const rule = ruleOf(t, erasure);
  const known = policy === "default" || policy === "two-officers" ? t(`erasure.policies.${policy}`) : null;
  const number = (value: number) => value.toLocaleString(language);
  return (
    <>
      <section className="erased-note" role="status">
        <h2>
          {doneAt === null ? t("erasure.doing", { rule }) : t(`erasure.${scope}`, { day: day(language, doneAt), rule })}
        </h2>
        <p>{t(scope === "captures" ? "erasure.lead" : "erasure.printsLead")}</p>
      </section>
      <Panel title={t("erasure.certificate")} className="panel-erasure">
        <dl className="certificate">
          <dt>{t("erasure.keys")}</dt>
          <dd>{number(erasure.keys)}</dd>
          <dt>{t("erasure.parts")}</dt>
          <dd>{number(erasure.parts)}</dd>
          <dt>{t("erasure.bytes")}</dt>
          <dd>{number(erasure.bytes)}</dd>
          <dt>{t("erasure.by")}</dt>
          <dd>{by === "server" ? t("erasure.server") : by.replace("+", " + ")}</dd>
          <dt>{t("erasure.policy")}</dt>
          <dd>{known ?? <span className="code">{policy}</span>}</dd>
          <dt>{t("erasure.package")}</dt>
          <dd className="code">{erasure.packageSha256}</dd>
        </dl>
        {doneAt !== null && (
          <p className="panel-note">
            <a href={`/api/cases/${detail.item.caseId}/erasure`} download data-name="erasure-proof">
              {t("erasure.download")}
            </a>
            <br />
            {t("erasure.verify")}
          </p>
        )}
      </Panel>
    </>
  );
}
