import { useId, useState } from "react";
import { FreshFinger } from "../../review/api.ts";
import { FileField } from "../frame/file-field.tsx";
import { RefusalNote } from "../frame/refusal-note.tsx";
import { ask, asRefusal, type Refusal } from "../link/api.ts";
import { useTexts } from "../texts/use-texts.ts";
import { positionName } from "./prints.tsx";

type State =
  | { readonly kind: "idle" | "comparing" }
  | { readonly kind: "answer"; readonly answer: FreshFinger }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** One fresh finger of whoever stands at the desk, against the booth's: a file in, a verdict with its numbers out. */
export function FreshFingerCheck({ caseId }: { caseId: string }) {
  const { t } = useTexts();
  const [state, setState] = useState<State>({ kind: "idle" });
  const hint = useId();
  const compare = async (file: File) => {
    setState({ kind: "comparing" });
    try {
      const answer = await ask(FreshFinger, `/api/cases/${caseId}/fresh-finger`, "POST", file);
      setState({ kind: "answer", answer });
    } catch (error) {
      setState({ kind: "refused", refusal: asRefusal(error) });
    }
  };
  return (
    <div className="fresh-finger">
      <p>{t("fresh.choose")}</p>
      <FileField
        label={t("fresh.choose")}
        accept=".png,.wsq,.jpg,.jpeg,.pgm,.fir,.fmr,.an2,.der"
        name="fresh-finger"
        describedBy={hint}
        onFile={(file) => void compare(file)}
      />
      <p className="quiet-note" id={hint}>
        {t("fresh.hint")}
      </p>
      <div role="status">
        {state.kind === "comparing" && <p>{t("fresh.comparing")}</p>}
        {state.kind === "answer" && <Verdict answer={state.answer} />}
        {state.kind === "refused" && <RefusalNote refusal={state.refusal} />}
      </div>
    </div>
  );
}

/** Odds beyond this were not measured (docs/fingers.md): what is rarer is shown as at least so rare. */
const MEASURED_ODDS = 30_000;

function Verdict({ answer }: { answer: FreshFinger }) {
  const { t, language } = useTexts();
  const finger = positionName(t, answer.position);
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const odds = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
  return (
    <>
      <p className="fresh-verdict" data-same={answer.same}>
        <strong>{t(answer.same ? "fresh.same" : "fresh.other", { finger })}</strong>
      </p>
      <p className="panel-note">
        {t("fresh.numbers", {
          score: number.format(answer.score),
          threshold: number.format(answer.threshold),
          odds: odds.format(Math.min(MEASURED_ODDS, 1 / answer.falseMatchRate)),
          template: answer.template,
        })}{" "}
        {answer.extrapolated && t("fresh.extrapolated")}{" "}
        {answer.quality !== null && t("fresh.quality", { quality: answer.quality })}
      </p>
    </>
  );
}
