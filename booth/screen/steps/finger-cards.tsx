import type { RedoTarget, ScreenEvent, ViewOf } from "../../api/messages.ts";
import { Button } from "../frame/button.tsx";
import { Icon } from "../frame/icon.tsx";
import { useTexts } from "../texts/use-texts.ts";

type Result = ViewOf<"fingers">["results"][number];

/** Which redo a finger belongs to: the hand's index finger opens its fallbacks again. */
export function redoOf(position: Result["position"]): RedoTarget {
  return position.startsWith("right") ? "finger-right-index" : "finger-left-index";
}

interface FingerCardsProps {
  results: readonly Result[];
  canRedo: (what: RedoTarget) => boolean;
  send: (event: ScreenEvent) => void;
}

/** What was taken of each finger, with its quality, and a way to take it again. */
export function FingerCards({ results, canRedo, send }: FingerCardsProps) {
  const { t } = useTexts();
  return (
    <ul className="finger-cards">
      {results.map((result) => {
        const what = redoOf(result.position);
        return (
          <li key={result.position} className="card">
            <h2>{t(`fingers.positionName.${result.position}`)}</h2>
            <div className="finger-card-print">
              {result.url ? <img src={result.url} alt={t("fingers.preview")} /> : <Icon name="finger" />}
            </div>
            {result.state === "captured" ? (
              <p className="finger-card-quality" data-passes={result.passes ? "" : undefined}>
                <Icon name={result.passes ? "check" : "alert"} />
                {t("fingers.quality")} {result.quality === null ? "—" : Math.round(result.quality)}
              </p>
            ) : (
              <p className="finger-card-quality">
                {t("fingers.missing", {
                  reason: result.reason ? t(`fingers.reasons.${result.reason}`).toLowerCase() : "—",
                })}
                {result.approved && ` (${t("fingers.approved")})`}
              </p>
            )}
            {canRedo(what) && (
              <Button icon="retake" onPress={() => send({ type: "redo", what })} name={`redo-${result.position}`}>
                {t("fingers.redo")}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
