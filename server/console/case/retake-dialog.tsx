import { type Decision, RETAKE_REASONS, REVIEW_LIMITS } from "../../review/api.ts";
import { useTexts } from "../texts/use-texts.ts";
import { ReasonsDialog } from "./reasons-dialog.tsx";

interface RetakeDialogProps {
  onDecide: (decision: Decision) => void;
  onCancel: () => void;
}

/** What must be taken again. */
export function RetakeDialog({ onDecide, onCancel }: RetakeDialogProps) {
  const { t } = useTexts();
  return (
    <ReasonsDialog
      title={t("decide.retakeTitle")}
      lead={t("decide.retakeLead")}
      reasons={RETAKE_REASONS}
      nameOf={(reason) => t(`reason.${reason}`)}
      most={REVIEW_LIMITS.retakeReasons}
      send={{ text: t("decide.send"), icon: "retake", name: "retake-send" }}
      onSend={(reasons, note) => onDecide({ kind: "retake", reasons: [...reasons], ...note })}
      onCancel={onCancel}
    />
  );
}
