import type { Refusal } from "../link/api.ts";
import { useTexts } from "../texts/use-texts.ts";
import { ActionButton } from "./action-button.tsx";
import { Icon } from "./icon.tsx";

/** What went wrong, why, and what to do. */
export function RefusalNote({ refusal, onAgain }: { refusal: Refusal; onAgain?: () => void }) {
  const { t } = useTexts();
  return (
    <div className="refusal" role="alert">
      <Icon name="alert" />
      <div>
        <p className="refusal-cause">{refusal.message}</p>
        <p>{refusal.next}</p>
        <p className="code">{refusal.code}</p>
        {onAgain && (
          <ActionButton icon="retake" onPress={onAgain}>
            {t("fault.again")}
          </ActionButton>
        )}
      </div>
    </div>
  );
}
