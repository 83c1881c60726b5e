import { useEffect, useState } from "react";
import type { ScreenState } from "../api/messages.ts";
import { Button } from "./frame/button.tsx";
import { Dialog } from "./frame/dialog.tsx";
import { ProgressPath } from "./frame/progress-path.tsx";
import { Rejection } from "./frame/rejection.tsx";
import { Shell } from "./frame/shell.tsx";
import { TimeWarning } from "./frame/time-warning.tsx";
import { ConnectingPage, InUsePage, OfflinePage } from "./frame/trouble-pages.tsx";
import { type BoothLink, useBoothLink } from "./link/booth-link.ts";
import { StepPage } from "./steps/step-page.tsx";
import { show } from "./texts/i18n.ts";
import { useTexts } from "./texts/use-texts.ts";
import { useSound } from "./voice/use-voice.ts";

/** The kiosk: the last state of the booth, drawn. */
export function App() {
  const link = useBoothLink();
  const language =
    link.link.kind === "on" ? link.link.state.language : link.link.kind === "offline" ? link.link.last.language : null;
  useEffect(() => {
    if (language !== null) show(language);
  }, [language]);
  switch (link.link.kind) {
    case "connecting":
      return <ConnectingPage />;
    case "offline":
      return <OfflinePage />;
    case "in-use":
      return <InUsePage message={link.link.message} onTakeOver={link.takeOver} />;
    case "on":
      return <Session state={link.link.state} receivedAt={link.link.receivedAt} link={link} />;
  }
}

function Session({ state, receivedAt, link }: { state: ScreenState; receivedAt: number; link: BoothLink }) {
  const { t } = useTexts();
  const { send, sendFrame, rejected } = link;
  const [leaving, setLeaving] = useState(false);
  const can = (type: string) => state.actions.includes(type);
  const onPath = state.steps.some((step) => step.state === "current");
  const sound = useSound(state.step !== "welcome");
  const otherLanguage = state.language === "ru" ? "en" : "ru";

  const leave = () => {
    setLeaving(false);
    send({ type: "leave" });
  };
  const { view } = state;
  const controls = (
    <>
      {view.step === "welcome" &&
        can("pickup") &&
        view.languages.map((language) => (
          <Button
            key={language}
            kind="quiet"
            icon="passport"
            lang={language}
            name={`pickup-${language}`}
            onPress={() => {
              send({ type: "language", language });
              send({ type: "pickup" });
            }}
          >
            {t(`welcome.pickup.${language}`)}
          </Button>
        ))}
      {can("leave") && (
        <Button kind="quiet" icon="leave" onPress={() => setLeaving(true)} name="leave">
          {t("action.leave")}
        </Button>
      )}
      {can("help") && (
        <Button kind="quiet" icon="help" onPress={() => send({ type: "help", open: true })} name="help">
          {t("action.help")}
        </Button>
      )}
      {can("language") && state.step !== "welcome" && (
        <Button
          kind="quiet"
          icon="language"
          lang={otherLanguage}
          onPress={() => send({ type: "language", language: otherLanguage })}
          name="language"
        >
          {t("action.otherLanguage")}
        </Button>
      )}
      {sound.possible && state.step !== "welcome" && (
        <Button kind="quiet" icon={sound.on ? "sound" : "mute"} onPress={() => sound.turn(!sound.on)} name="sound">
          {t(sound.on ? "action.soundOff" : "action.soundOn")}
        </Button>
      )}
    </>
  );
  return (
    <Shell
      sequence={state.sequence}
      path={onPath ? <ProgressPath steps={state.steps} /> : undefined}
      controls={controls}
    >
      <StepPage
        state={state}
        send={send}
        sendFrame={sendFrame}
        can={can}
        canRedo={(what) => can("redo") && state.redo.includes(what)}
      />
      {rejected && <Rejection rejected={rejected} />}
      {state.deadline?.warning && can("stay") ? (
        <TimeWarning
          remainingMs={state.deadline.remainingMs}
          receivedAt={receivedAt}
          onStay={() => send({ type: "stay" })}
          onLeave={leave}
        />
      ) : state.helpOpen ? (
        <Dialog
          title={`${t("help.title")}: ${t(`steps.${state.step}`)}`}
          onCancel={() => send({ type: "help", open: false })}
          actions={
            <Button
              kind="primary"
              icon="cross"
              onPress={() => send({ type: "help", open: false })}
              first
              name="help-close"
            >
              {t("action.close")}
            </Button>
          }
        >
          <p>{t(`help.steps.${state.step}`)}</p>
          <p className="soft">{t("help.person")}</p>
        </Dialog>
      ) : (
        leaving &&
        can("leave") && (
          <Dialog
            alert
            title={t("leaveDialog.title")}
            onCancel={() => setLeaving(false)}
            actions={
              <>
                <Button kind="danger" icon="leave" onPress={leave} name="leave-yes">
                  {t("leaveDialog.yes")}
                </Button>
                <Button kind="primary" onPress={() => setLeaving(false)} first name="leave-no">
                  {t("leaveDialog.no")}
                </Button>
              </>
            }
          >
            <p>{t("leaveDialog.lead")}</p>
          </Dialog>
        )
      )}
    </Shell>
  );
}
