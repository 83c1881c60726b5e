import { packageNumber } from "../../../crypto/package/number.ts";
import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import { Page } from "../frame/page.tsx";
import { WipedPicture } from "../pictures/things-picture.tsx";
import { useTexts } from "../texts/use-texts.ts";
import type { StepProps } from "./step.ts";

/** The end: what became of the session, and the proof that nothing of it is left here. */
export function WipePage({ state, view, send, can }: StepProps<"wipe">) {
  const { t, language } = useTexts();
  const erased = view.phase === "erased";
  const title = !erased
    ? t("wipe.erasingTitle")
    : view.reason === "finished" || view.reason === "answered"
      ? t("wipe.finishedTitle")
      : t("wipe.leftTitle");
  return (
    <Page
      id={`wipe-${view.phase}`}
      title={title}
      lead={t(`wipe.reason.${view.reason}`)}
      problem={state.problem}
      picture={<WipedPicture done={erased} />}
      actions={
        erased && (
          <Button kind="primary" disabled={!can("begin")} onPress={() => send({ type: "begin" })} name="next-person">
            {t("wipe.next")}
          </Button>
        )
      }
    >
      {erased && view.packageNumber && (
        <p className="wipe-number">{t("wipe.number", { number: packageNumber(view.packageNumber) })}</p>
      )}
      {erased && <p>{t("wipe.take")}</p>}
      {!erased && <progress aria-label={t("wipe.erasingTitle")} />}
      {erased && view.erase && (
        <section className="erase-proof">
          <p>
            <Icon name="shield" />
            {t("wipe.lead")}
          </p>
          <ul>
            <li>{t("wipe.erasedAt", { time: new Date(view.erase.erasedAt).toLocaleTimeString(language) })}</li>
            <li>{t("wipe.records", { number: view.erase.records })}</li>
            {view.erase.keyDestroyed && <li>{t("wipe.key")}</li>}
          </ul>
        </section>
      )}
    </Page>
  );
}
