import { useState } from "react";
import { BackButton } from "../frame/back-button.tsx";
import { Button } from "../frame/button.tsx";
import { Dialog } from "../frame/dialog.tsx";
import { Page } from "../frame/page.tsx";
import { type Say, useTexts } from "../texts/use-texts.ts";
import type { StepProps } from "./step.ts";

/** Consent: the booth's text, whole, and two answers of equal standing. */
export function ConsentPage({ state, view, send, can }: StepProps<"consent">) {
  const { t, language } = useTexts();
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
        {view.fees.length > 0 && (
          <p className="fees">
            <strong>{t("consent.fee")}</strong>{" "}
            {view.fees.map((fee) => `${ages(t, fee)} ${money(language, fee)}`).join("; ")}
          </p>
        )}
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

type Fee = StepProps<"consent">["view"]["fees"][number];

function money(language: string, { amount, currency }: Fee): string {
  const format = new Intl.NumberFormat(language, { style: "currency", currency, minimumFractionDigits: 0 });
  const { maximumFractionDigits: places = 2 } = new Intl.NumberFormat(language, {
    style: "currency",
    currency,
  }).resolvedOptions();
  return format.format(amount / 10 ** places);
}

/** Ages that no person has are not said. */
const OLDEST = 150;

function ages(t: Say, { fromAge, toAge }: Fee): string {
  if (fromAge === 0 && toAge > OLDEST) return "";
  if (fromAge === 0) return t("consent.feeUnder", { age: toAge });
  return toAge > OLDEST
    ? t("consent.feeFrom", { age: fromAge })
    : t("consent.feeBetween", { from: fromAge, to: toAge });
}
