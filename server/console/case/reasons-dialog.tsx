import { type KeyboardEvent, type ReactNode, useState } from "react";
import { REVIEW_LIMITS } from "../../review/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { Dialog } from "../frame/dialog.tsx";
import { useTexts } from "../texts/use-texts.ts";

/** The keys of the reasons, by their place on the keyboard. */
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "-"] as const;
const codeOf = (key: string): string => (key === "-" ? "Minus" : `Digit${key}`);

interface ReasonsDialogProps<Reason extends string> {
  title: string;
  lead: string;
  /** At most as many as there are keys. */
  reasons: readonly Reason[];
  nameOf: (reason: Reason) => string;
  /** How many may be chosen: of one, another choice takes its place. */
  most: number;
  noteNeeded?: (chosen: readonly Reason[]) => boolean;
  send: { text: string; icon: string; name: string };
  onSend: (chosen: readonly Reason[], note: { note?: string }) => void;
  onCancel: () => void;
  /** Shown above the reasons. */
  children?: ReactNode;
}

/** Reasons to choose from and a note: figures choose, Enter sends; Ctrl + Enter out of the note. */
export function ReasonsDialog<Reason extends string>(props: ReasonsDialogProps<Reason>) {
  const { title, lead, reasons, nameOf, most, noteNeeded, send, onSend, onCancel, children } = props;
  const { t } = useTexts();
  const [chosen, setChosen] = useState<readonly Reason[]>([]);
  const [note, setNote] = useState("");
  const words = note.trim();
  const needed = noteNeeded?.(chosen) ?? false;
  const complete = chosen.length > 0 && !(needed && words === "");
  const choose = (reason: Reason) =>
    setChosen((old) => {
      if (most === 1) return [reason];
      if (old.includes(reason)) return old.filter((other) => other !== reason);
      return old.length < most ? [...old, reason] : old;
    });
  const sendNow = () => {
    if (complete) onSend(chosen, words === "" ? {} : { note: words });
  };
  const onKey = (event: KeyboardEvent) => {
    const { tagName } = event.target as HTMLElement;
    const typing = tagName === "TEXTAREA";
    const reason = typing ? undefined : reasons[KEYS.findIndex((key) => codeOf(key) === event.code)];
    const sends = event.key === "Enter" && (event.ctrlKey || !typing) && tagName !== "BUTTON";
    if (reason === undefined && !sends) return;
    event.preventDefault();
    if (reason === undefined) sendNow();
    else choose(reason);
  };
  return (
    <Dialog title={title} onCancel={onCancel} wide>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys for the whole form, each has its control as well. */}
      <div className="decision-form" onKeyDown={onKey}>
        {children}
        <p className="soft">{lead}</p>
        <fieldset className="reason-list">
          <legend className="unseen">{title}</legend>
          {reasons.map((reason, index) => (
            <label key={reason}>
              <input
                type={most === 1 ? "radio" : "checkbox"}
                name={send.name}
                checked={chosen.includes(reason)}
                data-first={index === 0 ? "" : undefined}
                onChange={() => choose(reason)}
              />
              <span>{nameOf(reason)}</span>
              <span className="key-cap" aria-hidden="true">
                {KEYS[index]}
              </span>
            </label>
          ))}
        </fieldset>
        <label className="note">
          <span>{t(needed ? "decide.note" : "decide.noteOptional")}</span>
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
            icon={send.icon}
            disabled={!complete}
            onPress={sendNow}
            keyName="Enter"
            name={send.name}
          >
            {send.text}
          </ActionButton>
        </div>
      </div>
    </Dialog>
  );
}
