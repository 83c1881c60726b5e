import { FingerExceptionReason, FingerPosition } from "../../../crypto/package/enrolment.ts";
import type { Print } from "../../review/api.ts";
import { type Say, useTexts } from "../texts/use-texts.ts";
import { CaseImage } from "./case-image.tsx";
import { Missing } from "./missing.tsx";

export function positionName(t: Say, position: string): string {
  const known = FingerPosition.safeParse(position);
  return known.success ? t(`position.${known.data}`) : position;
}

function reasonName(t: Say, reason: string): string {
  const known = FingerExceptionReason.safeParse(reason);
  return t(`fingerReason.${known.success ? known.data : "other"}`);
}

const number = (value: number | null) => (value === null ? "—" : String(Math.round(value)));

/** The prints with the booth's number and the server's own. */
export function Prints({ prints }: { prints: readonly Print[] }) {
  const { t } = useTexts();
  if (prints.length === 0) return <p className="quiet-note">{t("case.noPrints")}</p>;
  return (
    <ul className="prints">
      {prints.map((print) => (
        <li key={print.position}>
          <p className="print-name">{positionName(t, print.position)}</p>
          <div className="print-image">
            {print.image ? (
              <CaseImage url={print.image} label={positionName(t, print.position)} />
            ) : (
              <Missing icon="finger" text={print.reason ? reasonName(t, print.reason) : t("case.noPrint")} />
            )}
          </div>
          <dl className="print-numbers">
            <div>
              <dt>{t("case.quality")}</dt>
              <dd>{number(print.quality)}</dd>
            </div>
            <div>
              <dt>{t("case.serverQuality")}</dt>
              <dd>{number(print.serverQuality)}</dd>
            </div>
            <div>
              <dt>{t("case.tries")}</dt>
              <dd>
                {print.tries.length === 0
                  ? "—"
                  : print.tries.map((attempt, index) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: a try is its place in the row.
                      <span key={index} className="try" data-kept={index === print.kept ? "" : undefined}>
                        {number(attempt.quality)}
                        {index === print.kept && <span className="unseen"> ({t("case.kept")})</span>}
                      </span>
                    ))}
              </dd>
            </div>
          </dl>
        </li>
      ))}
    </ul>
  );
}
