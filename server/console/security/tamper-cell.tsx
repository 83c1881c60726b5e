import { z } from "zod";
import type { BoothShown } from "../../security/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { useTexts } from "../texts/use-texts.ts";
import type { Desk } from "./desk.ts";
import { tamperWords } from "./tamper-words.ts";

/** A booth's tamper inputs in its row; an officer says when what happened was seen to. */
export function TamperCell({ booth, tamper, desk }: Pick<BoothShown, "booth" | "tamper"> & { desk: Desk }) {
  const { t, language } = useTexts();
  const words = tamperWords(t, language, tamper);
  return (
    <td data-weak={words.length > 0 ? "" : undefined} data-tamper={tamper?.cabinet ?? ""}>
      {tamper === null ? t("tamper.unknown") : words.length === 0 ? t("tamper.quiet") : null}
      {words.map((what) => (
        <p key={what}>{what}</p>
      ))}
      {desk.mayAct && tamper !== null && tamper.events.length > 0 && (
        <ActionButton
          icon="check"
          name="tamper-seen"
          onPress={() => void desk.act(z.undefined(), `/booths/${encodeURIComponent(booth)}/tamper/seen`)}
        >
          {t("tamper.seen")}
        </ActionButton>
      )}
    </td>
  );
}
