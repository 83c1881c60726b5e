import { useEffect, useRef } from "react";
import { packageNumber } from "../../../crypto/package/number.ts";
import type { CaseDetail, LookFinding } from "../../review/api.ts";
import { moment } from "../frame/times.ts";
import { useTexts } from "../texts/use-texts.ts";
import { CheckList } from "./check-list.tsx";
import { ErasedNote, isErased } from "./erased-note.tsx";
import { FieldTable } from "./field-table.tsx";
import { FreshFingerCheck } from "./fresh-finger.tsx";
import { LookNote } from "./look-note.tsx";
import { Panel } from "./panel.tsx";
import { Portraits } from "./portraits.tsx";
import { Prints } from "./prints.tsx";
import { History, Timings } from "./record.tsx";
import { SignatureInk } from "./signature-ink.tsx";

interface CaseViewProps {
  detail: CaseDetail;
  burst: number | null;
  onBurst: (index: number | null) => void;
  onFinding?: ((finding: LookFinding["finding"]) => void) | undefined;
}

/** One case on one page: the faces and the checks first, everything else in the order in which it is asked about. */
export function CaseView({ detail, burst, onBurst, onFinding }: CaseViewProps) {
  const { t, language } = useTexts();
  const { item } = detail;
  const element = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another case begins at its top.
  useEffect(() => {
    element.current?.scrollTo(0, 0);
  }, [item.caseId]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <main className="case" ref={element} tabIndex={0} data-case={item.caseId}>
      <header className="case-head">
        <h1>{t("case.title", { id: item.caseId })}</h1>
        <span className="pill" data-risk={item.risk}>
          {t(`queue.risk.${item.risk}`)}
        </span>
        <span className="pill" data-state={item.state}>
          {t(`queue.state.${item.state}`)}
        </span>
        <p className="soft">
          {t("case.number", { number: packageNumber(item.packageId) })} · {item.office} · {item.booth} ·{" "}
          {t("case.sealed", { time: moment(language, item.sealedAt) })},{" "}
          {t("case.received", { time: moment(language, item.receivedAt) })}
        </p>
      </header>
      <LookNote detail={detail} onFinding={onFinding} />
      {isErased(detail) ? (
        <ErasedCase detail={detail} />
      ) : (
        <WholeCase detail={detail} burst={burst} onBurst={onBurst} />
      )}
    </main>
  );
}

/** What is left where everything that was captured is gone. */
function ErasedCase({ detail }: { detail: CaseDetail }) {
  const { t } = useTexts();
  return (
    <div className="case-grid">
      <div className="case-column">
        <ErasedNote detail={detail} />
      </div>
      <div className="case-column">
        <Panel title={t("case.checks")} className="panel-checks">
          <CheckList checks={detail.checks} />
        </Panel>
        <Panel title={t("case.history")} className="panel-history">
          <History history={detail.history} />
        </Panel>
      </div>
    </div>
  );
}

function WholeCase({ detail, burst, onBurst }: Pick<CaseViewProps, "detail" | "burst" | "onBurst">) {
  const { t, language } = useTexts();
  const { item, consent, chip } = detail;
  return (
    <>
      <ErasedNote detail={detail} />
      <div className="case-grid">
        <div className="case-column">
          <Portraits detail={detail} burst={burst} onBurst={onBurst} />
          <Panel title={t("case.data")} className="panel-data">
            <FieldTable fields={detail.fields} />
            <p className="panel-note">
              {chip.access
                ? t("case.access", { access: chip.access, groups: chip.dataGroups.join(", ") })
                : t("case.noChip")}
            </p>
          </Panel>
        </div>
        <div className="case-column">
          <Panel title={t("case.checks")} className="panel-checks">
            <CheckList checks={detail.checks} />
          </Panel>
          <Panel title={t("case.prints")} className="panel-prints">
            <Prints prints={detail.prints} />
            {detail.prints.some(({ image }) => image !== null) && (
              <FreshFingerCheck key={item.caseId} caseId={item.caseId} />
            )}
          </Panel>
        </div>
        <div className="case-column case-rest">
          <Panel title={t("case.signature")} className="panel-signature">
            {detail.signature ? (
              <SignatureInk signature={detail.signature} label={t("case.signature")} />
            ) : (
              <p className="quiet-note">{t("case.noSignature")}</p>
            )}
          </Panel>
          <Panel title={t("case.consent")} className="panel-consent">
            <p>
              {consent
                ? t("case.consentGiven", {
                    time: moment(language, consent.givenAt),
                    version: consent.textVersion,
                    language: consent.language,
                  })
                : t("case.noConsent")}
            </p>
          </Panel>
          <Panel title={t("case.timings")} className="panel-timings">
            <Timings timings={detail.timings} />
          </Panel>
          <Panel title={t("case.history")} className="panel-history">
            <History history={detail.history} />
          </Panel>
        </div>
      </div>
    </>
  );
}
