import type { CaseDetail } from "../../review/api.ts";
import { useTexts } from "../texts/use-texts.ts";
import { CaseImage } from "./case-image.tsx";
import { Missing } from "./missing.tsx";
import { marksOf, PortraitMarks } from "./portrait-marks.tsx";

interface PortraitsProps {
  detail: CaseDetail;
  /** Which photo of the burst is shown instead of the chosen one; null for the chosen one. */
  burst: number | null;
  onBurst: (index: number | null) => void;
}

/** The booth's portrait beside the chip's, at the same size, so that eyes can go from one to the other. */
export function Portraits({ detail, burst, onBurst }: PortraitsProps) {
  const { t } = useTexts();
  const shown = burst === null ? detail.portrait : (detail.burst[burst] ?? detail.portrait);
  const marks = burst === null && detail.portrait ? marksOf(detail) : undefined;
  return (
    <div className="portraits">
      <figure>
        <div className="portrait" style={marks && { aspectRatio: `${marks.width} / ${marks.height}` }}>
          {marks && <PortraitMarks {...marks} label={t("case.marks")} />}
          {shown ? (
            <CaseImage url={shown} label={t("case.portrait")} />
          ) : (
            <Missing icon="person" text={t("case.noPortrait")} />
          )}
        </div>
        <figcaption>
          {t("case.portrait")}
          {detail.burst.length > 1 && (
            <span className="burst">
              {detail.burst.map((url, index) => (
                <button
                  key={url}
                  type="button"
                  aria-pressed={burst === index}
                  aria-label={`${t("case.burst")}: ${index + 1}`}
                  onClick={() => onBurst(burst === index ? null : index)}
                >
                  {index + 1}
                </button>
              ))}
            </span>
          )}
        </figcaption>
      </figure>
      <figure>
        <div className="portrait">
          {detail.chip.portrait ? (
            <CaseImage url={detail.chip.portrait} label={t("case.chipPortrait")} />
          ) : (
            <Missing icon="person" text={t("case.noChip")} />
          )}
        </div>
        <figcaption>{t("case.chipPortrait")}</figcaption>
      </figure>
    </div>
  );
}
