import type { i18n } from "i18next";
import { useTranslation } from "react-i18next";
import type { Texts } from "./en.ts";

/** Every path through the texts to a sentence: `face.liveTitle`. */
type Path<T> = { [K in keyof T & string]: T[K] extends string ? K : `${K}.${Path<T[K]>}` }[keyof T & string];
export type TextKey = Path<Texts>;

/** A sentence in the language that is shown; `{{name}}` in it is filled from `values`. */
export type Say = (key: TextKey, values?: Readonly<Record<string, string | number>>) => string;

/** i18next knows its keys only as strings: here they are held to the texts. */
export function sayWith(instance: i18n): Say {
  return (key, values) => instance.t(key as string, { ...values });
}

export function useTexts(): { t: Say; language: string } {
  const { i18n } = useTranslation();
  return { t: sayWith(i18n), language: i18n.language };
}
