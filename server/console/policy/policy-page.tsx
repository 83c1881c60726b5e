import { useCallback, useEffect, useState } from "react";
import { hotListFaults } from "../../../crypto/device/hot-list-faults.ts";
import { differences } from "../../../crypto/policy/differences.ts";
import { type PolicyFault, policyFaults } from "../../../crypto/policy/policy-faults.ts";
import { PolicyShown } from "../../security/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { RefusalNote } from "../frame/refusal-note.tsx";
import { day } from "../frame/times.ts";
import { ask, asRefusal, NOT_SIGNED_IN, type Refusal } from "../link/api.ts";
import { useTexts } from "../texts/use-texts.ts";
import { entriesOf, type HotListRow, rowsOf } from "./hot-list-fields.ts";
import { HotListForm } from "./hot-list-form.tsx";
import { PolicyChanges } from "./policy-changes.tsx";
import { entryOf, type PolicyEntry, policyOf } from "./policy-fields.ts";
import { PolicyForm } from "./policy-form.tsx";
import { PolicySigning } from "./policy-signing.tsx";
import { treeOf } from "./proposal-shape.ts";

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
  const { t, language } = useTexts();
  const [shown, setShown] = useState<PolicyShown | null>(null);
  const [entry, setEntry] = useState<PolicyEntry | null>(null);
  const [rows, setRows] = useState<readonly HotListRow[] | null>(null);
  const [renew, setRenew] = useState(false);
  const [tab, setTab] = useState<"policy" | "hot-list">("policy");
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
    setRows((old) => old ?? rowsOf((next.draft ?? next).hotList?.entries ?? [], next.hotList?.entries ?? []));
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
  const entries = entriesOf(rows ?? []);
  const listed = shown?.hotList?.entries ?? [];
  const faults: PolicyFault[] = policy
    ? [
        ...policyFaults(policy),
        ...hotListFaults(entries, listed).map((fault) => ({ ...fault, path: `hotList.${fault.path}` })),
      ]
    : [];
  const proposed = treeOf(policy, entries);
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
      {shown === null || entry === null || rows === null ? (
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
          <div className="policy-tabs">
            <ActionButton name="tab-policy" pressed={tab === "policy"} onPress={() => setTab("policy")}>
              {t("hotList.tabPolicy")}
            </ActionButton>
            <ActionButton name="tab-hot-list" pressed={tab === "hot-list"} onPress={() => setTab("hot-list")}>
              {t("hotList.tab", { number: rows.length })}
            </ActionButton>
          </div>
          <div className="policy-columns">
            {tab === "policy" ? (
              <PolicyForm entry={entry} faults={faults} disabled={!mayAct} onChange={setEntry} />
            ) : (
              <section className="policy-form" aria-labelledby="hot-list-title">
                <h2 id="hot-list-title">{t("hotList.title")}</h2>
                <p className="soft">{t("hotList.lead")}</p>
                {shown.hotList && (
                  <p>
                    {t("hotList.until30", { day: day(language, shown.hotList.expires) })}{" "}
                    {mayAct && (
                      <label className="policy-renew">
                        <input type="checkbox" checked={renew} onChange={() => setRenew(!renew)} />
                        {t("hotList.renew")}
                      </label>
                    )}
                  </p>
                )}
                <HotListForm rows={rows} faults={faults} disabled={!mayAct} onChange={setRows} />
              </section>
            )}
            <section className="policy-aside" aria-labelledby="policy-changes-title">
              <h2 id="policy-changes-title">{t("policy.changes.title")}</h2>
              {faults.length > 0 && (
                <p className="field-fault" role="alert">
                  {t("policy.fault.several", { number: faults.length })}
                </p>
              )}
              <PolicyChanges
                title={t("policy.changes.againstForce")}
                changes={differences(treeOf(shown.policy, listed), proposed)}
              />
              {shown.draft && (
                <PolicyChanges
                  title={t("policy.changes.againstDraft")}
                  changes={differences(
                    treeOf(shown.draft.policy ?? shown.policy, shown.draft.hotList?.entries ?? []),
                    proposed,
                  )}
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
                    onPress={() => void send("/draft", { policy, hotList: { entries, renew } })}
                  >
                    {t("policy.propose")}
                  </ActionButton>
                  <ActionButton
                    kind="quiet"
                    icon="undo"
                    onPress={() => {
                      setEntry(entryOf(shown.policy));
                      setRows(rowsOf(listed, listed));
                      setRenew(false);
                    }}
                  >
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
