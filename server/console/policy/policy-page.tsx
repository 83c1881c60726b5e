import { useCallback, useEffect, useState } from "react";
import { differences } from "../../../crypto/policy/differences.ts";
import { policyFaults } from "../../../crypto/policy/policy-faults.ts";
import { PolicyShown } from "../../security/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { RefusalNote } from "../frame/refusal-note.tsx";
import { ask, asRefusal, NOT_SIGNED_IN, type Refusal } from "../link/api.ts";
import { useTexts } from "../texts/use-texts.ts";
import { PolicyChanges } from "./policy-changes.tsx";
import { entryOf, type PolicyEntry, policyOf } from "./policy-fields.ts";
import { PolicyForm } from "./policy-form.tsx";
import { PolicySigning } from "./policy-signing.tsx";

interface PolicyPageProps {
  own: string;
  mayAct: boolean;
  onExpired: () => void;
  onClose: () => void;
}

const BEGIN = "kabina policy begin --officer KEYS-1 --officer KEYS-2 --threshold 2";
const PATH = "/api/security/policy";

/** The booths' policy: a form, what it changes, and what waits for signatures. */
export function PolicyPage({ own, mayAct, onExpired, onClose }: PolicyPageProps) {
  const { t } = useTexts();
  const [shown, setShown] = useState<PolicyShown | null>(null);
  const [entry, setEntry] = useState<PolicyEntry | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [published, setPublished] = useState<number | null>(null);
  const fail = useCallback(
    (error: unknown) => {
      const found = asRefusal(error);
      if (found.code === NOT_SIGNED_IN) onExpired();
      else setRefusal(found);
    },
    [onExpired],
  );
  const take = useCallback((next: PolicyShown) => {
    setShown(next);
    setEntry((old) => old ?? entryOf(next.draft?.policy ?? next.policy));
  }, []);
  const look = useCallback(() => ask(PolicyShown, PATH).then(take, fail), [take, fail]);
  useEffect(() => void look(), [look]);
  const send = async (path: string, body?: unknown) => {
    setRefusal(null);
    setPublished(null);
    try {
      const next = await ask(PolicyShown, `${PATH}${path}`, "POST", body);
      if (path === "/draft/signature" && next.draft === null) setPublished(next.version);
      take(next);
    } catch (error) {
      fail(error);
      // Somebody else may have been first: what is shown is what there is.
      await look();
    }
  };
  const policy = entry && policyOf(entry);
  const faults = policy ? policyFaults(policy) : [];
  return (
    <main className="security-main policy-page">
      <div className="policy-head">
        <h1>{t("policy.title")}</h1>
        <ActionButton icon="arrow-left" name="policy-close" onPress={onClose}>
          {t("policy.close")}
        </ActionButton>
      </div>
      <p className="soft">{t("policy.lead")}</p>
      {refusal && <RefusalNote refusal={refusal} />}
      {published !== null && (
        <p className="verified" role="status" data-published={published}>
          {t("policy.published", { version: published })}
        </p>
      )}
      {shown === null || entry === null ? (
        <p className="quiet-note">{t("policy.loading")}</p>
      ) : (
        <>
          <p data-force={shown.version ?? ""}>
            {shown.builtIn
              ? t("policy.builtIn", { name: shown.policy.version })
              : t("policy.inForce", { version: shown.version ?? 0, name: shown.policy.version })}
          </p>
          {!shown.begun && (
            <p className="told-once">
              {t("policy.notBegun")} <span className="code">{BEGIN}</span>
            </p>
          )}
          {!mayAct && <p className="quiet-note">{t("policy.watchOnly")}</p>}
          {shown.draft && (
            <PolicySigning
              shown={shown}
              draft={shown.draft}
              mayAct={mayAct}
              own={own}
              onSign={(signature) => void send("/draft/signature", signature)}
              onWithdraw={() => void send("/draft/withdraw")}
            />
          )}
          <div className="policy-columns">
            <PolicyForm entry={entry} faults={faults} disabled={!mayAct} onChange={setEntry} />
            <section className="policy-aside" aria-labelledby="policy-changes-title">
              <h2 id="policy-changes-title">{t("policy.changes.title")}</h2>
              {faults.length > 0 && (
                <p className="field-fault" role="alert">
                  {t("policy.fault.several", { number: faults.length })}
                </p>
              )}
              <PolicyChanges title={t("policy.changes.againstForce")} changes={differences(shown.policy, policy)} />
              {shown.draft?.policy && (
                <PolicyChanges
                  title={t("policy.changes.againstDraft")}
                  changes={differences(shown.draft.policy, policy)}
                />
              )}
              {mayAct && (
                <div className="policy-actions">
                  {shown.draft && <p className="soft">{t("policy.proposeLead")}</p>}
                  <ActionButton
                    kind="primary"
                    icon="check"
                    name="propose-policy"
                    disabled={!shown.begun || faults.length > 0}
                    onPress={() => void send("/draft", policy)}
                  >
                    {t("policy.propose")}
                  </ActionButton>
                  <ActionButton kind="quiet" icon="undo" onPress={() => setEntry(entryOf(shown.policy))}>
                    {t("policy.fromForce")}
                  </ActionButton>
                </div>
              )}
            </section>
          </div>
        </>
      )}
    </main>
  );
}
