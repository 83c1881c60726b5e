import { useId } from "react";
import { useTexts } from "../texts/use-texts.ts";

interface SinceFieldProps {
  /** As the browser's field has it, local time without a zone; empty: nothing is said. */
  value: string;
  onValue: (value: string) => void;
  /** What leaving it empty means. */
  empty: string;
  first?: boolean;
}

/** The suspected moment, by date and time: what happened since then is not believed. */
export function SinceField({ value, onValue, empty, first }: SinceFieldProps) {
  const { t } = useTexts();
  const id = useId();
  return (
    <span className="since-field">
      <label htmlFor={id}>{t("since.label")}</label>
      <input
        id={id}
        data-name="since"
        data-first={first ? "" : undefined}
        type="datetime-local"
        value={value}
        max={localOf(new Date())}
        aria-describedby={`${id}-empty`}
        onChange={(event) => onValue(event.target.value)}
      />
      <span id={`${id}-empty`} className="soft">
        {isLate(value) ? t("since.future") : empty}
      </span>
    </span>
  );
}

/** The moment in UTC; null where none was given. A moment that is still to come is none. */
export function sinceOf(value: string): string | null {
  const at = new Date(value);
  return value === "" || Number.isNaN(at.getTime()) || isLate(value) ? null : at.toISOString();
}

/** A field's text for a moment so many hours ago. */
export const hoursAgo = (hours: number): string => localOf(new Date(Date.now() - hours * 3_600_000));

/** Whether the field holds a moment that cannot be meant. */
export const isLate = (value: string): boolean => value !== "" && new Date(value).getTime() > Date.now() + 60_000;

function localOf(at: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
