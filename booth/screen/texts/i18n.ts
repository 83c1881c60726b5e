import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "../../api/messages.ts";
import { en } from "./en.ts";
import { ru } from "./ru.ts";

const KEPT_LANGUAGE = "kabina.language";

/** Before the booth has said a word: the language last shown here, else the browser's, else Russian. */
function firstLanguage(): Language {
  const kept = sessionStorage.getItem(KEPT_LANGUAGE) ?? navigator.language;
  return kept.startsWith("en") ? "en" : "ru";
}

await i18next.use(initReactI18next).init({
  lng: firstLanguage(),
  resources: { en: { translation: en }, ru: { translation: ru } },
  fallbackLng: false,
  interpolation: { escapeValue: false },
  initAsync: false,
});
document.documentElement.lang = i18next.language;

/** Shows everything in a language from now on. */
export function show(language: Language): void {
  if (i18next.language === language) return;
  sessionStorage.setItem(KEPT_LANGUAGE, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}
