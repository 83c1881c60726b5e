import type { FaceHint } from "../../api/messages.ts";
import { BackButton } from "../frame/back-button.tsx";
import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import { Page } from "../frame/page.tsx";
import { useBrowserCamera } from "../link/browser-camera.ts";
import { PersonPicture, type PersonPose } from "../pictures/person-picture.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { useSpokenHint } from "../voice/use-voice.ts";
import { FacePreview } from "./face-preview.tsx";
import type { StepProps } from "./step.ts";

/** What the drawn person does for each hint; others stand still. */
const POSES: Partial<Record<FaceHint, PersonPose>> = {
  "come-closer": "closer",
  "move-back": "farther",
  "move-left": "left",
  "move-right": "right",
  "turn-left": "left",
  "turn-right": "right",
  "sit-higher": "up",
  "chin-up": "up",
  "sit-lower": "down",
  "chin-down": "down",
  "open-eyes": "eyes",
  "close-mouth": "mouth",
  "neutral-face": "mouth",
  "remove-dark-glasses": "glasses",
  "tilt-glasses": "glasses",
  "more-light": "light",
  "less-light": "light",
  "even-light": "light",
};

/** The portrait: a live picture with one hint at a time, then the photos to choose from. */
export function FacePage(props: StepProps<"face">) {
  return props.view.phase === "choose" ? <ChoosePage {...props} /> : <LivePage {...props} />;
}

function LivePage({ state, view, send, can, sendFrame }: StepProps<"face">) {
  const { t } = useTexts();
  const own = view.preview.source === "browser";
  const { video, camera } = useBrowserCamera(own, view.preview.stillsWanted, sendFrame);
  const hint = view.hint;
  const pose = (hint && POSES[hint]) ?? "still";
  const hintText = hint ? t(`faceHint.${hint}`) : t("busy");
  useSpokenHint(hint ? hintText : "");
  const capturing = view.phase === "capturing";
  const source = own ? "booth" : "browser";
  const canSwitch = can("face.camera") && (own ? view.preview.canUseBooth : view.preview.canUseBrowser);
  return (
    <Page
      id={`face-${view.phase}`}
      title={capturing ? t("face.captureTitle") : t("face.liveTitle")}
      problem={state.problem}
      pictureSize="large"
      picture={<FacePreview view={view} video={video} camera={camera} />}
      actions={
        <>
          <BackButton can={can} send={send} />
          {canSwitch && (
            <Button icon="camera" onPress={() => send({ type: "face.camera", source })} name={`camera-${source}`}>
              {t(own ? "face.useBooth" : "face.useBrowser")}
            </Button>
          )}
          <Button
            kind="primary"
            icon="camera"
            disabled={capturing || !can("face.capture")}
            onPress={() => send({ type: "face.capture" })}
            name="face-now"
          >
            {t("face.now")}
          </Button>
        </>
      }
    >
      {state.problem === null && (
        <div className="hint-person">
          <PersonPicture pose={pose} />
        </div>
      )}
      <p className="hint" data-outline={view.outline} role="status">
        {hintText}
      </p>
      <p className="soft">
        {t("face.tries", { number: Math.min(view.tries + 1, view.maxTries), total: view.maxTries })}
      </p>
    </Page>
  );
}

function ChoosePage({ state, view, send, can, canRedo }: StepProps<"face">) {
  const { t } = useTexts();
  const chosen = view.personChoice ?? view.machineChoice;
  const chosenCandidate = view.candidates.find((candidate) => candidate.index === chosen);
  const worst = chosenCandidate?.passes === false ? chosenCandidate.hints[0] : undefined;
  return (
    <Page
      id="face-choose"
      title={t("face.chooseTitle")}
      lead={
        !can("face.accept")
          ? t("face.chooseOther")
          : worst
            ? `${t("face.misses")}: ${t(`faceHint.${worst}`)}`
            : t("face.chooseLead")
      }
      live
      problem={state.problem}
      actions={
        <>
          <BackButton can={can} send={send} />
          {canRedo("face") && (
            <Button icon="retake" onPress={() => send({ type: "redo", what: "face" })} name="face-again">
              {t("face.again")}
            </Button>
          )}
          <Button
            kind="primary"
            icon="check"
            disabled={!can("face.accept")}
            onPress={() => send({ type: "face.accept" })}
            name="face-accept"
          >
            {t("face.accept")}
          </Button>
        </>
      }
    >
      <ul className="candidates">
        {view.candidates.map((candidate, position) => (
          <li key={candidate.index}>
            <button
              type="button"
              className="candidate"
              aria-pressed={candidate.index === chosen}
              onClick={() => can("face.choose") && send({ type: "face.choose", candidate: candidate.index })}
            >
              <span className="candidate-picture">
                <img src={candidate.url} alt={t("face.candidate", { number: position + 1 })} />
                {candidate.index === chosen && (
                  <span className="candidate-chosen">
                    <Icon name="check" />
                  </span>
                )}
              </span>
              <span className="candidate-score" data-passes={candidate.passes ? "" : undefined}>
                <Icon name={candidate.passes ? "check" : "alert"} />
                {candidate.passes ? t("face.meets") : t("face.misses")}
              </span>
              <span className="candidate-number">{t("face.score", { score: Math.round(candidate.score) })}</span>
              <span className="candidate-best" data-shown={candidate.index === view.machineChoice ? "" : undefined}>
                {candidate.index === view.machineChoice && t("face.best")}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Page>
  );
}
