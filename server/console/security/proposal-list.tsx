import { useId, useState } from "react";
import { z } from "zod";
import { AuditFound, Outcome, type ProposalShown, ProposalShown as Shown } from "../../security/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { moment } from "../frame/times.ts";
import { ask } from "../link/api.ts";
import { type Say, useTexts } from "../texts/use-texts.ts";
import type { Desk } from "./desk.ts";
import { ProposalForm } from "./proposal-form.tsx";

interface ProposalListProps {
  proposals: readonly ProposalShown[];
  desk: Desk;
  onFail: (error: unknown) => void;
}

/** What needs two officers: what waits, a form for the next, and what became of each. */
export function ProposalList({ proposals, desk, onFail }: ProposalListProps) {
  const { t, language } = useTexts();
  const [code, setCode] = useState<{ person: string; code: string } | null>(null);
  const waiting = proposals.filter(({ state }) => state === "waiting");
  const decided = proposals.filter(({ state }) => state !== "waiting");
  const [compared, setCompared] = useState<Record<string, string>>({});
  const approve = async (id: string) => {
    const outcome = await desk.act(Outcome, `/proposals/${id}/approve`, { compared: compared[id] ?? "" });
    if (outcome?.code !== undefined) setCode({ person: outcome.text, code: outcome.code });
  };
  return (
    <>
      <section aria-labelledby="proposals-title">
        <h2 id="proposals-title">{t("security.proposals.waiting")}</h2>
        {waiting.length === 0 && <p className="quiet-note">{t("security.proposals.none")}</p>}
        {code && (
          <p className="told-once" role="status">
            {t("security.proposals.code", { person: code.person })} <strong className="code">{code.code}</strong>
          </p>
        )}
        {waiting.map(({ id, proposal, proposedBy, proposedAt }) => (
          <article key={id} className="request" data-proposal={id}>
            <h3>{t(`security.proposals.kind.${proposal.kind}`)}</h3>
            <p>{describe(t, language, proposal)}</p>
            <p className="soft">
              {t("security.proposals.by", { person: proposedBy, time: moment(language, proposedAt) })}
            </p>
            {desk.mayAct && (
              <div className="request-form">
                {proposal.kind === "staff.certify" && proposedBy !== desk.own && (
                  <CompareField
                    value={compared[id] ?? ""}
                    onValue={(value) => setCompared((old) => ({ ...old, [id]: value }))}
                  />
                )}
                <ActionButton
                  kind="primary"
                  icon="check"
                  name="approve-proposal"
                  disabled={
                    proposedBy === desk.own ||
                    (proposal.kind === "staff.certify" && digitsOf(compared[id] ?? "") < LEAST_COMPARED)
                  }
                  onPress={() => void approve(id)}
                >
                  {proposedBy === desk.own ? t("security.proposals.own") : t("security.proposals.approve")}
                </ActionButton>
                <ActionButton
                  icon="cross"
                  name="refuse-proposal"
                  onPress={() => void desk.act(z.undefined(), `/proposals/${id}/refuse`)}
                >
                  {t("security.proposals.refuse")}
                </ActionButton>
              </div>
            )}
          </article>
        ))}
        {desk.mayAct && <ProposalForm onPropose={(proposal) => desk.act(Shown, "/proposals", proposal)} />}
      </section>
      <section aria-labelledby="decided-title">
        <h2 id="decided-title">{t("security.proposals.decided")}</h2>
        {decided.length === 0 ? (
          <p className="quiet-note">{t("security.proposals.noneDecided")}</p>
        ) : (
          <p className="downloads">
            <a href="/api/security/proposals/csv" download data-name="proposals-csv">
              {t("security.proposals.csv")}
            </a>
          </p>
        )}
        <ul className="plain">
          {decided.map((one) => (
            <DecidedProposal key={one.id} shown={one} mayFetch={desk.mayAct} onFail={onFail} />
          ))}
        </ul>
      </section>
    </>
  );
}

/** Hex digits of a fingerprint that must be typed. */
const LEAST_COMPARED = 16;
const digitsOf = (text: string): number => text.replace(/[^0-9a-fA-F]/g, "").length;

/** The fingerprint as the card's holder shows it: typed, since what is shown is agreed with. */
function CompareField({ value, onValue }: { value: string; onValue: (value: string) => void }) {
  const { t } = useTexts();
  const id = useId();
  return (
    <>
      <label htmlFor={id}>{t("security.proposals.compare")}</label>
      <input
        id={id}
        data-name="proposal-compared"
        value={value}
        maxLength={96}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onValue(event.target.value)}
      />
    </>
  );
}

/** Where what came of it can be fetched; null where there is nothing to fetch. */
function fileOf({ id, proposal, outcome }: ProposalShown, mayFetch: boolean): string | null {
  if (proposal.kind === "staff.certify") return `/api/security/certificates/${outcome ?? ""}/file`;
  const exported = proposal.kind === "audit.export" || proposal.kind === "case.export";
  return exported && mayFetch ? `/api/security/proposals/${id}/file` : null;
}

interface DecidedProps {
  shown: ProposalShown;
  /** Exports are for officers. */
  mayFetch: boolean;
  onFail: (error: unknown) => void;
}

/** Who proposed and who decided, what came of it, and what the signed log says of it. */
function DecidedProposal({ shown, mayFetch, onFail }: DecidedProps) {
  const { t, language } = useTexts();
  const [log, setLog] = useState<AuditFound | null>(null);
  const { id, proposal, proposedBy, proposedAt, decidedBy, decidedAt, state, outcome, failure } = shown;
  const file = fileOf(shown, mayFetch);
  const who = (person: string, time: string) =>
    t("security.proposals.decidedBy", { person, time: moment(language, time) });
  const read = () => ask(AuditFound, `/api/security/audit?text=${encodeURIComponent(id)}`).then(setLog, onFail);
  return (
    <li className="decided-proposal" data-decided={id} data-outcome={state}>
      <p>
        <strong>{t(`security.proposals.kind.${proposal.kind}`)}</strong> {describe(t, language, proposal)}{" "}
        <span className="pill" data-state={state === "done" ? "accepted" : state === "failed" ? "failed" : undefined}>
          {t(`security.proposals.state.${state}`)}
        </span>
      </p>
      <p className="soft">
        {who(proposedBy, proposedAt)}
        {decidedBy !== null && decidedAt !== null && ` → ${who(decidedBy, decidedAt)}`}
      </p>
      {state === "done" && outcome !== null && (
        <p>{t(`security.proposals.outcome.${proposal.kind}`, { text: outcome })}</p>
      )}
      {state === "done" && file !== null && (
        <p className="downloads">
          <a href={file} download data-name="proposal-file">
            {t(proposal.kind === "staff.certify" ? "security.certificates.file" : "security.proposals.file")}
          </a>
        </p>
      )}
      {failure && (
        <p data-weak="">
          {failure.cause} {failure.next}
        </p>
      )}
      {log === null ? (
        <ActionButton kind="quiet" icon="list" name="proposal-log" onPress={() => void read()}>
          {t("security.proposals.log")}
        </ActionButton>
      ) : (
        <ol className="certificate-life">
          {[...log.entries]
            .sort((a, b) => a.index - b.index)
            .map(({ index, at, kind, data }) => (
              <li key={index}>
                {moment(language, at)} · <span className="code">{kind}</span> · {String(data.by ?? "")}
              </li>
            ))}
        </ol>
      )}
    </li>
  );
}

/** What is proposed, in a line. */
function describe(t: Say, language: string, proposal: ProposalShown["proposal"]): string {
  switch (proposal.kind) {
    case "staff.add":
      return `${proposal.name} (${proposal.id}): ${proposal.roles.map((role) => t(`security.role.${role}`)).join(", ")}`;
    case "staff.renew":
    case "staff.certify":
      return proposal.id;
    case "staff.disable":
      return dated(t, language, proposal.id, proposal.since ?? null);
    case "certificate.revoke":
      return dated(
        t,
        language,
        `${proposal.serial} (${t(`security.certificates.reasons.${proposal.reason}`)})`,
        proposal.since,
      );
    case "policy.doubt":
      return dated(t, language, t("security.policy.version", { version: proposal.version }), proposal.since);
    case "case.erase":
    case "case.export":
      return `${proposal.caseId} (${proposal.reason})`;
    case "audit.export":
      return "";
    case "office.revoke":
    case "issuer.revoke-all": {
      const what =
        proposal.kind === "office.revoke" ? proposal.office : t(`security.proposals.issuers.${proposal.issuer}`);
      return dated(t, language, what, proposal.since);
    }
  }
}

const dated = (t: Say, language: string, what: string, since: string | null): string =>
  since === null ? what : `${what} · ${t("lookAgain.since")} ${moment(language, since)}`;
