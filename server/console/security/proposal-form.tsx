import { useId, useState } from "react";
import type { Proposal } from "../../security/proposal.ts";
import { type Role, roles } from "../../staff/roles.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { useTexts } from "../texts/use-texts.ts";

const KINDS = ["staff.add", "staff.renew", "staff.disable", "office.revoke"] as const;

/** A proposal for another officer to approve. */
export function ProposalForm({ onPropose }: { onPropose: (proposal: Proposal) => Promise<unknown> }) {
  const { t } = useTexts();
  const [kind, setKind] = useState<(typeof KINDS)[number]>("staff.add");
  const [subject, setSubject] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [kindId, subjectId, nameId, roleId] = [useId(), useId(), useId(), useId()];
  const id = subject.trim();
  const proposal: Proposal =
    kind === "staff.add"
      ? { kind, id, name: name.trim(), roles: [role] }
      : kind === "staff.disable" || kind === "staff.renew"
        ? { kind, id }
        : { kind, office: id, since: null };
  const complete = id !== "" && (kind !== "staff.add" || name.trim() !== "");
  return (
    <details className="propose">
      <summary>{t("security.proposals.new")}</summary>
      <div className="request-form">
        <label htmlFor={kindId}>{t("security.proposals.what")}</label>
        <select id={kindId} value={kind} onChange={(event) => setKind(event.target.value as typeof kind)}>
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {t(`security.proposals.kind.${one}`)}
            </option>
          ))}
        </select>
        <label htmlFor={subjectId}>
          {kind === "office.revoke" ? t("security.proposals.office") : t("security.proposals.person")}
        </label>
        <input id={subjectId} value={subject} maxLength={64} onChange={(event) => setSubject(event.target.value)} />
        {kind === "staff.add" && (
          <>
            <label htmlFor={nameId}>{t("security.proposals.name")}</label>
            <input id={nameId} value={name} maxLength={128} onChange={(event) => setName(event.target.value)} />
            <label htmlFor={roleId}>{t("security.proposals.role")}</label>
            <select id={roleId} value={role} onChange={(event) => setRole(event.target.value as Role)}>
              {roles.map((one) => (
                <option key={one} value={one}>
                  {t(`security.role.${one}`)}
                </option>
              ))}
            </select>
          </>
        )}
        <ActionButton
          icon="arrow-right"
          name="propose"
          disabled={!complete}
          onPress={() => void onPropose(proposal).then((made) => made && setSubject(""))}
        >
          {t("security.proposals.propose")}
        </ActionButton>
      </div>
    </details>
  );
}
