import { useState } from "react";
import type { ViewOf } from "../../api/messages.ts";
import { BackButton } from "../frame/back-button.tsx";
import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import { Page } from "../frame/page.tsx";
import { ReasonDialog } from "../frame/reason-dialog.tsx";
import { HandsPicture, SensorPicture } from "../pictures/finger-picture.tsx";
import type { Side } from "../pictures/hand.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { FingerApproval } from "./finger-approval.tsx";
import { FingerCards, redoOf } from "./finger-cards.tsx";
import type { StepProps } from "./step.ts";

/** The fingerprints: which finger, what to do with it, how good it was. */
export function FingersPage(props: StepProps<"fingers">) {
  const { phase, position } = props.view;
  if (phase === "approve" || phase === "approving") return <FingerApproval {...props} />;
  return phase === "done" || position === null ? <DonePage {...props} /> : <TakePage {...props} />;
}

function TakePage({ state, view, send, can, canRedo }: StepProps<"fingers">) {
  const { t } = useTexts();
  const [asking, setAsking] = useState(false);
  const position = view.position ?? "right-index";
  const side = position.split("-")[0] as Side;
  const good = view.quality !== null && view.quality >= view.qualityWanted;
  const titles = {
    place: t("fingers.title", { finger: t(`fingers.position.${position}`) }),
    hold: t("fingers.holdTitle"),
    captured: view.sameAs !== null ? t("fingers.sameTitle") : good ? t("fingers.goodTitle") : t("fingers.weakTitle"),
    lift: t("fingers.liftTitle"),
  };
  const hint =
    view.hint ?? (view.phase === "hold" ? "hold-still" : view.phase === "lift" ? "lift-finger" : "place-finger");
  const lead =
    view.sameAs === null
      ? t(`fingerHint.${hint}`)
      : t("fingers.sameLead", {
          finger: t(`fingers.positionName.${view.sameAs}`),
          wanted: t(`fingers.positionName.${position}`),
        });
  return (
    <>
      <Page
        id={`fingers-${position}-${view.phase === "place" ? "place" : "on"}`}
        title={titles[view.phase as keyof typeof titles]}
        lead={lead}
        live
        problem={state.problem}
        pictureSize="large"
        picture={
          <div className="finger-stage">
            <div className="finger-hands">
              <HandsPicture position={position} />
            </div>
            <div className="finger-sensor">
              <SensorPicture
                side={side}
                phase={view.phase === "place" ? "place" : view.phase === "hold" ? "hold" : "lift"}
              />
            </div>
          </div>
        }
        actions={
          <>
            <BackButton can={can} send={send} />
            {view.sameAs !== null && view.sameAs.split("-")[0] !== side && canRedo(redoOf(view.sameAs)) && (
              <Button
                icon="retake"
                onPress={() => send({ type: "redo", what: redoOf(view.sameAs ?? position) })}
                name="redo-other"
              >
                {t("fingers.otherAgain", { finger: t(`fingers.positionName.${view.sameAs}`) })}
              </Button>
            )}
            {can("finger.again") && view.sameAs === null && (
              <Button icon="retake" onPress={() => send({ type: "finger.again" })} name="finger-again">
                {t("fingers.again")}
              </Button>
            )}
            <Button disabled={!can("finger.unable")} onPress={() => setAsking(true)} name="finger-unable">
              {t("fingers.unable")}
            </Button>
          </>
        }
      >
        <div className="finger-result">
          <div className="finger-print" data-empty={view.previewUrl ? undefined : ""}>
            {view.previewUrl ? (
              <img src={view.previewUrl} alt={t("fingers.preview")} />
            ) : (
              <p>{t("fingers.noPreview")}</p>
            )}
          </div>
          {view.live !== null && view.phase !== "captured" ? <Sight live={view.live} /> : <QualityBar view={view} />}
        </div>
      </Page>
      {asking && can("finger.unable") && (
        <ReasonDialog
          title={t("fingers.unableTitle")}
          lead={t("fingers.unableLead")}
          reasons={view.reasons}
          text={(reason) => t(`fingers.reasons.${reason}`)}
          onReason={(reason) => {
            setAsking(false);
            send({ type: "finger.unable", reason });
          }}
          onCancel={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** What the sensor sees while the finger comes: there, in the middle, still. */
function Sight({ live }: { live: NonNullable<ViewOf<"fingers">["live"]> }) {
  const { t } = useTexts();
  return (
    <ul className="finger-sight">
      {(["present", "centred", "still"] as const).map((what) => (
        <li key={what} data-good={live[what] ? "" : undefined}>
          <Icon name={live[what] ? "check" : "finger"} />
          {t(`fingers.sight.${what}`)}
        </li>
      ))}
    </ul>
  );
}

/** The quality as a bar, a number and the mark that is enough. */
function QualityBar({ view }: { view: ViewOf<"fingers"> }) {
  const { t } = useTexts();
  const value = view.quality === null ? null : Math.round(view.quality);
  return (
    <div className="quality">
      <p className="quality-head">
        <span>{t("fingers.quality")}</span>
        <strong data-good={value !== null && value >= view.qualityWanted ? "" : undefined}>{value ?? "—"}</strong>
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: <meter> cannot be drawn with the mark that is enough. */}
      <div
        className="quality-bar"
        role="meter"
        aria-label={t("fingers.quality")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={value ?? 0}
      >
        <span
          className="quality-fill"
          data-good={value !== null && value >= view.qualityWanted ? "" : undefined}
          style={{ inlineSize: `${value ?? 0}%` }}
        />
        <span className="quality-wanted" style={{ insetInlineStart: `${view.qualityWanted}%` }} />
      </div>
      <p className="soft">{t("fingers.qualityWanted", { wanted: Math.round(view.qualityWanted) })}</p>
      <p className="soft">{t("fingers.attempt", { number: Math.max(1, view.attempt), total: view.maxAttempts })}</p>
    </div>
  );
}

function DonePage({ state, view, send, can, canRedo }: StepProps<"fingers">) {
  const { t } = useTexts();
  return (
    <Page
      id="fingers-done"
      title={t("fingers.doneTitle")}
      lead={t("fingers.doneLead")}
      problem={state.problem}
      actions={
        <>
          <BackButton can={can} send={send} />
          <Button
            kind="primary"
            iconAfter="arrow-right"
            disabled={!can("fingers.accept")}
            onPress={() => send({ type: "fingers.accept" })}
            name="fingers-accept"
          >
            {t("action.continue")}
          </Button>
        </>
      }
    >
      <FingerCards results={view.results} canRedo={canRedo} send={send} />
    </Page>
  );
}
