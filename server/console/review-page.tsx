import { useCallback, useEffect, useState } from "react";
import { z } from "zod";
import { type Decision, DecisionAnswer, type LookFinding, type Session } from "../review/api.ts";
import { CaseView } from "./case/case-view.tsx";
import { DecisionBar } from "./case/decision-bar.tsx";
import { EscalateDialog } from "./case/escalate-dialog.tsx";
import { OverrideDialog } from "./case/override-dialog.tsx";
import { RetakeDialog } from "./case/retake-dialog.tsx";
import { UndoNotice } from "./case/undo-notice.tsx";
import { ActionButton } from "./frame/action-button.tsx";
import { RefusalNote } from "./frame/refusal-note.tsx";
import { TopBar } from "./frame/top-bar.tsx";
import { KeyHelp } from "./keys/key-help.tsx";
import { singleKeysOn, switchSingleKeys, useSingleKeys } from "./keys/single-keys.ts";
import { ask, asRefusal, NOT_SIGNED_IN, type Refusal } from "./link/api.ts";
import { useCase } from "./link/case-shelf.ts";
import { useQueue } from "./link/queue-feed.ts";
import { LookAgainPage } from "./look-again/look-again-page.tsx";
import { QueueList } from "./queue/queue-list.tsx";
import { QueueState } from "./queue/queue-state.tsx";
import { useTexts } from "./texts/use-texts.ts";

interface ReviewPageProps {
  session: Session;
  onSignOut: () => void;
  onExpired: () => void;
}

type Asking = "override" | "retake" | "escalate" | "keys" | null;

/** An operator at work: the queue, one case, three decisions. */
export function ReviewPage({ session, onSignOut, onExpired }: ReviewPageProps) {
  const { t, language } = useTexts();
  const { queue, sort } = useQueue(onExpired);
  const [chosen, setChosen] = useState<string | null>(null);
  const [asking, setAsking] = useState<Asking>(null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [last, setLast] = useState<{ answer: DecisionAnswer; since: number } | null>(null);
  const [decidedOpen, setDecidedOpen] = useState(false);
  const [keysOn, setKeysOn] = useState(singleKeysOn);
  const [burst, setBurst] = useState<number | null>(null);
  const [looking, setLooking] = useState(false);

  const mayFind = session.operator.roles.includes("supervisor");
  const order = [...queue.sorted, ...queue.fresh, ...(decidedOpen ? queue.decided : [])];
  const open = order.filter((caseId) => queue.items[caseId]?.state === "waiting");
  const current = chosen ?? open[0] ?? null;
  const item = current === null ? undefined : queue.items[current];
  /** The next one that waits, after this one and then from the top. */
  const after = (caseId: string | null) => {
    const at = caseId === null ? -1 : order.indexOf(caseId);
    const rest = [...order.slice(at + 1), ...order.slice(0, Math.max(0, at))];
    return rest.find((other) => other !== caseId && queue.items[other]?.state === "waiting") ?? null;
  };
  const shown = useCase(current, item?.version ?? 0, after(current), language, onExpired);
  const detail = shown.detail?.item.caseId === current ? shown.detail : null;

  const go = useCallback((caseId: string | null) => {
    setChosen(caseId);
    setLooking(false);
    setBurst(null);
    setRefusal(null);
  }, []);
  const step = (by: 1 | -1) => {
    const at = current === null ? -1 : order.indexOf(current);
    const next = order[at + by] ?? (at === -1 ? order[0] : undefined);
    if (next) go(next);
  };
  const fail = (error: unknown) => {
    const found = asRefusal(error);
    if (found.code === NOT_SIGNED_IN) onExpired();
    else setRefusal(found);
  };
  const decide = async (decision: Decision) => {
    if (detail?.item.state !== "waiting" || busy) return;
    const { caseId, version } = detail.item;
    const next = after(caseId);
    setAsking(null);
    setBusy(true);
    try {
      const answer = await ask(DecisionAnswer, `/api/cases/${encodeURIComponent(caseId)}/decision`, "POST", {
        decision,
        version,
      });
      setLast({ answer, since: performance.now() });
      go(next ?? caseId);
    } catch (error) {
      fail(error);
    } finally {
      setBusy(false);
    }
  };
  /** What a supervisor says of a case that is doubted; its event brings the case anew. */
  const find = async (caseId: string, finding: LookFinding["finding"]) => {
    try {
      await ask(z.undefined(), `/api/look-again/${encodeURIComponent(caseId)}`, "POST", { finding });
      setRefusal(null);
    } catch (error) {
      fail(error);
    }
  };
  const undo = async () => {
    if (!last) return;
    const { caseId } = last.answer;
    setLast(null);
    try {
      await ask(DecisionAnswer, `/api/cases/${encodeURIComponent(caseId)}/decision/undo`, "POST", {});
      go(caseId);
    } catch (error) {
      fail(error);
    }
  };
  /** A portrait that fails is taken only with a reason. */
  const accept = () => {
    if (detail?.checks.some(({ check, status }) => check === "quality/portrait" && status === "failed"))
      askFor("override");
    else void decide({ kind: "accept" });
  };
  const askFor = (what: "override" | "retake" | "escalate") =>
    detail?.item.state === "waiting" && !busy && setAsking(what);
  const nextPhoto = () => {
    const many = detail?.burst.length ?? 0;
    if (many > 0) setBurst((old) => (old === null ? 0 : old + 1 < many ? old + 1 : null));
  };
  const over = useCallback(() => setLast(null), []);

  useSingleKeys(
    {
      a: accept,
      r: () => askFor("retake"),
      e: () => askFor("escalate"),
      u: () => void undo(),
      j: () => step(1),
      k: () => step(-1),
      b: nextPhoto,
      s: () => void sort(),
      d: () => setDecidedOpen((old) => !old),
      "?": () => setAsking("keys"),
    },
    keysOn && asking === null && !looking,
  );

  useEffect(() => {
    document.title = `${open.length > 0 ? `(${open.length}) ` : ""}${t("brand")} · ${t("console")}`;
  }, [open.length, t]);

  return (
    <div className="desk">
      <TopBar
        title={t("console")}
        operator={session.operator.name}
        state={<QueueState waiting={open.length} live={queue.live} loaded={queue.loaded} />}
        actions={
          <>
            <ActionButton
              kind="quiet"
              icon="retake"
              name="look-again-list"
              pressed={looking}
              onPress={() => setLooking((old) => !old)}
            >
              {t("lookAgain.open")}
            </ActionButton>
            <ActionButton kind="quiet" icon="keyboard" keyName="?" onPress={() => setAsking("keys")}>
              {t("top.keys")}
            </ActionButton>
          </>
        }
        onSignOut={onSignOut}
      />
      <QueueList
        queue={queue}
        current={current}
        decidedOpen={decidedOpen}
        onOpen={go}
        onSort={() => void sort()}
        onDecided={() => setDecidedOpen((old) => !old)}
      />
      {looking ? (
        <LookAgainPage path="/api/look-again" onExpired={onExpired} onOpen={go} onClose={() => setLooking(false)} />
      ) : detail ? (
        <CaseView
          detail={detail}
          burst={burst}
          onBurst={setBurst}
          onFinding={mayFind ? (finding) => void find(detail.item.caseId, finding) : undefined}
        />
      ) : (
        <main className="case case-empty">
          {shown.refusal ? (
            <RefusalNote refusal={shown.refusal} onAgain={() => void sort()} />
          ) : current === null ? (
            <>
              <h1>{t("case.none")}</h1>
              <p className="soft">{open.length === 0 && queue.loaded ? t("queue.emptyLead") : t("case.noneLead")}</p>
            </>
          ) : (
            <p className="soft" role="status">
              {t("case.loading")}
            </p>
          )}
        </main>
      )}
      <DecisionBar
        state={looking ? null : (detail?.item.state ?? null)}
        busy={busy}
        onAccept={accept}
        onRetake={() => askFor("retake")}
        onEscalate={() => askFor("escalate")}
        onNext={() => step(1)}
        onPrevious={() => step(-1)}
      />
      {refusal && (
        <div className="floating">
          <RefusalNote refusal={refusal} />
        </div>
      )}
      {last && (
        <UndoNotice
          answer={last.answer}
          since={last.since}
          undoMs={session.undoMs}
          onUndo={() => void undo()}
          onOver={over}
        />
      )}
      {asking === "override" && detail && (
        <OverrideDialog
          detail={detail}
          onDecide={(decision) => void decide(decision)}
          onCancel={() => setAsking(null)}
        />
      )}
      {asking === "retake" && (
        <RetakeDialog onDecide={(decision) => void decide(decision)} onCancel={() => setAsking(null)} />
      )}
      {asking === "escalate" && (
        <EscalateDialog onDecide={(decision) => void decide(decision)} onCancel={() => setAsking(null)} />
      )}
      {asking === "keys" && (
        <KeyHelp
          on={keysOn}
          onSwitch={(on) => {
            switchSingleKeys(on);
            setKeysOn(on);
          }}
          onClose={() => setAsking(null)}
        />
      )}
    </div>
  );
}
