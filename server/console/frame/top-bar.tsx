import { type ReactNode, useState } from "react";
import mark from "../../../design/mark.svg?no-inline";
import { show } from "../texts/i18n.ts";
import { useTexts } from "../texts/use-texts.ts";
import { ActionButton } from "./action-button.tsx";
import { keepTheme, keptTheme } from "./theme.ts";

interface TopBarProps {
  /** Which of the consoles this is. */
  title: string;
  operator: string;
  /** What stands after the title, and before the buttons that every console has. */
  state?: ReactNode;
  actions?: ReactNode;
  onSignOut: () => void;
}

export function TopBar({ title, operator, state, actions, onSignOut }: TopBarProps) {
  const { t, language } = useTexts();
  const [theme, setTheme] = useState(keptTheme);
  const other = theme === "light" ? "dark" : "light";
  return (
    <header className="top">
      <p className="brand">
        <img src={mark} alt="" />
        {t("brand")} · {title}
      </p>
      {state}
      <span className="top-gap" />
      {actions}
      <ActionButton
        kind="quiet"
        icon={theme === "light" ? "moon" : "sun"}
        onPress={() => {
          keepTheme(other);
          setTheme(other);
        }}
      >
        {t(`top.${other}`)}
      </ActionButton>
      <ActionButton
        kind="quiet"
        icon="language"
        lang={language === "ru" ? "en" : "ru"}
        onPress={() => show(language === "ru" ? "en" : "ru")}
      >
        {t("otherLanguage")}
      </ActionButton>
      <p className="top-operator">
        <span className="unseen">{t("top.operator")}: </span>
        {operator}
      </p>
      <ActionButton kind="quiet" icon="leave" onPress={onSignOut}>
        {t("top.signOut")}
      </ActionButton>
    </header>
  );
}
