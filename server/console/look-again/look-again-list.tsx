import { packageNumber } from "../../../crypto/package/number.ts";
import type { LookAgain } from "../../security/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { moment } from "../frame/times.ts";
import { useTexts } from "../texts/use-texts.ts";
import { lookReason } from "./look-reason.ts";

interface LookAgainListProps {
  list: LookAgain;
  /** What can be done with a case that nobody has looked at; nothing by whoever only watches. */
  action?: { readonly label: string; readonly name: string; readonly act: (caseId: string) => void } | undefined;
}

const DECIDED = { accept: "accepted", retake: "retaken", escalate: "escalated" } as const;

/** What must be looked at again and why, what was, and which places of the booths' lines are empty. */
export function LookAgainList({ list, action }: LookAgainListProps) {
  const { t } = useTexts();
  const waiting = list.items.filter(({ closedAt }) => closedAt === null);
  const done = list.items.filter(({ closedAt }) => closedAt !== null);
  return (
    <>
      <section aria-labelledby="looks-title">
        <h2 id="looks-title">{t("lookAgain.waiting", { number: waiting.length })}</h2>
        {waiting.length === 0 ? (
          <p className="quiet-note">{t("lookAgain.none")}</p>
        ) : (
          <LookTable items={waiting} action={action} />
        )}
      </section>
      {done.length > 0 && (
        <section aria-labelledby="looked-title">
          <h2 id="looked-title">{t("lookAgain.done", { number: done.length })}</h2>
          <LookTable items={done} />
        </section>
      )}
      {list.gaps.length > 0 && (
        <section aria-labelledby="gaps-title">
          <h2 id="gaps-title">{t("lookAgain.gaps", { number: list.gaps.length })}</h2>
          <ul className="plain">
            {list.gaps.map(({ booth, chain, first, last }) => (
              <li key={`${chain} ${first}`}>
                {first === last ? t("lookAgain.gapOne", { booth, first }) : t("lookAgain.gap", { booth, first, last })}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function LookTable({ items, action }: { items: LookAgain["items"]; action?: LookAgainListProps["action"] }) {
  const { t, language } = useTexts();
  return (
    <div className="wide-table">
      <table>
        <thead>
          <tr>
            <th>{t("lookAgain.case")}</th>
            <th>{t("lookAgain.why")}</th>
            <th>{t("lookAgain.since")}</th>
            <th>{t("lookAgain.sealed")}</th>
            <th>{t("lookAgain.state")}</th>
            {action && <th>{t("lookAgain.act")}</th>}
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={`${item.caseId} ${item.cause} ${item.subject}`} data-look={item.caseId}>
              <th scope="row">
                {item.caseId}
                <span className="code">{packageNumber(item.packageId)}</span>
              </th>
              <td>
                {lookReason(t, item)}
                <span className="under">{t("lookAgain.found", { time: moment(language, item.foundAt) })}</span>
              </td>
              <td>{moment(language, item.since)}</td>
              <td>
                {moment(language, item.claimedAt)} · {item.booth}
                <span className="under" data-weak={item.standing === "refused" ? "" : undefined}>
                  {t(`lookAgain.standings.${item.standing}`)}
                </span>
              </td>
              <td>
                {item.decision === null
                  ? t("lookAgain.undecided")
                  : t("lookAgain.decided", {
                      what: t(`decide.${DECIDED[item.decision.kind as keyof typeof DECIDED]}`),
                      person: item.decision.by,
                      time: moment(language, item.decision.at),
                    })}
                <span className="under">
                  {item.closedAt !== null
                    ? t("lookAgain.closed", { time: moment(language, item.closedAt), person: item.closedBy ?? "" })
                    : item.decision === null
                      ? ""
                      : t(item.decision.again ? "lookAgain.again" : "lookAgain.before")}
                </span>
              </td>
              {action && (
                <td>
                  <ActionButton name={action.name} onPress={() => action.act(item.caseId)}>
                    {action.label}
                  </ActionButton>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
