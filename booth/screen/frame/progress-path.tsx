import type { ScreenState } from "../../api/messages.ts";
import { useTexts } from "../texts/use-texts.ts";
import { Icon } from "./icon.tsx";

/** Where the person stands: every step of the path, done, current or ahead. */
export function ProgressPath({ steps }: { steps: ScreenState["steps"] }) {
  const { t } = useTexts();
  const current = steps.findIndex((step) => step.state === "current");
  const here = steps[current];
  return (
    <nav className="path" aria-label={t("path.label")}>
      {here && (
        <p className="path-now">
          <span className="path-count">{t("path.position", { number: current + 1, total: steps.length })}</span>
          <span className="path-name">{t(`steps.${here.name}`)}</span>
        </p>
      )}
      <ol>
        {steps.map((step) => (
          <li key={step.name} data-state={step.state} aria-current={step.state === "current" ? "step" : undefined}>
            {step.state === "done" && <Icon name="check" />}
            <span className="unseen">
              {t(`steps.${step.name}`)}: {t(`path.${step.state}`)}
            </span>
          </li>
        ))}
      </ol>
    </nav>
  );
}
