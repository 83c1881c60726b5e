import type { CaseState } from "../../review/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { useTexts } from "../texts/use-texts.ts";

interface DecisionBarProps {
  /** Null while no case is open. */
  state: CaseState | null;
  busy: boolean;
  onAccept: () => void;
  onRetake: () => void;
  onEscalate: () => void;
  onNext: () => void;
  onPrevious: () => void;
}

/** The three decisions and the way through the queue, always in the same place. */
export function DecisionBar({ state, busy, onAccept, onRetake, onEscalate, onNext, onPrevious }: DecisionBarProps) {
  const { t } = useTexts();
  const closed = state !== "waiting" || busy;
  return (
    <fieldset className="decision-bar">
      <legend className="unseen">{t("decide.bar")}</legend>
      <ActionButton icon="arrow-left" keyName="K" onPress={onPrevious}>
        {t("decide.previous")}
      </ActionButton>
      <ActionButton icon="arrow-right" keyName="J" onPress={onNext}>
        {t("decide.next")}
      </ActionButton>
      <p className="decision-note">
        {busy
          ? t("decide.sending")
          : state !== null &&
            state !== "waiting" &&
            t("decide.notNow", { state: t(`queue.state.${state}`).toLowerCase() })}
      </p>
      <ActionButton kind="warn" icon="escalate" keyName="E" disabled={closed} onPress={onEscalate} name="escalate">
        {t("decide.escalate")}
      </ActionButton>
      <ActionButton kind="warn" icon="retake" keyName="R" disabled={closed} onPress={onRetake} name="retake">
        {t("decide.retake")}
      </ActionButton>
      <ActionButton kind="primary" icon="check" keyName="A" disabled={closed} onPress={onAccept} name="accept">
        {t("decide.accept")}
      </ActionButton>
    </fieldset>
  );
}
