import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import { Page } from "../frame/page.tsx";
import { WelcomePicture } from "../pictures/person-picture.tsx";
import { StopPicture } from "../pictures/things-picture.tsx";
import { useTexts } from "../texts/use-texts.ts";
import type { StepProps } from "./step.ts";

const TAKES = [
  ["document", "passport"],
  ["face", "camera"],
  ["fingers", "finger"],
  ["erased", "shield"],
] as const;

/** Welcome: choosing a language begins. */
export function WelcomePage({ state, view, send, can }: StepProps<"welcome">) {
  const { t } = useTexts();
  if (!view.open) {
    return (
      <Page
        id="welcome-closed"
        title={t("welcome.closedTitle")}
        lead={t("welcome.closedLead")}
        picture={<StopPicture />}
        problem={state.problem}
      />
    );
  }
  return (
    <Page
      id="welcome"
      title={t("welcome.title")}
      lead={t("welcome.lead")}
      picture={<WelcomePicture />}
      actions={view.languages.map((language) => (
        <Button
          key={language}
          kind="primary"
          lang={language}
          iconAfter="arrow-right"
          disabled={!can("begin")}
          name={`begin-${language}`}
          onPress={() => {
            send({ type: "language", language });
            send({ type: "begin" });
          }}
        >
          {t(`welcome.start.${language}`)}
        </Button>
      ))}
    >
      <ul className="takes">
        {TAKES.map(([what, icon]) => (
          <li key={what}>
            <Icon name={icon} />
            {t(`welcome.takes.${what}`)}
          </li>
        ))}
      </ul>
      {state.devices.some((device) => device.simulated) && <p className="note">{t("welcome.simulated")}</p>}
    </Page>
  );
}
