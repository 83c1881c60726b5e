import { useState } from "react";
import { ActionButton } from "../frame/action-button.tsx";
import { RefusalNote } from "../frame/refusal-note.tsx";
import { asRefusal, type Refusal } from "../link/api.ts";
import { addPasskey } from "../link/passkey.ts";
import { useTexts } from "../texts/use-texts.ts";

/** A new person's first visit: the code let them in to add a passkey, and to nothing else. */
export function AddPasskeyPage({ name, onDone }: { name: string; onDone: () => void }) {
  const { t } = useTexts();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const add = () =>
    addPasskey({ cancelled: t("signIn.cancelled"), cancelledNext: t("signIn.cancelledNext") }).then(onDone, (error) =>
      setRefusal(asRefusal(error)),
    );
  return (
    <main className="sign-in">
      <div className="sign-in-box">
        <h1>{t("signIn.welcome", { name })}</h1>
        <p className="soft">{t("signIn.addLead")}</p>
        {refusal && <RefusalNote refusal={refusal} />}
        <ActionButton kind="primary" icon="lock" name="add-passkey" onPress={() => void add()}>
          {t("signIn.add")}
        </ActionButton>
      </div>
    </main>
  );
}
