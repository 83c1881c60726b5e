import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en.ts";
import { ru } from "./ru.ts";

export type Language = "en" | "ru";

const KEY = "kabina.language";
const first: Language = (localStorage.getItem(KEY) ?? navigator.language).startsWith("en") ? "en" : "ru";

await i18next.use(initReactI18next).init({
  lng: first,
  resources: { en: { translation: en }, ru: { translation: ru } },
  fallbackLng: false,
  interpolation: { escapeValue: false },
  initAsync: false,
});
document.documentElement.lang = first;

/** The operator's language from now on, on this machine. */
export function show(language: Language): void {
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
  void i18next.changeLanguage(language);
}
