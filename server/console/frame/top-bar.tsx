import { useState } from "react";
import mark from "../../../design/mark.svg?no-inline";
import { show } from "../texts/i18n.ts";
import { useTexts } from "../texts/use-texts.ts";
import { ActionButton } from "./action-button.tsx";
import { keepTheme, keptTheme } from "./theme.ts";

interface TopBarProps {
  operator: string;
  waiting: number;
  live: boolean;
  loaded: boolean;
  onKeys: () => void;
  onSignOut: () => void;
}

export function TopBar({ operator, waiting, live, loaded, onKeys, onSignOut }: TopBarProps) {
  const { t, language } = useTexts();
  const [theme, setTheme] = useState(keptTheme);
  const other = theme === "light" ? "dark" : "light";
  return (
    <header className="top">
      <p className="brand">
        <img src={mark} alt="" />
        {t("brand")} · {t("console")}
      </p>
      <p className="top-count">{t("queue.count", { number: waiting })}</p>
      <p className="link-state" data-live={live ? "" : undefined} role="status">
        <span className="lamp" aria-hidden="true" />
        {live ? t("top.live") : loaded ? t("top.offline") : t("top.connecting")}
      </p>
      <span className="top-gap" />
      <ActionButton kind="quiet" icon="keyboard" keyName="?" onPress={onKeys}>
        {t("top.keys")}
      </ActionButton>
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
