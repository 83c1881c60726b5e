import { type ReactNode, useId } from "react";
import type { PolicyFault } from "../../../crypto/policy/policy-faults.ts";
import { useTexts } from "../texts/use-texts.ts";
import { faultOf } from "./policy-words.ts";

interface Control {
  id: string;
  "aria-invalid": boolean | undefined;
  "aria-describedby": string | undefined;
}

/** A label, its control and, beside it, what is wrong with it. */
export function FormField({
  label,
  faults,
  children,
}: {
  label: string;
  faults: readonly PolicyFault[];
  children: (control: Control) => ReactNode;
}) {
  const { t } = useTexts();
  const [id, why] = [useId(), useId()];
  const wrong = faults.length > 0;
  return (
    <div className="policy-field" data-wrong={wrong ? "" : undefined}>
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-invalid": wrong || undefined, "aria-describedby": wrong ? why : undefined })}
      {wrong && (
        <p className="field-fault" id={why}>
          {faultOf(t, faults[0]!)}
        </p>
      )}
    </div>
  );
}
