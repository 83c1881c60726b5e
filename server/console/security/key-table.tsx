import type { KeyShown } from "../../security/api.ts";
import { day } from "../frame/times.ts";
import { useTexts } from "../texts/use-texts.ts";

const LOSSES = [
  "authority-root",
  "authority-booths",
  "authority-sensors",
  "authority-staff",
  "authority-servers",
  "authority-status",
  "updates-snapshot",
  "updates-timestamp",
  "updates-lists",
  "server-tls",
  "server-receipt",
  "server-recipient",
  "server-audit",
  "slip-issuer",
] as const;
type Loss = (typeof LOSSES)[number];
const isKnown = (purpose: string): purpose is Loss => (LOSSES as readonly string[]).includes(purpose);

/** Which keys exist, where, until when, when it is to be replaced, and what would be lost if one were stolen now. */
export function KeyTable({ keys, at }: { keys: readonly KeyShown[]; at: string }) {
  const { t, language } = useTexts();
  return (
    <section aria-labelledby="keys-title">
      <h2 id="keys-title">{t("security.keys.title")}</h2>
      <div className="wide-table">
        <table>
          <thead>
            <tr>
              <th>{t("security.keys.purpose")}</th>
              <th>{t("security.keys.place")}</th>
              <th>{t("security.keys.protection")}</th>
              <th>{t("security.keys.who")}</th>
              <th>{t("security.until")}</th>
              <th>{t("security.keys.due")}</th>
              <th>{t("security.keys.loss")}</th>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <tr key={`${key.place} ${key.keyId}`} data-key={key.purpose}>
                <th scope="row">
                  {isKnown(key.purpose) ? t(`security.purpose.${key.purpose}`) : key.purpose}
                  {key.state !== "current" && <span className="tag">{t(`security.keys.${key.state}`)}</span>}
                  <span className="code">{key.keyId.slice(0, 16)}</span>
                </th>
                <td>{t(`security.place.${key.place}`)}</td>
                <td data-weak={key.protection === "file" ? "" : undefined}>
                  {t(`security.protection.${key.protection}`)}
                </td>
                <td>{t(`security.who.${key.place}`)}</td>
                <td>{key.notAfter === null ? t("security.none") : day(language, key.notAfter)}</td>
                <td data-weak={key.dueAt !== null && key.dueAt <= at ? "" : undefined}>
                  {key.dueAt === null ? "" : day(language, key.dueAt)}
                </td>
                <td>{isKnown(key.purpose) ? t(`security.loss.${key.purpose}`) : ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
