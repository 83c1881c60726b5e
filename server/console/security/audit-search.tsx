import { useId, useState } from "react";
import { AuditFound, type Overview } from "../../security/api.ts";
import { moment } from "../frame/times.ts";
import { ask } from "../link/api.ts";
import { useTexts } from "../texts/use-texts.ts";

/** What stands beside who and when: what it happened to first; the number and time within the register say nothing more. */
function detailsOf({
  by: _,
  event: __,
  happened: ___,
  subject,
  ...rest
}: AuditFound["entries"][number]["data"]): string {
  const named = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
  return [...(subject === undefined ? [] : [String(subject)]), ...named].join(" ");
}

/** Searching the signed log; the whole of it is verified on the way, and the page says so. */
export function AuditSearch({ alarms, onFail }: { alarms: Overview["alarms"]; onFail: (error: unknown) => void }) {
  const { t, language } = useTexts();
  const [text, setText] = useState("");
  const [found, setFound] = useState<AuditFound | null>(null);
  const id = useId();
  const search = () => ask(AuditFound, `/api/security/audit?text=${encodeURIComponent(text)}`).then(setFound, onFail);
  return (
    <section aria-labelledby="audit-title">
      <h2 id="audit-title">{t("security.audit.title")}</h2>
      <form
        className="request-form"
        onSubmit={(event) => {
          event.preventDefault();
          void search();
        }}
      >
        <label htmlFor={id}>{t("security.audit.text")}</label>
        <input id={id} value={text} maxLength={128} onChange={(event) => setText(event.target.value)} />
        <button type="submit" className="action" data-name="audit">
          {t("security.audit.search")}
        </button>
      </form>
      {found && (
        <>
          <p role="status" className="verified">
            {t("security.audit.verified", { entries: found.verified.entries, unsigned: found.verified.unsigned })}
          </p>
          <ul className="plain audit-entries">
            {found.entries.map(({ index, at, kind, data }) => (
              <li key={index}>
                <span className="soft">№ {index}</span> {moment(language, at)} <strong className="code">{kind}</strong>{" "}
                {data.by !== undefined && t("security.audit.by", { person: String(data.by) })}{" "}
                <a href={`/api/security/audit/${index}/proof`} download data-name="entry-proof">
                  {t("security.audit.proof")}
                </a>
                <span className="under code">{detailsOf(data)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {alarms.length > 0 && (
        <>
          <h3>{t("security.audit.alarms")}</h3>
          <ul className="plain">
            {alarms.map(({ at, booth, code }) => (
              <li key={`${at} ${code}`}>
                {moment(language, at)} · {booth} · <span className="code">{code}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
