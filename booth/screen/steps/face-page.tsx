import { useEffect, useRef } from "react";
import type { FaceHint, ViewOf } from "../../api/messages.ts";
import { BackButton } from "../frame/back-button.tsx";
import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import { Page } from "../frame/page.tsx";
import { useBrowserCamera } from "../link/browser-camera.ts";
import { PersonPicture, type PersonPose } from "../pictures/person-picture.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { useSpokenHint } from "../voice/use-voice.ts";
import { ColourFlash } from "./colour-flash.tsx";
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

/** The portrait: a live picture with one hint at a time, one thing to do before the camera, then the photos to choose from. */
export function FacePage(props: StepProps<"face">) {
  return props.view.phase === "choose" ? <ChoosePage {...props} /> : <LivePage {...props} />;
}

/** What the person is told now, and what the drawn person does. */
function useHint({ phase, hint, challenge, colours }: ViewOf<"face">): {
  text: string;
  pose: PersonPose;
  spoken: boolean;
} {
  const { t } = useTexts();
  if (challenge !== null) {
    const { kind } = challenge;
    if (challenge.phase === "settle") return { text: t("challenge.settle"), pose: "still", spoken: false };
    if (challenge.phase === "act") return { text: t(`challenge.act.${kind}`), pose: ASKED[kind], spoken: true };
    return { text: t(`challenge.thanks.${kind}`), pose: "done", spoken: true };
  }
  if (phase === "capturing" && colours === "shown") return { text: t("face.colours"), pose: "still", spoken: true };
  if (hint === null) return { text: t("busy"), pose: "still", spoken: false };
  return { text: t(`faceHint.${hint}`), pose: POSES[hint] ?? "still", spoken: true };
}

const ASKED = { "turn-left": "turn-left", "turn-right": "turn-right", "close-eyes": "close-eyes" } as const;

/** A system that asks for less motion is shown no colours, unless the person wishes them after all. */
function useLessMotion({ view, can, send }: Pick<StepProps<"face">, "view" | "can" | "send">): void {
  const told = useRef(false);
  const asks = view.phase === "live" && view.colours === "shown" && view.tries === 0 && can("face.calm");
  useEffect(() => {
    if (!asks || told.current || !matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    told.current = true;
    send({ type: "face.calm", calm: "reduced-motion" });
  }, [asks, send]);
}

function LivePage({ state, view, send, can, sendFrame }: StepProps<"face">) {
  const { t } = useTexts();
  const own = view.preview.source === "browser";
  const { video, camera } = useBrowserCamera(own, view.preview.stillsWanted, sendFrame);
  const { text, pose, spoken } = useHint(view);
  useSpokenHint(spoken ? text : "");
  useLessMotion({ view, can, send });
  const capturing = view.phase === "capturing";
  const answering = view.phase === "answering";
  const source = own ? "booth" : "browser";
  const canSwitch = can("face.camera") && (own ? view.preview.canUseBooth : view.preview.canUseBrowser);
  return (
    <Page
      id={`face-${view.phase}`}
      title={t(answering ? "face.askTitle" : capturing ? "face.captureTitle" : "face.liveTitle")}
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
          {answering ? (
            <Button
              disabled={!can("face.cannot") || view.challenge?.phase === "thanks"}
              onPress={() => send({ type: "face.cannot" })}
              name="face-cannot"
            >
              {t("face.cannot")}
            </Button>
          ) : (
            <Button
              kind="primary"
              icon="camera"
              disabled={capturing || !can("face.capture")}
              onPress={() => send({ type: "face.capture" })}
              name="face-now"
            >
              {t("face.now")}
            </Button>
          )}
        </>
      }
    >
      {view.flash && <ColourFlash colour={view.flash} text={text} />}
      {state.problem === null && (
        <div className="hint-person">
          <PersonPicture pose={pose} />
        </div>
      )}
      <p className="hint" data-outline={outlineOf(view)} role="status">
        {text}
      </p>
      {view.challenge ? (
        <progress className="time-left" max={1} value={view.challenge.left} aria-label={t("challenge.left")} />
      ) : (
        <p className="soft">
          {t("face.tries", { number: Math.min(view.tries + 1, view.maxTries), total: view.maxTries })}
        </p>
      )}
      {view.phase === "live" && view.colours !== "none" && <ColourNotice view={view} send={send} />}
    </Page>
  );
}

/** What colour the hint has: a thing to do, or thanks for it. */
const outlineOf = ({ challenge, outline }: ViewOf<"face">) =>
  challenge === null
    ? outline
    : challenge.phase === "thanks"
      ? "taken"
      : challenge.phase === "act"
        ? "adjust"
        : "searching";

/** Says beforehand that the screen will change its colour, and lets whom that troubles do without. */
function ColourNotice({ view, send }: Pick<StepProps<"face">, "view" | "send">) {
  const { t } = useTexts();
  const shown = view.colours === "shown";
  return (
    <div className="colour-notice">
      <p className="soft">{t(shown ? "face.coloursComing" : "face.coloursOff")}</p>
      <Button
        kind="quiet"
        onPress={() => send({ type: "face.calm", calm: shown ? "person" : null })}
        name={shown ? "colours-off" : "colours-on"}
      >
        {t(shown ? "face.withoutColours" : "face.withColours")}
      </Button>
    </div>
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
