import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

interface ActionButtonProps {
  children: ReactNode;
  onPress: () => void;
  icon?: string;
  /** The key that does the same. */
  keyName?: string;
  kind?: "primary" | "plain" | "quiet" | "warn";
  disabled?: boolean;
  name?: string;
  lang?: string;
  pressed?: boolean;
}

export function ActionButton({
  children,
  onPress,
  icon,
  keyName,
  kind = "plain",
  disabled,
  name,
  lang,
  pressed,
}: ActionButtonProps) {
  return (
    <button
      type="button"
      className={`action ${kind}`}
      data-name={name}
      lang={lang}
      disabled={disabled}
      aria-pressed={pressed}
      aria-keyshortcuts={keyName}
      onClick={onPress}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
      {keyName && (
        <span className="key-cap" aria-hidden="true">
          {keyName}
        </span>
      )}
    </button>
  );
}
