import { packageNumber } from "../../../crypto/package/number.ts";
import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import { Page } from "../frame/page.tsx";
import { SealPicture, StopPicture } from "../pictures/things-picture.tsx";
import { useTexts } from "../texts/use-texts.ts";
import type { StepProps } from "./step.ts";

const PHASES = ["building", "encrypting", "storing"] as const;
const phaseIndex = (phase: string) => (PHASES as readonly string[]).indexOf(phase);

/** Sealing: how far it is. Nothing to touch unless it fails or takes too long; then the person may go with the number. */
export function SealPage(props: StepProps<"seal">) {
  return props.view.phase === "parked" ? <ParkedPage {...props} /> : <WorkingPage {...props} />;
}

function WorkingPage({ state, view, send, can }: StepProps<"seal">) {
  const { t } = useTexts();
  const failed = view.phase === "failed";
  const slow = !failed && can("seal.park");
  const at = view.phase === "done" ? PHASES.length : phaseIndex(view.phase);
  return (
    <Page
      id={failed ? "seal-failed" : slow ? "seal-slow" : "seal"}
      title={
        failed
          ? t("seal.failedTitle")
          : slow
            ? t("seal.slowTitle")
            : view.phase === "done"
              ? t("seal.doneTitle")
              : t("seal.title")
      }
      lead={failed ? t("seal.failedLead") : t("seal.lead")}
      live
      problem={state.problem}
      picture={failed ? <StopPicture /> : <SealPicture />}
      actions={
        <>
          {can("seal.park") && (
            <Button icon="leave" onPress={() => send({ type: "seal.park" })} name="seal-park">
              {t("seal.park")}
            </Button>
          )}
          {can("retry") && failed && (
            <Button kind="primary" icon="retake" onPress={() => send({ type: "retry" })} name="retry">
              {t("action.retry")}
            </Button>
          )}
        </>
      }
    >
      {view.packageNumber && <PackageNumber number={view.packageNumber} />}
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

/** The person has gone; whoever comes in now sees nothing of theirs but the number they were given. */
function ParkedPage({ state, view }: StepProps<"seal">) {
  const { t } = useTexts();
  return (
    <Page
      id="seal-parked"
      title={t("seal.parkedTitle")}
      lead={t("seal.parkedLead")}
      problem={state.problem}
      picture={<SealPicture />}
    >
      {view.packageNumber && <PackageNumber number={view.packageNumber} />}
      <p>{t("seal.parkedNext")}</p>
    </Page>
  );
}

function PackageNumber({ number }: { number: string }) {
  const { t } = useTexts();
  return <p className="wipe-number">{t("wipe.number", { number: packageNumber(number) })}</p>;
}
