import { type KeyboardEvent, useState } from "react";
import {
  type CaseDetail,
  type Decision,
  OVERRIDE_REASONS,
  type OverrideReason,
  REVIEW_LIMITS,
} from "../../review/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { Dialog } from "../frame/dialog.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { PortraitMeasures } from "./portrait-measures.tsx";

interface OverrideDialogProps {
  detail: CaseDetail;
  onDecide: (decision: Decision) => void;
  onCancel: () => void;
}

/** The portrait fails by a measure: why it may be taken all the same. Figures choose, Ctrl + Enter or Enter sends. */
export function OverrideDialog({ detail, onDecide, onCancel }: OverrideDialogProps) {
  const { t } = useTexts();
  const [reason, setReason] = useState<OverrideReason | null>(null);
  const [note, setNote] = useState("");
  const complete = reason !== null && (reason !== "other" || note.trim() !== "");
  const send = () => {
    if (reason === null || !complete) return;
    onDecide({ kind: "accept", override: reason, ...(note.trim() === "" ? {} : { note: note.trim() }) });
  };
  const onKey = (event: KeyboardEvent) => {
    const typing = (event.target as HTMLElement).tagName === "TEXTAREA";
    const digit = typing ? undefined : OVERRIDE_REASONS[Number(/^Digit([1-9])$/.exec(event.code)?.[1] ?? 0) - 1];
    if (digit) {
      event.preventDefault();
      setReason(digit);
    } else if (
      event.key === "Enter" &&
      (event.ctrlKey || !typing) &&
      (event.target as HTMLElement).tagName !== "BUTTON"
    ) {
      event.preventDefault();
      send();
    }
  };
  return (
    <Dialog title={t("decide.overrideTitle")} onCancel={onCancel} wide>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys for the whole form, each has its control as well. */}
      <div className="decision-form" onKeyDown={onKey}>
        <PortraitMeasures
          measures={detail.portraitMeasures.filter(({ passes }) => !passes)}
          policy={detail.portraitPolicy}
          override={null}
        />
        <p className="soft">{t("decide.overrideLead")}</p>
        <fieldset className="reason-list">
          <legend className="unseen">{t("decide.overrideTitle")}</legend>
          {OVERRIDE_REASONS.map((one, index) => (
            <label key={one}>
              <input
                type="radio"
                name="override"
                checked={reason === one}
                data-first={index === 0 ? "" : undefined}
                onChange={() => setReason(one)}
              />
              <span>{t(`override.${one}`)}</span>
              <span className="key-cap" aria-hidden="true">
                {index + 1}
              </span>
            </label>
          ))}
        </fieldset>
        <label className="note">
          <span>{t(reason === "other" ? "decide.note" : "decide.noteOptional")}</span>
          <textarea
            rows={2}
            maxLength={REVIEW_LIMITS.noteCharacters}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </label>
        <div className="dialog-actions">
          <ActionButton onPress={onCancel} keyName="Esc">
            {t("decide.cancel")}
          </ActionButton>
          <ActionButton
            kind="primary"
            icon="check"
            disabled={!complete}
            onPress={send}
            keyName="Enter"
            name="override-send"
          >
            {t("decide.overrideSend")}
          </ActionButton>
        </div>
      </div>
    </Dialog>
  );
}
