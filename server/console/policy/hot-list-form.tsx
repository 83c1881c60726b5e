import type { PolicyFault } from "../../../crypto/policy/policy-faults.ts";
import { policyDeviceKinds } from "../../../crypto/policy/session-policy.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { FormField } from "./form-field.tsx";
import { type HotListRow, hotListReasons, newRow, type patternParts } from "./hot-list-fields.ts";

interface HotListFormProps {
  rows: readonly HotListRow[];
  faults: readonly PolicyFault[];
  disabled: boolean;
  onChange: (rows: readonly HotListRow[]) => void;
}

const texts = [
  "maker",
  "model",
  "serial",
  "certificateSha256",
] as const satisfies readonly (typeof patternParts)[number][];

/** Devices that are not to be used: each entry names one of them, or all of a maker, a model, a kind. */
export function HotListForm({ rows, faults, disabled, onChange }: HotListFormProps) {
  const { t } = useTexts();
  const at = (path: string) => faults.filter((fault) => fault.path === `hotList.${path}`);
  const change = (row: number, part: Partial<HotListRow>) =>
    onChange(rows.map((old, index) => (index === row ? { ...old, ...part } : old)));
  return (
    <fieldset className="policy-form" disabled={disabled}>
      {rows.length === 0 && <p className="quiet-note">{t("hotList.none")}</p>}
      {rows.map((row, index) => {
        const put = (name: (typeof patternParts)[number], value: string) =>
          change(index, { pattern: { ...row.pattern, [name]: value } });
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: an entry is its place in the list while it is written.
          <fieldset className="policy-section" key={index} data-entry={row.id}>
            <legend>{row.id === "" ? t("hotList.entry", { number: index + 1 }) : row.id}</legend>
            <FormField label={t("hotList.id")} faults={at(`${index}.id`)}>
              {(control) => (
                <input
                  {...control}
                  value={row.id}
                  maxLength={64}
                  readOnly={row.standing}
                  data-path={`hotList.${index}.id`}
                  onChange={(event) => change(index, { id: event.target.value })}
                />
              )}
            </FormField>
            <FormField label={t("hotList.kind")} faults={[...at(`${index}.devices.kind`), ...at(`${index}.devices`)]}>
              {(control) => (
                <select
                  {...control}
                  value={row.pattern.kind}
                  data-path={`hotList.${index}.kind`}
                  onChange={(event) => put("kind", event.target.value)}
                >
                  <option value="">{t("hotList.anyKind")}</option>
                  {policyDeviceKinds.map((kind) => (
                    <option key={kind} value={kind}>
                      {t(`policy.device.${kind}`)}
                    </option>
                  ))}
                </select>
              )}
            </FormField>
            {texts.map((part) => (
              <FormField key={part} label={t(`hotList.${part}`)} faults={at(`${index}.devices.${part}`)}>
                {(control) => (
                  <input
                    {...control}
                    value={row.pattern[part]}
                    maxLength={128}
                    spellCheck={false}
                    data-path={`hotList.${index}.${part}`}
                    onChange={(event) => put(part, event.target.value)}
                  />
                )}
              </FormField>
            ))}
            <FormField label={t("hotList.reason")} faults={at(`${index}.reason`)}>
              {(control) => (
                <select
                  {...control}
                  value={row.reason}
                  onChange={(event) => change(index, { reason: event.target.value as HotListRow["reason"] })}
                >
                  {hotListReasons.map((reason) => (
                    <option key={reason} value={reason}>
                      {t(`hotList.why.${reason}`)}
                    </option>
                  ))}
                </select>
              )}
            </FormField>
            {(["since", "until"] as const).map((when) => (
              <FormField key={when} label={t(`hotList.${when}`)} faults={at(`${index}.${when}`)}>
                {(control) => (
                  <input
                    {...control}
                    type="datetime-local"
                    step={1}
                    value={row[when]}
                    data-path={`hotList.${index}.${when}`}
                    onChange={(event) => change(index, { [when]: event.target.value })}
                  />
                )}
              </FormField>
            ))}
            <FormField label={t("hotList.note")} faults={at(`${index}.note`)}>
              {(control) => (
                <input
                  {...control}
                  value={row.note}
                  maxLength={200}
                  onChange={(event) => change(index, { note: event.target.value })}
                />
              )}
            </FormField>
            {row.standing ? (
              <p className="quiet-note">{t("hotList.standing")}</p>
            ) : (
              <ActionButton kind="quiet" icon="cross" onPress={() => onChange(rows.filter((_, one) => one !== index))}>
                {t("hotList.remove", { id: row.id })}
              </ActionButton>
            )}
          </fieldset>
        );
      })}
      {!disabled && (
        <p>
          <ActionButton icon="alert" name="add-entry" onPress={() => onChange([...rows, newRow(new Date(), rows)])}>
            {t("hotList.add")}
          </ActionButton>
        </p>
      )}
    </fieldset>
  );
}
