import { useEffect, useState } from "react";
import type { DecisionAnswer } from "../../review/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { Icon } from "../frame/icon.tsx";
import { useTexts } from "../texts/use-texts.ts";

const WORDS = { accept: "accepted", retake: "retaken", escalate: "escalated" } as const;
const ICONS = { accept: "check", retake: "retake", escalate: "escalate" } as const;

interface UndoNoticeProps {
  answer: DecisionAnswer;
  /** When it was given (`performance.now()`), and for how many milliseconds it can be taken back. */
  since: number;
  undoMs: number;
  onUndo: () => void;
  onOver: () => void;
}

/** Undo instead of "are you sure": the last decision, and the time in which it can be taken back. */
export function UndoNotice({ answer, since, undoMs, onUndo, onOver }: UndoNoticeProps) {
  const { t } = useTexts();
  const [now, setNow] = useState(performance.now());
  const left = Math.max(0, undoMs - (now - since));
  useEffect(() => {
    const timer = window.setInterval(() => setNow(performance.now()), 250);
    return () => window.clearInterval(timer);
  }, []);
  useEffect(() => {
    if (left === 0) onOver();
  }, [left, onOver]);
  return (
    <div className="undo" role="status">
      <Icon name={ICONS[answer.decision.kind]} />
      <span>{t("decide.of", { what: t(`decide.${WORDS[answer.decision.kind]}`), id: answer.caseId })}</span>
      <ActionButton icon="undo" keyName="U" onPress={onUndo} name="undo">
        {t("decide.undo")}
      </ActionButton>
      <span className="undo-left" aria-hidden="true" style={{ ["--left" as string]: left / undoMs }} />
    </div>
  );
}
