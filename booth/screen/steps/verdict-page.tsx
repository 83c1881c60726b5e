import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import { Page } from "../frame/page.tsx";
import { useTexts } from "../texts/use-texts.ts";
import type { StepProps } from "./step.ts";

const ICONS = { passed: "check", failed: "cross", "not-checked": "dash" } as const;

/** Pick-up: whether the passport is whole, genuine and this person's; check by check, with what to do. */
export function VerdictPage({ state, view, send, can }: StepProps<"verdict">) {
  const { t } = useTexts();
  const checking = view.phase === "checking";
  return (
    <Page
      id={checking ? "verdict-checking" : `verdict-${view.verdict}`}
      title={t(checking ? "verdict.checkingTitle" : `verdict.title.${view.verdict}`)}
      lead={t(checking ? "verdict.checkingLead" : `verdict.lead.${view.verdict}`)}
      problem={state.problem}
      actions={
        !checking && (
          <Button
            kind="primary"
            icon="check"
            disabled={!can("verdict.done")}
            onPress={() => send({ type: "verdict.done" })}
            name="verdict-done"
          >
            {t("verdict.done")}
          </Button>
        )
      }
    >
      {checking ? (
        <progress aria-label={t("verdict.checkingTitle")} />
      ) : (
        <ul className="verdict-checks" data-verdict={view.verdict}>
          {view.checks.map(({ check, verdict, reasons }) => (
            <li key={check} data-check={check} data-verdict={verdict}>
              <Icon name={ICONS[verdict]} />
              <div>
                <p>
                  <strong>{t(`verdict.check.${check}`)}</strong> {t(`verdict.word.${verdict}`)}
                </p>
                {reasons.map(({ code, cause, next }) => (
                  <p key={code}>
                    {cause} {next}
                  </p>
                ))}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
