import { useState } from "react";
import { BackButton } from "../frame/back-button.tsx";
import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import { Page } from "../frame/page.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { fieldName, fieldValue } from "./field-value.ts";
import type { StepProps } from "./step.ts";

/** "Is this you?": every field, printed against chip; a wrong one is named and the session goes on. */
export function ConfirmPage({ state, view, send, can }: StepProps<"confirm">) {
  const { t } = useTexts();
  const [disputing, setDisputing] = useState(false);
  const [wrong, setWrong] = useState<ReadonlySet<string>>(
    () => new Set(view.fields.filter((field) => field.disputed).map((field) => field.name)),
  );
  const toggle = (name: string) => {
    const next = new Set(wrong);
    if (!next.delete(name)) next.add(name);
    setWrong(next);
  };
  const differs = view.fields.some(({ match }) => match === "different");
  const said = differs ? t("confirm.differLead") : view.document.expired ? t("confirm.expired") : t("confirm.lead");
  const lead = disputing ? t("confirm.wrongLead") : said;
  const matchText = (field: (typeof view.fields)[number]) =>
    field.match === "same"
      ? t("confirm.same")
      : field.match === "different"
        ? t("confirm.different", {
            mrz: fieldValue(t, field.name, field.mrz),
            chip: fieldValue(t, field.name, field.chip),
          })
        : t("confirm.oneSource");
  return (
    <Page
      id={disputing ? "confirm-wrong" : "confirm"}
      title={disputing ? t("confirm.wrongTitle") : t("confirm.title")}
      lead={lead}
      problem={state.problem}
      actions={
        disputing ? (
          <>
            <Button icon="arrow-left" onPress={() => setDisputing(false)}>
              {t("action.back")}
            </Button>
            <Button
              kind="primary"
              disabled={wrong.size === 0 || !can("confirm.dispute")}
              onPress={() => send({ type: "confirm.dispute", fields: [...wrong] })}
              name="dispute-send"
            >
              {t("confirm.wrongSend")}
            </Button>
          </>
        ) : (
          <>
            <BackButton can={can} send={send} />
            {can("confirm.dispute") && (
              <Button icon="alert" onPress={() => setDisputing(true)} name="dispute">
                {t("confirm.wrong")}
              </Button>
            )}
            <Button
              kind="primary"
              icon="check"
              disabled={!can("confirm.accept")}
              onPress={() => send({ type: "confirm.accept" })}
              name="confirm-accept"
            >
              {t("confirm.accept")}
            </Button>
          </>
        )
      }
    >
      <div className="confirm">
        <figure className="chip-portrait">
          <div className="portrait-place">
            <Icon name="person" />
            {view.chipPortraitUrl && <img src={view.chipPortraitUrl} alt={t("confirm.chipPortrait")} />}
          </div>
          <figcaption>{view.chipPortraitUrl ? t("confirm.chipPortrait") : t("confirm.noPortrait")}</figcaption>
        </figure>
        <ul className="fields" data-disputing={disputing ? "" : undefined}>
          {view.fields.map((field) => {
            const content = (
              <>
                <span className="field-name">{fieldName(t, field.name)}</span>
                {field.match === "different" ? (
                  <span className="field-both">
                    <span>
                      <b>{fieldValue(t, field.name, field.mrz)}</b> {t("confirm.onPage")}
                    </span>
                    <span>
                      <b>{fieldValue(t, field.name, field.chip)}</b> {t("confirm.inChip")}
                    </span>
                  </span>
                ) : (
                  <span className="field-value">{fieldValue(t, field.name, field.chip ?? field.mrz)}</span>
                )}
              </>
            );
            const marked = wrong.has(field.name);
            return (
              <li key={field.name} data-match={field.match} data-wrong={marked ? "" : undefined}>
                {disputing ? (
                  <button
                    type="button"
                    className="field-button"
                    aria-pressed={marked}
                    onClick={() => toggle(field.name)}
                  >
                    {content}
                    <span className="field-mark">
                      {marked && (
                        <>
                          <Icon name="cross" />
                          {t("confirm.wrongMark")}
                        </>
                      )}
                    </span>
                  </button>
                ) : (
                  <div className="field-row">
                    {content}
                    <span className="field-mark">
                      <Icon name={field.match === "same" ? "check" : field.match === "different" ? "alert" : "dash"} />
                      <span className="unseen">{matchText(field)}</span>
                    </span>
                  </div>
                )}
              </li>
            );
          })}
        </ul>
      </div>
    </Page>
  );
}
