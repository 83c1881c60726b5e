import { useState } from "react";
import { BackButton } from "../frame/back-button.tsx";
import { Button } from "../frame/button.tsx";
import { Page } from "../frame/page.tsx";
import { ReasonDialog } from "../frame/reason-dialog.tsx";
import { PassportPicture } from "../pictures/things-picture.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { ChipPage } from "./chip-page.tsx";
import { MrzEntry, useMrzLines } from "./mrz-entry.tsx";
import type { StepProps } from "./step.ts";

/** The document: its printed lines open the chip, the chip is read. */
export function DocumentPage(props: StepProps<"document">) {
  const { view, send, can } = props;
  const { t } = useTexts();
  const [asking, setAsking] = useState(false);
  return (
    <>
      {view.phase === "scanning" ? (
        <ScanningPage {...props} />
      ) : view.phase === "mrz" ? (
        <MrzPage key={view.lines?.join()} {...props} />
      ) : (
        <ChipPage {...props} onSkip={() => setAsking(true)} />
      )}
      {asking && can("document.skip") && (
        <ReasonDialog
          title={t("document.skipTitle")}
          lead={t("document.skippedLead")}
          reasons={view.skipReasons}
          text={(reason) => t(`document.skipReasons.${reason}`)}
          onReason={(reason) => {
            setAsking(false);
            send({ type: "document.skip", reason });
          }}
          onCancel={() => setAsking(false)}
        />
      )}
    </>
  );
}

/** The page lies on the scanner's glass. */
function ScanningPage({ state, send, can }: StepProps<"document">) {
  const { t } = useTexts();
  return (
    <Page
      id="document-scanning"
      title={t("document.scanningTitle")}
      lead={t("document.scanningLead")}
      live
      problem={state.problem}
      picture={<PassportPicture phase="reading" />}
      actions={<BackButton can={can} send={send} />}
    />
  );
}

function MrzPage({ state, view, send, can }: StepProps<"document">) {
  const { t } = useTexts();
  const entry = useMrzLines(view);
  const specimen = view.specimen;
  const faultField = (field: string) => {
    const known = [
      "documentNumber",
      "dateOfBirth",
      "dateOfExpiry",
      "optionalData",
      "composite",
      "documentCode",
      "issuer",
      "nationality",
      "sex",
      "names",
    ] as const;
    return t(`document.faultFields.${known.find((name) => name === field) ?? "other"}`);
  };
  const faults = [...new Set(view.mrzFaults.map((fault) => faultField(fault.field)))].join(", ");
  return (
    <Page
      id="document-mrz"
      title={t("document.mrzTitle")}
      lead={faults === "" ? t("document.mrzLead") : t("document.faults", { fields: faults })}
      live
      aside={
        <fieldset className="shape">
          <legend className="unseen">{t("document.shape")}</legend>
          {(["two", "three"] as const).map((shape) => (
            <label key={shape}>
              <input type="radio" name="shape" checked={entry.shape === shape} onChange={() => entry.setShape(shape)} />
              <span>{t(`document.${shape}`)}</span>
            </label>
          ))}
        </fieldset>
      }
      problem={faults === "" ? state.problem : null}
      actions={
        <>
          <BackButton can={can} send={send} />
          {view.canScan && can("document.scan") && (
            <Button icon="passport" onPress={() => send({ type: "document.scan" })} name="document-scan">
              {t("document.scan")}
            </Button>
          )}
          {specimen && !view.canScan && (
            <Button
              icon="passport"
              disabled={!can("document.mrz")}
              onPress={() => send({ type: "document.mrz", lines: specimen })}
              name="specimen"
            >
              {t("document.specimen")}
            </Button>
          )}
          <Button
            kind="primary"
            iconAfter="arrow-right"
            disabled={!entry.complete || !can("document.mrz")}
            onPress={() => send({ type: "document.mrz", lines: entry.lines })}
            name="mrz-send"
          >
            {t("action.continue")}
          </Button>
        </>
      }
    >
      <MrzEntry entry={entry} view={view} />
    </Page>
  );
}
