import { useEffect, useRef, useState } from "react";
import { packageNumber } from "../../../crypto/package/number.ts";
import type { QueueItem } from "../../review/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { Icon } from "../frame/icon.tsx";
import { RefusalNote } from "../frame/refusal-note.tsx";
import { span } from "../frame/times.ts";
import { isOpen, type QueueState } from "../link/queue-feed.ts";
import { useTexts } from "../texts/use-texts.ts";
import { SearchField } from "./search-field.tsx";

/** Milliseconds between two looks at the clock: waiting times run on by themselves. */
const TICK_MS = 5000;

interface QueueListProps {
  queue: QueueState;
  current: string | null;
  decidedOpen: boolean;
  onOpen: (caseId: string) => void;
  onSort: () => void;
  onDecided: () => void;
}

/** The queue. What is read never moves: decided cases stay until sorted again, new ones come below a mark. */
export function QueueList({ queue, current, decidedOpen, onOpen, onSort, onDecided }: QueueListProps) {
  const { t } = useTexts();
  const [now, setNow] = useState(performance.now());
  const [found, setFound] = useState<readonly QueueItem[] | null>(null);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(performance.now()), TICK_MS);
    return () => window.clearInterval(timer);
  }, []);
  const row = (caseId: string) => {
    const item = queue.items[caseId];
    if (!item) return null;
    const waitedMs = item.waitingMs + Math.max(0, now - (queue.heardAt[caseId] ?? now));
    return <QueueRow key={caseId} item={item} waitedMs={waitedMs} current={caseId === current} onOpen={onOpen} />;
  };
  const empty = queue.loaded && queue.sorted.length === 0 && queue.fresh.length === 0;
  return (
    <nav className="queue" aria-label={t("queue.title")}>
      <div className="queue-head">
        <h2>{t("queue.title")}</h2>
        <ActionButton kind="quiet" keyName="S" onPress={onSort}>
          {t("queue.sort")}
        </ActionButton>
      </div>
      <SearchField onFound={setFound} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard. */}
      <section className="queue-scroll" tabIndex={0} aria-label={t("queue.waiting")}>
        {found && (
          <>
            <FoundCases found={found} current={current} onOpen={onOpen} />
            <p className="queue-mark">{t("queue.waiting")}</p>
          </>
        )}
        {queue.refusal && <RefusalNote refusal={queue.refusal} onAgain={onSort} />}
        {!queue.loaded && !queue.refusal && <p className="quiet-note">{t("queue.loading")}</p>}
        {empty && (
          <div className="queue-empty">
            <Icon name="check" />
            <p>{t("queue.empty")}</p>
            <p className="soft">{t("queue.emptyLead")}</p>
          </div>
        )}
        <ul>{queue.sorted.map(row)}</ul>
        {queue.fresh.length > 0 && (
          <>
            {queue.sorted.length > 0 && <p className="queue-mark">{t("queue.fresh")}</p>}
            <ul>{queue.fresh.map(row)}</ul>
          </>
        )}
        {queue.decided.length > 0 && (
          <>
            <button type="button" className="queue-decided" aria-expanded={decidedOpen} onClick={onDecided}>
              {t("queue.decided")} · {queue.decided.length}{" "}
              <span className="key-cap" aria-hidden="true">
                D
              </span>
            </button>
            {decidedOpen && <ul>{queue.decided.map(row)}</ul>}
          </>
        )}
      </section>
    </nav>
  );
}

interface FoundProps {
  found: readonly QueueItem[];
  current: string | null;
  onOpen: (caseId: string) => void;
}

/** What a search has found, above the queue, which stays where it is. */
function FoundCases({ found, current, onOpen }: FoundProps) {
  const { t } = useTexts();
  return (
    <section aria-label={t("queue.found")}>
      <p className="queue-mark" role="status">
        {found.length === 0 ? t("queue.foundNone") : `${t("queue.found")} · ${found.length}`}
      </p>
      <ul>
        {found.map((item) => (
          <QueueRow
            key={item.caseId}
            item={item}
            waitedMs={item.waitingMs}
            current={item.caseId === current}
            onOpen={onOpen}
          />
        ))}
      </ul>
    </section>
  );
}

interface QueueRowProps {
  item: QueueItem;
  waitedMs: number;
  current: boolean;
  onOpen: (caseId: string) => void;
}

function QueueRow({ item, waitedMs, current, onOpen }: QueueRowProps) {
  const { t } = useTexts();
  const element = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (current) element.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <li>
      <button
        ref={element}
        type="button"
        className="row"
        data-case={item.caseId}
        data-risk={item.risk}
        data-state={item.state}
        aria-current={current ? "true" : undefined}
        onClick={() => onOpen(item.caseId)}
      >
        <span className="row-risk">
          <span className="unseen">{t(`queue.risk.${item.risk}`)}. </span>
        </span>
        <span className="row-main">
          <span className="row-number">{item.caseId}</span>
          <span className="row-office">
            {packageNumber(item.packageId)} · {item.office}
          </span>
          {item.lookAgain && (
            <span className="pill" data-state="failed">
              {t("queue.lookAgain")}
            </span>
          )}
        </span>
        <span className="row-side">
          {isOpen(item) && item.state === "waiting" ? (
            <span className="row-wait">
              <span className="unseen">{t("queue.waited", { time: "" })}</span>
              {span(t, waitedMs)}
            </span>
          ) : (
            <span className="pill" data-state={item.state}>
              {t(`queue.state.${item.state}`)}
            </span>
          )}
          <span className="row-checks">
            {item.checks.failed > 0 && (
              <span data-bad="">
                <Icon name="cross" />
                {item.checks.failed}
                <span className="unseen"> {t("queue.failed")}</span>
              </span>
            )}
            {item.checks.notChecked > 0 && (
              <span>
                <Icon name="dash" />
                {item.checks.notChecked}
                <span className="unseen"> {t("queue.unchecked")}</span>
              </span>
            )}
            <span>
              <Icon name="check" />
              {item.checks.passed}
              <span className="unseen"> {t("queue.passed")}</span>
            </span>
          </span>
        </span>
      </button>
    </li>
  );
}
