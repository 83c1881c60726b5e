import { useState } from "react";
import { type Decision, REVIEW_LIMITS } from "../../review/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { Dialog } from "../frame/dialog.tsx";
import { useTexts } from "../texts/use-texts.ts";

interface EscalateDialogProps {
  onDecide: (decision: Decision) => void;
  onCancel: () => void;
}

/** Why a second pair of eyes is wanted: a note is needed. */
export function EscalateDialog({ onDecide, onCancel }: EscalateDialogProps) {
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
