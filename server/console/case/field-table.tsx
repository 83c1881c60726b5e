import type { CaseDetail } from "../../review/api.ts";
import { Icon } from "../frame/icon.tsx";
import { type Say, useTexts } from "../texts/use-texts.ts";

const FIELDS = [
  "surname",
  "givenNames",
  "documentNumber",
  "nationality",
  "dateOfBirth",
  "sex",
  "dateOfExpiry",
  "issuer",
  "optionalData",
  "documentCode",
] as const;

function fieldName(t: Say, field: string): string {
  const known = FIELDS.find((name) => name === field);
  return known ? t(`fields.${known}`) : field;
}

/** What was printed, read from the chip and confirmed by the person; what differs is marked in words, not by colour alone. */
export function FieldTable({ fields }: { fields: CaseDetail["fields"] }) {
  const { t } = useTexts();
  if (fields.length === 0) return <p className="quiet-note">{t("case.noFields")}</p>;
  const confirmed = fields.some((field) => field.confirmed !== null);
  return (
    <table className="fields">
      <thead>
        <tr>
          <th scope="col">{t("case.field")}</th>
          <th scope="col">{t("case.printed")}</th>
          <th scope="col">{t("case.chip")}</th>
          {confirmed && <th scope="col">{t("case.confirmed")}</th>}
          <td />
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field.field} data-differs={field.agree ? undefined : ""}>
            <th scope="row">{fieldName(t, field.field)}</th>
            {field.agree && field.chip !== null ? (
              <td colSpan={2}>{field.mrz || "—"}</td>
            ) : (
              <>
                <td>{field.mrz || "—"}</td>
                <td>{field.chip || "—"}</td>
              </>
            )}
            {confirmed && <td>{field.confirmed || "—"}</td>}
            <td className="agree">
              <Icon name={field.agree ? "check" : "alert"} />
              <span className={field.agree ? "unseen" : undefined}>
                {t(field.agree ? "case.agree" : "case.differ")}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
