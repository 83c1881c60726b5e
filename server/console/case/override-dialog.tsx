import { type CaseDetail, type Decision, OVERRIDE_REASONS } from "../../review/api.ts";
import { useTexts } from "../texts/use-texts.ts";
import { PortraitMeasures } from "./portrait-measures.tsx";
import { ReasonsDialog } from "./reasons-dialog.tsx";

interface OverrideDialogProps {
  detail: CaseDetail;
  onDecide: (decision: Decision) => void;
  onCancel: () => void;
}

/** The portrait fails by a measure: why it may be taken all the same. */
export function OverrideDialog({ detail, onDecide, onCancel }: OverrideDialogProps) {
  const { t } = useTexts();
  return (
    <ReasonsDialog
      title={t("decide.overrideTitle")}
      lead={t("decide.overrideLead")}
      reasons={OVERRIDE_REASONS}
      nameOf={(reason) => t(`override.${reason}`)}
      most={1}
      noteNeeded={([reason]) => reason === "other"}
      send={{ text: t("decide.overrideSend"), icon: "check", name: "override-send" }}
      onSend={([override], note) => override && onDecide({ kind: "accept", override, ...note })}
      onCancel={onCancel}
    >
      <PortraitMeasures
        measures={detail.portraitMeasures.filter(({ passes }) => !passes)}
        policy={detail.portraitPolicy}
        override={null}
      />
    </ReasonsDialog>
  );
}
