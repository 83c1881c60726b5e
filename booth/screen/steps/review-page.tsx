import type { ReactNode } from "react";
import type { RedoTarget } from "../../api/messages.ts";
import { BackButton } from "../frame/back-button.tsx";
import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import { Page } from "../frame/page.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { fieldName, fieldValue } from "./field-value.ts";
import { SignatureInk } from "./signature-ink.tsx";
import type { StepProps } from "./step.ts";

const EXCEPTIONS = [
  "face/forced",
  "finger/forced",
  "finger/missing",
  "finger/same-as-other",
  "finger/unapproved",
  "finger/unconfirmed",
  "chip/skipped",
  "data/disputed",
  "data/different",
  "slip/none",
  "signature/unable",
  "session/resumed",
  "document/expired",
  "clock/suspect",
] as const;

/** Check your answers: everything seen once more, each with a way to change it, before it is sealed. */
export function ReviewPage({ state, view, send, can, canRedo }: StepProps<"review">) {
  const { t } = useTexts();
  const card = (title: string, what: RedoTarget, content: ReactNode, className: string) => (
    <section className={`card review-${className}`}>
      <div className="card-head">
        <h2>{title}</h2>
        {canRedo(what) && (
          <Button onPress={() => send({ type: "redo", what })} name={`redo-${what}`}>
            {t("review.redo")}
            <span className="unseen">: {title}</span>
          </Button>
        )}
      </div>
      <div className="card-content">{content}</div>
    </section>
  );
  const exceptions = [
    ...new Set(
      view.exceptions.map((code) => t(`review.exception.${EXCEPTIONS.find((known) => known === code) ?? "other"}`)),
    ),
  ].join(", ");
  return (
    <Page
      id="review"
      title={t("review.title")}
      lead={exceptions === "" ? t("review.lead") : t("review.exceptions", { list: exceptions })}
      problem={state.problem}
      actions={
        <>
          <BackButton can={can} send={send} />
          <Button
            kind="primary"
            icon="lock"
            disabled={!can("review.accept")}
            onPress={() => send({ type: "review.accept" })}
            name="review-accept"
          >
            {t("review.accept")}
          </Button>
        </>
      }
    >
      <div className="review">
        {card(
          t("review.data"),
          "document",
          <>
            <dl className="review-fields">
              {view.fields.map((field) => (
                <div key={field.name} data-wrong={field.disputed ? "" : undefined}>
                  <dt>{fieldName(t, field.name)}</dt>
                  <dd>{fieldValue(t, field.name, field.chip ?? field.mrz)}</dd>
                </div>
              ))}
            </dl>
            <p className="review-source">
              <Icon name={view.chipRead ? "check" : "info"} />
              {view.chipRead ? t("review.chipRead") : t("review.chipNotRead")}
            </p>
          </>,
          "data",
        )}
        {card(
          t("review.face"),
          "face",
          view.portraitUrl ? (
            <img className="review-portrait" src={view.portraitUrl} alt={t("review.face")} />
          ) : (
            <Icon name="person" />
          ),
          "face",
        )}
        {card(
          t("review.fingers"),
          "fingers",
          <ul className="review-prints">
            {view.fingers
              .filter((finger) => finger.state === "captured")
              .map((finger) => (
                <li key={finger.position}>
                  <div className="review-print">
                    {finger.url && <img src={finger.url} alt={t("fingers.preview")} />}
                  </div>
                  <span>{t(`fingers.positionName.${finger.position}`)}</span>
                </li>
              ))}
            {view.fingers
              .filter((finger) => finger.state === "missing")
              .map((finger) => (
                <li key={finger.position} className="review-missing">
                  <span>{t(`fingers.positionName.${finger.position}`)}</span>
                  <span>{t("review.noPrint")}</span>
                </li>
              ))}
          </ul>,
          "fingers",
        )}
        {card(
          t("review.signature"),
          "signature",
          view.signature ? (
            <SignatureInk signature={view.signature} label={t("review.signature")} />
          ) : (
            <p>{t("review.noSignature")}</p>
          ),
          "signature",
        )}
      </div>
    </Page>
  );
}
