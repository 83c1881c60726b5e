import { faceLimits } from "../../../biometrics/face/limits.ts";
import type { PolicyFault } from "../../../crypto/policy/policy-faults.ts";
import { policyDeviceKinds, policyLanguages, portraitMeasures } from "../../../crypto/policy/session-policy.ts";
import { ActionButton } from "../frame/action-button.tsx";
import { useTexts } from "../texts/use-texts.ts";
import { FormField } from "./form-field.tsx";
import { type PolicyEntry, type PolicySection, policySections } from "./policy-fields.ts";

interface PolicyFormProps {
  entry: PolicyEntry;
  faults: readonly PolicyFault[];
  disabled: boolean;
  onChange: (entry: PolicyEntry) => void;
}

const feeParts = ["fromAge", "toAge", "amount", "currency"] as const;
const newFee = { fromAge: "0", toAge: "151", amount: "0", currency: "RUB" };

/** Every value of the policy in a field of its own, in sections. */
export function PolicyForm(props: PolicyFormProps) {
  return (
    <fieldset className="policy-form" disabled={props.disabled}>
      <Section name="whole" {...props} />
      <Languages {...props} />
      <Section name="visit" {...props} />
      <Section name="steps" {...props} />
      <Section name="portrait" {...props} />
      <Limits {...props} />
      <Section name="fingers" {...props} />
      <Section name="chip" {...props} />
      <Fees {...props} />
      <Drivers {...props} />
      <Section name="machine" {...props} />
    </fieldset>
  );
}

const under = (faults: readonly PolicyFault[], path: string) =>
  faults.filter((fault) => fault.path === path || fault.path.startsWith(`${path}.`));

function Section({ name, entry, faults, onChange }: PolicyFormProps & { name: PolicySection }) {
  const { t } = useTexts();
  return (
    <fieldset className="policy-section">
      <legend>{t(`policy.section.${name}`)}</legend>
      {policySections[name].map((field) => (
        <FormField key={field.path} label={t(`policy.field.${field.path}`)} faults={under(faults, field.path)}>
          {(control) => {
            const value = entry.values[field.path];
            const put = (text: string) => onChange({ ...entry, values: { ...entry.values, [field.path]: text } });
            return field.kind === "choice" || field.kind === "switch" ? (
              <select {...control} value={value} data-path={field.path} onChange={(event) => put(event.target.value)}>
                {field.choices.map((choice) => (
                  <option key={choice} value={choice}>
                    {t(`policy.choice.${choice}`)}
                  </option>
                ))}
              </select>
            ) : (
              <input
                {...control}
                value={value}
                data-path={field.path}
                maxLength={40}
                inputMode={field.kind === "text" ? "text" : "decimal"}
                onChange={(event) => put(event.target.value)}
              />
            );
          }}
        </FormField>
      ))}
    </fieldset>
  );
}

function Languages({ entry, faults, onChange }: PolicyFormProps) {
  const { t } = useTexts();
  const { languages } = entry;
  const wrong = under(faults, "languages");
  return (
    <fieldset className="policy-section policy-languages">
      <legend>{t("policy.field.languages")}</legend>
      <p className="quiet-note">{t("policy.hint.languages")}</p>
      {[...languages, ...policyLanguages.filter((one) => !languages.includes(one))].map((language) => (
        <label key={language}>
          <input
            type="checkbox"
            checked={languages.includes(language)}
            data-path={`languages.${language}`}
            aria-invalid={wrong.length > 0 || undefined}
            onChange={() =>
              onChange({
                ...entry,
                languages: languages.includes(language)
                  ? languages.filter((one) => one !== language)
                  : [...languages, language],
              })
            }
          />
          {t(`policy.language.${language}`)}
        </label>
      ))}
      {wrong.length > 0 && <p className="field-fault">{t("policy.fault.missing")}</p>}
    </fieldset>
  );
}

function Limits({ entry, faults, onChange }: PolicyFormProps) {
  const { t } = useTexts();
  return (
    <fieldset className="policy-section">
      <legend>{t("policy.section.limits")}</legend>
      <p className="quiet-note">{t("policy.hint.limits")}</p>
      {portraitMeasures.map((name) => (
        <FormField
          key={name}
          label={`${t(`portraitMeasure.${name}`)} (${faceLimits.pass[name]})`}
          faults={under(faults, `face.pass.${name}`)}
        >
          {(control) => (
            <input
              {...control}
              value={entry.limits[name] ?? ""}
              data-path={`face.pass.${name}`}
              maxLength={5}
              inputMode="decimal"
              onChange={(event) => onChange({ ...entry, limits: { ...entry.limits, [name]: event.target.value } })}
            />
          )}
        </FormField>
      ))}
    </fieldset>
  );
}

function Fees({ entry, faults, onChange }: PolicyFormProps) {
  const { t } = useTexts();
  const { fees } = entry;
  return (
    <fieldset className="policy-section policy-fees">
      <legend>{t("policy.section.fees")}</legend>
      <p className="quiet-note">{t("policy.hint.fees")}</p>
      {fees.map((fee, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a duty is its place in the list.
        <div className="policy-fee" key={at}>
          {feeParts.map((part) => (
            <FormField key={part} label={t(`policy.fee.${part}`)} faults={under(faults, `fees.${at}.${part}`)}>
              {(control) => (
                <input
                  {...control}
                  value={fee[part]}
                  data-path={`fees.${at}.${part}`}
                  maxLength={12}
                  onChange={(event) => {
                    const changed = fees.map((one, index) =>
                      index === at ? { ...one, [part]: event.target.value } : one,
                    );
                    onChange({ ...entry, fees: changed });
                  }}
                />
              )}
            </FormField>
          ))}
          <ActionButton
            kind="quiet"
            icon="cross"
            onPress={() => onChange({ ...entry, fees: fees.filter((_, index) => index !== at) })}
          >
            {t("policy.fee.remove", { number: at + 1 })}
          </ActionButton>
        </div>
      ))}
      <ActionButton name="add-fee" onPress={() => onChange({ ...entry, fees: [...fees, newFee] })}>
        {t("policy.fee.add")}
      </ActionButton>
    </fieldset>
  );
}

function Drivers({ entry, faults, onChange }: PolicyFormProps) {
  const { t } = useTexts();
  return (
    <fieldset className="policy-section">
      <legend>{t("policy.section.devices")}</legend>
      <p className="quiet-note">{t("policy.hint.devices")}</p>
      {policyDeviceKinds.map((kind) => (
        <FormField
          key={kind}
          label={t("policy.driverNames", { device: t(`policy.device.${kind}`) })}
          faults={under(faults, `devices.${kind}`)}
        >
          {(control) => (
            <input
              {...control}
              value={entry.devices[kind] ?? ""}
              data-path={`devices.${kind}`}
              maxLength={200}
              spellCheck={false}
              onChange={(event) => onChange({ ...entry, devices: { ...entry.devices, [kind]: event.target.value } })}
            />
          )}
        </FormField>
      ))}
    </fieldset>
  );
}
