import { type KeyboardEvent, useState } from "react";
import { type Decision, RETAKE_REASONS, REVIEW_LIMITS, type RetakeReason } from "../../review/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { Dialog } from "../frame/dialog.tsx";
import { useTexts } from "../texts/use-texts.ts";

/** The keys of the reasons, by their place on the keyboard. */
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "-"] as const;
const CODES = [
  "Digit1",
  "Digit2",
  "Digit3",
  "Digit4",
  "Digit5",
  "Digit6",
  "Digit7",
  "Digit8",
  "Digit9",
  "Digit0",
  "Minus",
];

interface DecisionDialogProps {
  onDecide: (decision: Decision) => void;
  onCancel: () => void;
}

/** What must be taken again: figures choose, Enter sends. */
export function RetakeDialog({ onDecide, onCancel }: DecisionDialogProps) {
  const { t } = useTexts();
  const [reasons, setReasons] = useState<readonly RetakeReason[]>([]);
  const [note, setNote] = useState("");
  const toggle = (reason: RetakeReason) =>
    setReasons((old) =>
      old.includes(reason)
        ? old.filter((other) => other !== reason)
        : old.length < REVIEW_LIMITS.retakeReasons
          ? [...old, reason]
          : old,
    );
  const send = () => {
    if (reasons.length === 0) return;
    onDecide({ kind: "retake", reasons: [...reasons], ...(note.trim() === "" ? {} : { note: note.trim() }) });
  };
  const onKey = (event: KeyboardEvent) => {
    const typing = (event.target as HTMLElement).tagName === "TEXTAREA";
    const reason = typing ? undefined : RETAKE_REASONS[CODES.indexOf(event.code)];
    if (reason) {
      event.preventDefault();
      toggle(reason);
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
    <Dialog title={t("decide.retakeTitle")} onCancel={onCancel} wide>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys for the whole form, each has its control as well. */}
      <div className="decision-form" onKeyDown={onKey}>
        <p className="soft">{t("decide.retakeLead")}</p>
        <fieldset className="reason-list">
          <legend className="unseen">{t("decide.retakeTitle")}</legend>
          {RETAKE_REASONS.map((reason, index) => (
            <label key={reason}>
              <input
                type="checkbox"
                checked={reasons.includes(reason)}
                data-first={index === 0 ? "" : undefined}
                onChange={() => toggle(reason)}
              />
              <span>{t(`reason.${reason}`)}</span>
              <span className="key-cap" aria-hidden="true">
                {KEYS[index]}
              </span>
            </label>
          ))}
        </fieldset>
        <label className="note">
          <span>{t("decide.noteOptional")}</span>
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
            icon="retake"
            disabled={reasons.length === 0}
            onPress={send}
            keyName="Enter"
            name="retake-send"
          >
            {t("decide.send")}
          </ActionButton>
        </div>
      </div>
    </Dialog>
  );
}

/** Why a second pair of eyes is wanted: a note is needed. */
export function EscalateDialog({ onDecide, onCancel }: DecisionDialogProps) {
  const { t } = useTexts();
  const [note, setNote] = useState("");
  const send = () => note.trim() !== "" && onDecide({ kind: "escalate", note: note.trim() });
  return (
    <Dialog title={t("decide.escalateTitle")} onCancel={onCancel}>
      <div className="decision-form">
        <p className="soft">{t("decide.escalateLead")}</p>
        <label className="note">
          <span>{t("decide.note")}</span>
          <textarea
            rows={4}
            data-first=""
            maxLength={REVIEW_LIMITS.noteCharacters}
            value={note}
            onChange={(event) => setNote(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && event.ctrlKey) send();
            }}
          />
        </label>
        <div className="dialog-actions">
          <ActionButton onPress={onCancel} keyName="Esc">
            {t("decide.cancel")}
          </ActionButton>
          <ActionButton
            kind="primary"
            icon="escalate"
            disabled={note.trim() === ""}
            onPress={send}
            name="escalate-send"
          >
            {t("decide.escalateSend")}
          </ActionButton>
        </div>
      </div>
    </Dialog>
  );
}
