import type { CaseDetail, LookFinding } from "../../review/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { moment } from "../frame/times.ts";
import { lookReason } from "../look-again/look-reason.ts";
import { useTexts } from "../texts/use-texts.ts";

interface LookNoteProps {
  detail: CaseDetail;
  /** Says what the doubt comes to; undefined of whoever may not. */
  onFinding?: ((finding: LookFinding["finding"]) => void) | undefined;
}

/** Above a case that is doubted: why, since when, and who is to say what it comes to. */
export function LookNote({ detail, onFinding }: LookNoteProps) {
  const { t, language } = useTexts();
  const open = detail.looks.filter(({ closedAt }) => closedAt === null);
  if (open.length === 0) return null;
  const decided = detail.decision?.state === "final";
  return (
    <section className="look-note" aria-label={t("lookAgain.open")}>
      {open.map((look) => (
        <p key={`${look.cause} ${look.subject}`}>
          <strong>{t("lookAgain.note", { why: lookReason(t, look), since: moment(language, look.since) })}</strong> ·{" "}
          {t(`lookAgain.standings.${look.standing}`)}
        </p>
      ))}
      {!decided ? (
        <p>{t("lookAgain.noteWaiting")}</p>
      ) : onFinding ? (
        <div className="look-actions">
          <ActionButton icon="check" name="look-stands" onPress={() => onFinding("stands")}>
            {t("lookAgain.stands")}
          </ActionButton>
          <ActionButton kind="warn" icon="retake" name="look-again" onPress={() => onFinding("decide-again")}>
            {t("lookAgain.decideAgain")}
          </ActionButton>
        </div>
      ) : (
        <p>{t("lookAgain.noteDecided")}</p>
      )}
    </section>
  );
}
