import type { CaseDetail } from "../../review/api.ts";
import { Icon } from "../frame/icon.tsx";
import { type Say, useTexts } from "../texts/use-texts.ts";
import { CaseImage } from "./case-image.tsx";
import { LivingSigns } from "./living-signs.tsx";
import { Missing } from "./missing.tsx";
import { marksOf, PortraitMarks } from "./portrait-marks.tsx";
import { measureName, PortraitMeasures } from "./portrait-measures.tsx";

interface PortraitsProps {
  detail: CaseDetail;
  /** Which photo of the burst is shown instead of the chosen one; null for the chosen one. */
  burst: number | null;
  onBurst: (index: number | null) => void;
}

/** The booth's portrait beside the chip's, at the same size, so that eyes can go from one to the other; its measures, and the burst. */
export function Portraits({ detail, burst, onBurst }: PortraitsProps) {
  const { t } = useTexts();
  const other = burst === null ? undefined : detail.burst[burst];
  const shown = other?.image ?? detail.portrait;
  const marks = other === undefined && detail.portrait ? marksOf(detail) : undefined;
  const shape = marks && { aspectRatio: `${marks.width} / ${marks.height}` };
  return (
    <>
      <div className="portraits">
        <figure>
          <div className="portrait" style={shape}>
            {marks && <PortraitMarks {...marks} label={t("case.marks")} />}
            {shown ? (
              <CaseImage url={shown} label={t("case.portrait")} />
            ) : (
              <Missing icon="person" text={t("case.noPortrait")} />
            )}
          </div>
          <figcaption>
            {other === undefined ? t("case.portrait") : t("case.burstPhoto", { number: (burst ?? 0) + 1 })}
          </figcaption>
        </figure>
        <figure>
          <div className="portrait" style={shape}>
            {detail.chip.portrait ? (
              <CaseImage url={detail.chip.portrait} label={t("case.chipPortrait")} />
            ) : (
              <Missing icon="person" text={t("case.noChip")} />
            )}
          </div>
          <figcaption>
            {t("case.chipPortrait")}
            {detail.likeness && <Likeness {...detail.likeness} />}
          </figcaption>
        </figure>
      </div>
      {marks?.pose && <p className="panel-note pose">{t("case.pose", { ...marks.pose })}</p>}
      <LivingSigns presentation={detail.presentation} />
      <Burst detail={detail} burst={burst} onBurst={onBurst} />
      <PortraitMeasures measures={detail.portraitMeasures} policy={detail.portraitPolicy} override={detail.override} />
    </>
  );
}

/** Are the two one person? The number stands under the pictures that it is about. */
function Likeness({ score, threshold, agrees }: NonNullable<CaseDetail["likeness"]>) {
  const { t } = useTexts();
  return (
    <span className="likeness" data-status={agrees ? "passed" : "failed"}>
      <Icon name={agrees ? "check" : "alert"} />
      {t("case.likeness", { score: Math.round(score), threshold })}
    </span>
  );
}

/** Every photo that was sent, small: the one that was taken first, each with the booth's score and who would have taken it. */
function Burst({ detail, burst, onBurst }: PortraitsProps) {
  const { t } = useTexts();
  const { shot, portrait } = detail;
  if (detail.burst.length === 0 && shot === null) return null;
  const photos = [
    ...(portrait === null ? [] : [{ image: portrait, at: null, name: t("case.chosen"), ...(shot ?? unknown) }]),
    ...detail.burst.map((photo, at) => ({
      ...photo,
      at,
      byPerson: false,
      name: t("case.burstPhoto", { number: at + 1 }),
    })),
  ];
  return (
    <div className="burst">
      <ul aria-label={t("case.burst")}>
        {photos.map((photo) => (
          <li key={photo.image}>
            <button
              type="button"
              aria-pressed={burst === photo.at}
              aria-label={`${photo.name}${photo.score === null ? "" : `, ${Math.round(photo.score)}`}`}
              onClick={() => onBurst(photo.at)}
            >
              <img src={photo.image} alt="" />
              {photo.score !== null && <span className="burst-score">{Math.round(photo.score)}</span>}
            </button>
            <span className="burst-who">
              {photo.byPerson && (
                <span title={t("case.byPerson")}>
                  <Icon name="person" />
                  <span className="unseen">{t("case.byPerson")}</span>
                </span>
              )}
              {photo.byMachine && (
                <span title={t("case.byMachine")}>
                  <Icon name="camera" />
                  <span className="unseen">{t("case.byMachine")}</span>
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {shot && <p className="panel-note">{shotWords(t, shot)}</p>}
    </div>
  );
}

const unknown = { score: null, byMachine: false, byPerson: false };

function shotWords(
  t: Say,
  { score, byMachine, byPerson, tries, forced, failed }: NonNullable<CaseDetail["shot"]>,
): string {
  const chosen = byPerson && byMachine ? "case.byBoth" : byPerson ? "case.byPerson" : "case.byMachine";
  return [
    t("case.shot", { score: Math.round(score), tries }),
    t(chosen),
    forced ? t("case.shotForced") : "",
    failed.length > 0 ? t("case.shotFailed", { measures: failed.map((name) => measureName(t, name)).join(", ") }) : "",
  ]
    .filter((text) => text !== "")
    .join(" · ");
}
