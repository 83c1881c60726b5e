import type { Say } from "../texts/use-texts.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A waiting time at a glance: `40 s`, `12 min`, `3 h 05 min`, `2 d 4 h`. */
export function span(t: Say, ms: number): string {
  if (ms < MINUTE_MS) return `${Math.max(0, Math.floor(ms / 1000))} ${t("units.s")}`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} ${t("units.min")}`;
  const minutes = String(Math.floor((ms % HOUR_MS) / MINUTE_MS)).padStart(2, "0");
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} ${t("units.h")} ${minutes} ${t("units.min")}`;
  return `${Math.floor(ms / DAY_MS)} ${t("units.d")} ${Math.floor((ms % DAY_MS) / HOUR_MS)} ${t("units.h")}`;
}

/** How long a step took: `420 ms`, `2.4 s`, `12 s`, `2 min`. */
export function duration(t: Say, ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ${t("units.ms")}`;
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} ${t("units.s")}` : span(t, ms);
}

/** Days before months in both languages. */
const localeOf = (language: string) => (language === "en" ? "en-GB" : language);

export function moment(language: string, at: string): string {
  return new Date(at).toLocaleString(localeOf(language), {
    day: "2-digit",
    month: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
}

/** A day, with its year. */
export function day(language: string, at: string): string {
  return new Date(at).toLocaleDateString(localeOf(language), { day: "2-digit", month: "2-digit", year: "numeric" });
}

export function clockTime(language: string, at: string): string {
  return new Date(at).toLocaleTimeString(localeOf(language), { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}
