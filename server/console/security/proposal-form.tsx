import { useId, useState } from "react";
import type { Proposal } from "../../security/proposal.ts";
import { type Role, roles } from "../../staff/roles.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { FileField } from "../frame/file-field.tsx";
import { isLate, SinceField, sinceOf } from "../frame/since-field.tsx";
import { useTexts } from "../texts/use-texts.ts";

const KINDS = [
  "case.erase",
  "case.export",
  "audit.export",
  "staff.add",
  "staff.certify",
  "staff.renew",
  "staff.disable",
  "policy.doubt",
  "office.revoke",
  "issuer.revoke-all",
] as const satisfies readonly Proposal["kind"][];
/** Those with a suspected moment. */
const DATED: readonly Proposal["kind"][] = ["staff.disable", "policy.doubt", "office.revoke", "issuer.revoke-all"];
/** Bytes of a request that a card has signed, at most. */
const LARGEST_REQUEST = 8 * 1024;
const ISSUERS = ["booths", "sensors", "staff"] as const;

/** As the server asks for them: `server/security/proposal.ts`. */
const CASE = /^C-[0-9a-f]{12}$/;
const WORD = /^[a-z0-9-]{1,64}$/;
const VERSION = /^(0|[1-9][0-9]{0,5})$/;

interface Entry {
  kind: (typeof KINDS)[number];
  subject: string;
  name: string;
  role: Role;
  issuer: (typeof ISSUERS)[number];
  reason: string;
  /** The suspected moment, or nothing. */
  since: string;
  /** Base64 of the chosen request; empty while none was chosen, or what was is too large. */
  request: string;
}

/** The proposal that an entry makes; undefined while something is missing. */
function proposalOf(entry: Entry): Proposal | undefined {
  const { kind, role, issuer, request } = entry;
  const [id, name, reason] = [entry.subject.trim(), entry.name.trim(), entry.reason.trim()];
  const since = sinceOf(entry.since);
  if (isLate(entry.since)) return undefined;
  switch (kind) {
    case "staff.add":
      return WORD.test(id) && name !== "" ? { kind, id, name, roles: [role] } : undefined;
    case "staff.renew":
      return WORD.test(id) ? { kind, id } : undefined;
    case "staff.disable":
      return WORD.test(id) ? { kind, id, since } : undefined;
    case "staff.certify":
      return WORD.test(id) && request !== "" ? { kind, id, request } : undefined;
    case "policy.doubt":
      return VERSION.test(id) ? { kind, version: Number(id), since } : undefined;
    case "office.revoke":
      return id === "" ? undefined : { kind, office: id, since };
    case "issuer.revoke-all":
      return { kind, issuer, since };
    case "case.erase":
    case "case.export":
      return CASE.test(id) && WORD.test(reason) ? { kind, caseId: id, reason } : undefined;
    case "audit.export":
      return { kind };
  }
}

const LABELS = {
  "staff.add": "person",
  "staff.renew": "person",
  "staff.disable": "person",
  "staff.certify": "person",
  "policy.doubt": "version",
  "office.revoke": "office",
  "case.erase": "case",
  "case.export": "case",
} as const;

/** What an empty field means, where it is not "from now on". */
const SINCE_EMPTY = { "staff.disable": "since.nothing", "policy.doubt": "since.policy" } as const;

/** Base64 of a file that may be a request; empty of one that is too large. */
async function readRequest(file: File): Promise<string> {
  if (file.size > LARGEST_REQUEST) return "";
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}

/** A proposal for another officer to approve. */
export function ProposalForm({ onPropose }: { onPropose: (proposal: Proposal) => Promise<unknown> }) {
  const { t } = useTexts();
  const [entry, setEntry] = useState<Entry>({
    ...{
      kind: "case.erase",
      subject: "",
      name: "",
      role: "operator",
      issuer: "booths",
      reason: "",
      since: "",
      request: "",
    },
  });
  const ids = { kind: useId(), subject: useId(), name: useId(), role: useId(), issuer: useId(), reason: useId() };
  const requestId = useId();
  const set = (change: Partial<Entry>) => setEntry((old) => ({ ...old, ...change }));
  const { kind, subject, reason } = entry;
  const proposal = proposalOf(entry);
  const label = kind in LABELS ? LABELS[kind as keyof typeof LABELS] : null;
  const ofCase = kind === "case.erase" || kind === "case.export";
  return (
    <details className="propose">
      <summary>{t("security.proposals.new")}</summary>
      <div className="propose-form">
        <label htmlFor={ids.kind}>{t("security.proposals.what")}</label>
        <select
          id={ids.kind}
          data-name="proposal-kind"
          value={kind}
          onChange={(event) => set({ kind: event.target.value as Entry["kind"] })}
        >
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {t(`security.proposals.kind.${one}`)}
            </option>
          ))}
        </select>
        {label !== null && (
          <>
            <label htmlFor={ids.subject}>{t(`security.proposals.${label}`)}</label>
            <input
              id={ids.subject}
              data-name="proposal-subject"
              value={subject}
              maxLength={64}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => set({ subject: event.target.value })}
            />
            {ofCase && subject.trim() !== "" && !CASE.test(subject.trim()) && (
              <p className="field-fault">{t("security.proposals.caseWrong")}</p>
            )}
            {label === "version" && subject.trim() !== "" && !VERSION.test(subject.trim()) && (
              <p className="field-fault">{t("security.proposals.versionWrong")}</p>
            )}
            {label === "person" && subject.trim() !== "" && !WORD.test(subject.trim()) && (
              <p className="field-fault">{t("security.proposals.reasonWrong")}</p>
            )}
          </>
        )}
        {ofCase && (
          <>
            <label htmlFor={ids.reason}>{t("security.proposals.reason")}</label>
            <input
              id={ids.reason}
              data-name="proposal-reason"
              value={reason}
              maxLength={64}
              autoComplete="off"
              onChange={(event) => set({ reason: event.target.value })}
            />
            {reason.trim() !== "" && !WORD.test(reason.trim()) && (
              <p className="field-fault">{t("security.proposals.reasonWrong")}</p>
            )}
          </>
        )}
        {kind === "staff.add" && (
          <>
            <label htmlFor={ids.name}>{t("security.proposals.name")}</label>
            <input
              id={ids.name}
              data-name="proposal-name"
              value={entry.name}
              maxLength={128}
              onChange={(event) => set({ name: event.target.value })}
            />
            <label htmlFor={ids.role}>{t("security.proposals.role")}</label>
            <select id={ids.role} value={entry.role} onChange={(event) => set({ role: event.target.value as Role })}>
              {roles.map((one) => (
                <option key={one} value={one}>
                  {t(`security.role.${one}`)}
                </option>
              ))}
            </select>
          </>
        )}
        {kind === "issuer.revoke-all" && (
          <>
            <label htmlFor={ids.issuer}>{t("security.proposals.authority")}</label>
            <select
              id={ids.issuer}
              value={entry.issuer}
              onChange={(event) => set({ issuer: event.target.value as Entry["issuer"] })}
            >
              {ISSUERS.map((one) => (
                <option key={one} value={one}>
                  {t(`security.proposals.issuers.${one}`)}
                </option>
              ))}
            </select>
          </>
        )}
        {kind === "staff.certify" && (
          <>
            <span>{t("security.proposals.request")}</span>
            <FileField
              label={t("security.proposals.request")}
              accept=".csr,.pem,.der,.p10,.req"
              name="proposal-request"
              describedBy={requestId}
              onFile={(file) => void readRequest(file).then((request) => set({ request }))}
            />
            <p className="soft whole" id={requestId}>
              {t("security.proposals.requestLead")}
            </p>
          </>
        )}
        {DATED.includes(kind) && (
          <SinceField
            value={entry.since}
            onValue={(since) => set({ since })}
            empty={t(SINCE_EMPTY[kind as keyof typeof SINCE_EMPTY] ?? "since.now")}
          />
        )}
        <ActionButton
          icon="arrow-right"
          name="propose"
          disabled={proposal === undefined}
          onPress={() =>
            proposal &&
            void onPropose(proposal).then((made) => made && set({ subject: "", reason: "", since: "", request: "" }))
          }
        >
          {t("security.proposals.propose")}
        </ActionButton>
      </div>
    </details>
  );
}
