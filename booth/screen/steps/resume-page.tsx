import { Button } from "../frame/button.tsx";
import { Page } from "../frame/page.tsx";
import { StopPicture } from "../pictures/things-picture.tsx";
import { useTexts } from "../texts/use-texts.ts";
import type { StepProps } from "./step.ts";

/** After a power cut: the same person goes on, or everything is erased. */
export function ResumePage({ state, view, send, can }: StepProps<"resume">) {
  const { t } = useTexts();
  return (
    <Page
      id="resume"
      title={t("resume.title")}
      lead={t("resume.lead", { step: t(`steps.${view.at}`) })}
      picture={<StopPicture />}
      problem={state.problem}
      actions={
        <>
          <Button icon="erase" disabled={!can("leave")} onPress={() => send({ type: "leave" })}>
            {t("resume.no")}
          </Button>
          <Button
            kind="primary"
            disabled={!can("resume.continue")}
            onPress={() => send({ type: "resume.continue" })}
            name="resume"
          >
            {t("resume.yes")}
          </Button>
        </>
      }
    >
      <p className="question">{t("resume.question")}</p>
    </Page>
  );
}
