import { Dialog } from "../frame/dialog.tsx";
import { useTexts } from "../texts/use-texts.ts";

interface KeyHelpProps {
  on: boolean;
  onSwitch: (on: boolean) => void;
  onClose: () => void;
}

/** Every key and what it does. */
export function KeyHelp({ on, onSwitch, onClose }: KeyHelpProps) {
  const { t } = useTexts();
  const keys: [string, string][] = [
    ["A", t("decide.accept")],
    ["R", t("decide.retake")],
    ["E", t("decide.escalate")],
    ["U", t("decide.undo")],
    ["J", t("decide.next")],
    ["K", t("decide.previous")],
    ["B", t("keys.burst")],
    ["S", t("keys.sort")],
    ["D", t("keys.decided")],
    ["?", t("keys.help")],
  ];
  return (
    <Dialog title={t("keys.title")} onCancel={onClose}>
      <dl className="key-list">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <div className="dialog-actions">
        <label className="switch">
          <input type="checkbox" checked={on} onChange={(event) => onSwitch(event.target.checked)} />
          <span>
            {t("keys.single")}: {t(on ? "keys.on" : "keys.off")}
          </span>
        </label>
        <button type="button" className="action primary" data-first="" onClick={onClose}>
          {t("keys.close")}
        </button>
      </div>
    </Dialog>
  );
}
