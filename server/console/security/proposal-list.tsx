import { useState } from "react";
import { z } from "zod";
import { Outcome, type ProposalShown, ProposalShown as Shown } from "../../security/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { moment } from "../frame/times.ts";
import { useTexts } from "../texts/use-texts.ts";
import type { Desk } from "./desk.ts";
import { ProposalForm } from "./proposal-form.tsx";

/** Decided proposals that are still shown. */
const SHOWN = 5;

/** What needs two officers: what waits, what was decided, and a form for the next. */
export function ProposalList({ proposals, desk }: { proposals: readonly ProposalShown[]; desk: Desk }) {
  const { t, language } = useTexts();
  const [code, setCode] = useState<{ person: string; code: string } | null>(null);
  const waiting = proposals.filter(({ state }) => state === "waiting");
  const decided = proposals.filter(({ state }) => state !== "waiting").slice(0, SHOWN);
  const approve = async (id: string) => {
    const outcome = await desk.act(Outcome, `/proposals/${id}/approve`);
    if (outcome?.code !== undefined) setCode({ person: outcome.text, code: outcome.code });
  };
  return (
    <section aria-labelledby="proposals-title">
      <h2 id="proposals-title">{t("security.proposals.title")}</h2>
      {waiting.length === 0 && <p className="quiet-note">{t("security.proposals.none")}</p>}
      {code && (
        <p className="told-once" role="status">
          {t("security.proposals.code", { person: code.person })} <strong className="code">{code.code}</strong>
        </p>
      )}
      {waiting.map(({ id, proposal, proposedBy, proposedAt }) => (
        <article key={id} className="request" data-proposal={id}>
          <h3>{t(`security.proposals.kind.${proposal.kind}`)}</h3>
          <p>{describe(proposal)}</p>
          <p className="soft">
            {t("security.proposals.by", { person: proposedBy, time: moment(language, proposedAt) })}
          </p>
          {desk.mayAct && (
            <div className="request-form">
              <ActionButton
                kind="primary"
                icon="check"
                name="approve-proposal"
                disabled={proposedBy === desk.own}
                onPress={() => void approve(id)}
              >
                {proposedBy === desk.own ? t("security.proposals.own") : t("security.proposals.approve")}
              </ActionButton>
              <ActionButton icon="cross" onPress={() => void desk.act(z.undefined(), `/proposals/${id}/refuse`)}>
                {t("security.proposals.refuse")}
              </ActionButton>
            </div>
          )}
        </article>
      ))}
      {decided.length > 0 && (
        <ul className="plain soft">
          {decided.map(({ id, proposal, proposedBy, decidedBy, state }) => (
            <li key={id}>
              {t(`security.proposals.kind.${proposal.kind}`)} · {describe(proposal)} · {proposedBy}
              {decidedBy === null ? "" : ` + ${decidedBy}`} · {t(`security.proposals.state.${state}`)}
            </li>
          ))}
        </ul>
      )}
      {desk.mayAct && <ProposalForm onPropose={(proposal) => desk.act(Shown, "/proposals", proposal)} />}
    </section>
  );
}

function describe(proposal: ProposalShown["proposal"]): string {
  switch (proposal.kind) {
    case "staff.add":
      return `${proposal.name} (${proposal.id}): ${proposal.roles.join(", ")}`;
    case "staff.disable":
    case "staff.renew":
      return proposal.id;
    case "case.erase":
      return `${proposal.caseId}: ${proposal.reason}`;
    case "audit.export":
      return "";
    case "office.revoke":
      return `${proposal.office}${proposal.since === null ? "" : ` ← ${proposal.since}`}`;
    case "issuer.revoke-all":
      return `${proposal.issuer}${proposal.since === null ? "" : ` ← ${proposal.since}`}`;
  }
}
