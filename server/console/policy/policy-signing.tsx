import { useId, useState } from "react";
import { differences } from "../../../crypto/policy/differences.ts";
import { type PolicyShown, PolicySignature } from "../../security/api.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { FileField } from "../frame/file-field.tsx";
import { day } from "../frame/times.ts";
import { useTexts } from "../texts/use-texts.ts";
import { PolicyChanges } from "./policy-changes.tsx";
import { treeOf } from "./proposal-shape.ts";

interface PolicySigningProps {
  shown: PolicyShown;
  draft: NonNullable<PolicyShown["draft"]>;
  mayAct: boolean;
  /** The id of whoever is signed in. */
  own: string;
  onSign: (signature: PolicySignature) => void;
  onWithdraw: () => void;
}

const BYTES = "/api/security/policy/draft/bytes";

/** What waits for signatures: what it changes, who has signed, and how the next officer signs. */
export function PolicySigning({ shown, draft, mayAct, own, onSign, onWithdraw }: PolicySigningProps) {
  const { t, language } = useTexts();
  const [unread, setUnread] = useState(false);
  const hint = useId();
  const signed = new Set(draft.signedBy.map(({ keyId }) => keyId));
  const ownKey = shown.officers.find(({ person }) => person === own);
  const done = draft.signedBy.some(({ person }) => person === own);
  const bring = async (file: File) => {
    const read = PolicySignature.safeParse(
      await file
        .text()
        .then(JSON.parse, () => undefined)
        .catch(() => undefined),
    );
    setUnread(!read.success);
    if (read.success) onSign(read.data);
  };
  return (
    <section className="policy-draft" aria-labelledby="policy-draft-title" data-draft={draft.version}>
      <h2 id="policy-draft-title">{t("policy.draft.title", { version: draft.version })}</h2>
      {draft.others.length > 0 && (
        <p className="told-once">
          {t("policy.draft.other")} <span className="code">{draft.others.join(", ")}</span>
        </p>
      )}
      <PolicyChanges
        title={t("policy.changes.againstForce")}
        changes={differences(
          treeOf(shown.policy, shown.hotList?.entries ?? []),
          treeOf(draft.policy ?? shown.policy, draft.hotList?.entries ?? []),
        )}
      />
      {draft.hotList && draft.hotList.expires !== shown.hotList?.expires && (
        <p>{t("hotList.until30", { day: day(language, draft.hotList.expires) })}</p>
      )}
      <h3>{t("policy.draft.signedBy", { number: draft.signedBy.length, threshold: shown.threshold })}</h3>
      <ul className="plain policy-officers">
        {shown.officers.map(({ keyId, person }) => (
          <li key={keyId} data-signed={signed.has(keyId) ? "" : undefined}>
            <strong>{person === null ? t("policy.draft.stranger") : person}</strong>{" "}
            <span className="code">{keyId.slice(0, 16)}</span> ·{" "}
            {t(signed.has(keyId) ? "policy.draft.keyDone" : "policy.draft.keyMissing")}
          </li>
        ))}
      </ul>
      {mayAct && done && (
        <p className="verified" role="status">
          {t("policy.draft.done")}
        </p>
      )}
      {mayAct && !done && !ownKey && <p className="told-once">{t("policy.draft.notYours")}</p>}
      {mayAct && !done && ownKey && (
        <div className="policy-steps">
          <p>{t("policy.draft.why")}</p>
          <p className="soft">
            {t("policy.draft.hash")}: <span className="code policy-hash">{draft.hash}</span>
          </p>
          <p>
            <a className="policy-download" href={BYTES} download>
              {t("policy.draft.download")}
            </a>
          </p>
          <p>{t("policy.draft.command")}</p>
          <pre className="policy-command">{`kabina policy sign-file policy-to-sign.json \\
  --officer KEYS --hash ${draft.hash} \\
  --out signature.json`}</pre>
          <p className="soft">{t("policy.draft.card")}</p>
          <p id={hint}>{t("policy.draft.bring")}</p>
          <FileField
            label={t("policy.draft.signature")}
            accept=".json"
            name="signature"
            describedBy={hint}
            onFile={(file) => void bring(file)}
          />
          {unread && (
            <p className="field-fault" role="alert">
              {t("policy.draft.notJson")}
            </p>
          )}
        </div>
      )}
      {mayAct && (
        <ActionButton kind="quiet" icon="undo" name="withdraw" onPress={onWithdraw}>
          {t("policy.draft.withdraw")}
        </ActionButton>
      )}
    </section>
  );
}
