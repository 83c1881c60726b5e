import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

export interface ButtonProps {
  children: ReactNode;
  onPress: () => void;
  kind?: "primary" | "plain" | "quiet" | "danger";
  icon?: string | undefined;
  iconAfter?: string | undefined;
  disabled?: boolean;
  lang?: string;
  /** In a dialog: the safe answer, which takes the focus. */
  first?: boolean;
  name?: string;
}

/** A target of at least 20 mm. A button that the booth would refuse now is disabled, and stays in its place. */
export function Button({
  children,
  onPress,
  kind = "plain",
  icon,
  iconAfter,
  disabled,
  lang,
  first,
  name,
}: ButtonProps) {
  return (
    <button
      type="button"
      className={`button ${kind}`}
      data-name={name}
      disabled={disabled}
      lang={lang}
      data-first={first ? "" : undefined}
      onClick={onPress}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
      {iconAfter && <Icon name={iconAfter} />}
    </button>
  );
}
