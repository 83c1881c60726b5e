import { useTexts } from "../texts/use-texts.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";

interface ReasonDialogProps<Reason extends string> {
  title: string;
  lead?: string;
  reasons: readonly Reason[];
  text: (reason: Reason) => string;
  onReason: (reason: Reason) => void;
  onCancel: () => void;
}

/** "Why not?": one touch names the reason and goes on. */
export function ReasonDialog<Reason extends string>(props: ReasonDialogProps<Reason>) {
  const { t } = useTexts();
  return (
    <Dialog
      title={props.title}
      onCancel={props.onCancel}
      actions={
        <Button icon="arrow-left" onPress={props.onCancel}>
          {t("action.back")}
        </Button>
      }
    >
      {props.lead && <p>{props.lead}</p>}
      <ul className="reasons">
        {props.reasons.map((reason) => (
          <li key={reason}>
            <Button onPress={() => props.onReason(reason)} name={`reason-${reason}`}>
              {props.text(reason)}
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
