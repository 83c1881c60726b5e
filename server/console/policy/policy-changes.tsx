import type { Difference } from "../../../crypto/policy/differences.ts";
import { useTexts } from "../texts/use-texts.ts";
import { nameOf, writtenValue } from "./policy-words.ts";

/** What a policy changes, value by value. */
export function PolicyChanges({ title, changes }: { title: string; changes: readonly Difference[] }) {
  const { t } = useTexts();
  const lines = changes
    .map(({ path, before, after }) => ({
      path,
      before: writtenValue(t, path, before),
      after: writtenValue(t, path, after),
    }))
    // An empty note that comes with a new entry changes nothing that anybody could read.
    .filter(({ before, after }) => before !== after);
  return (
    <div className="policy-changes">
      <h3>{title}</h3>
      {lines.length === 0 ? (
        <p className="quiet-note">{t("policy.changes.none")}</p>
      ) : (
        <ul className="plain">
          {lines.map(({ path, ...values }) => (
            <li key={path} data-change={path}>
              {t("policy.changes.line", { what: nameOf(t, path), ...values })}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
