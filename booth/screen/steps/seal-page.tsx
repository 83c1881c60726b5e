import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import { Page } from "../frame/page.tsx";
import { SealPicture, StopPicture } from "../pictures/things-picture.tsx";
import { useTexts } from "../texts/use-texts.ts";
import type { StepProps } from "./step.ts";

const PHASES = ["building", "encrypting", "storing"] as const;
const phaseIndex = (phase: string) => (PHASES as readonly string[]).indexOf(phase);

/** Sealing: how far it is. Nothing to touch unless it fails. */
export function SealPage({ state, view, send, can }: StepProps<"seal">) {
  const { t } = useTexts();
  const failed = view.phase === "failed";
  const at = view.phase === "done" ? PHASES.length : phaseIndex(view.phase);
  return (
    <Page
      id={failed ? "seal-failed" : "seal"}
      title={failed ? t("seal.failedTitle") : view.phase === "done" ? t("seal.doneTitle") : t("seal.title")}
      lead={failed ? t("seal.failedLead") : t("seal.lead")}
      live
      problem={state.problem}
      picture={failed ? <StopPicture /> : <SealPicture />}
      actions={
        can("retry") && (
          <Button kind="primary" icon="retake" onPress={() => send({ type: "retry" })} name="retry">
            {t("action.retry")}
          </Button>
        )
      }
    >
      {!failed && (
        <div className="sealing">
          <progress max={1} value={view.progress} aria-label={t("seal.title")} />
          <ol>
            {PHASES.map((phase, index) => (
              <li key={phase} data-state={index < at ? "done" : index === at ? "current" : "ahead"}>
                <span className="dot">{index < at && <Icon name="check" />}</span>
                {t(`seal.${phase}`)}
              </li>
            ))}
          </ol>
        </div>
      )}
    </Page>
  );
}
