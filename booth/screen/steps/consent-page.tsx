import { useState } from "react";
import { BackButton } from "../frame/back-button.tsx";
import { Button } from "../frame/button.tsx";
import { Dialog } from "../frame/dialog.tsx";
import { Page } from "../frame/page.tsx";
import { useTexts } from "../texts/use-texts.ts";
import type { StepProps } from "./step.ts";

/** Consent: the booth's text, whole, and two answers of equal standing. */
export function ConsentPage({ state, view, send, can }: StepProps<"consent">) {
  const { t } = useTexts();
  const [refusing, setRefusing] = useState(false);
  return (
    <>
      <Page
        id="consent"
        title={t("consent.title")}
        problem={state.problem}
        actions={
          <>
            <BackButton can={can} send={send} />
            <Button disabled={!can("consent.refuse")} onPress={() => setRefusing(true)} name="refuse">
              {t("consent.refuse")}
            </Button>
            <Button
              kind="primary"
              icon="check"
              disabled={!can("consent.give")}
              onPress={() => send({ type: "consent.give", textVersion: view.textVersion })}
              name="agree"
            >
              {t("consent.give")}
            </Button>
          </>
        }
      >
        <ol className="consent-text" data-length={view.paragraphs.join("").length > 900 ? "long" : "short"}>
          {view.paragraphs.map((paragraph) => (
            <li key={paragraph}>{paragraph}</li>
          ))}
        </ol>
      </Page>
      {refusing && (
        <Dialog
          alert
          title={t("consent.refuseTitle")}
          onCancel={() => setRefusing(false)}
          actions={
            <>
              <Button kind="danger" onPress={() => send({ type: "consent.refuse" })} name="refuse-yes">
                {t("consent.refuseYes")}
              </Button>
              <Button kind="primary" onPress={() => setRefusing(false)} first>
                {t("action.back")}
              </Button>
            </>
          }
        >
          <p>{t("consent.refuseLead")}</p>
        </Dialog>
      )}
    </>
  );
}
