import { useCallback, useEffect, useState } from "react";
import { LookAgain } from "../../security/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { RefusalNote } from "../frame/refusal-note.tsx";
import { ask, asRefusal, NOT_SIGNED_IN, type Refusal } from "../link/api.ts";
import { useTexts } from "../texts/use-texts.ts";
import { LookAgainList } from "./look-again-list.tsx";

interface LookAgainPageProps {
  /** `/api/look-again` for whoever decides cases, `/api/security/look-again` for whoever watches. */
  path: "/api/look-again" | "/api/security/look-again";
  onExpired: () => void;
  /** Opens a case, where this person may see cases. */
  onOpen?: (caseId: string) => void;
  /** Says that somebody has looked, where this person may say so and sees no cases. */
  onDone?: ((caseId: string) => Promise<unknown>) | undefined;
  onClose?: () => void;
}

/** The list of what must be looked at again, for operators with the way into each case, for officers and auditors without. */
export function LookAgainPage({ path, onExpired, onOpen, onDone, onClose }: LookAgainPageProps) {
  const { t } = useTexts();
  const [list, setList] = useState<LookAgain | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const look = useCallback(
    () =>
      ask(LookAgain, path).then(setList, (error: unknown) => {
        const found = asRefusal(error);
        if (found.code === NOT_SIGNED_IN) onExpired();
        else setRefusal(found);
      }),
    [path, onExpired],
  );
  useEffect(() => void look(), [look]);
  const action = onOpen
    ? { label: t("lookAgain.openCase"), name: "open-case", act: onOpen }
    : onDone && {
        label: t("lookAgain.officerDone"),
        name: "look-done",
        act: (caseId: string) => void onDone(caseId).then(look),
      };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <main className="security-main look-again" tabIndex={0}>
      <div className="policy-head">
        <h1>{t("lookAgain.title")}</h1>
        {onClose && (
          <ActionButton icon="arrow-left" name="look-close" onPress={onClose}>
            {t("lookAgain.close")}
          </ActionButton>
        )}
      </div>
      <p className="soft">{t("lookAgain.lead")}</p>
      {refusal && <RefusalNote refusal={refusal} />}
      {list === null ? (
        refusal === null && <p className="quiet-note">{t("security.loading")}</p>
      ) : (
        <LookAgainList list={list} action={action} />
      )}
    </main>
  );
}
