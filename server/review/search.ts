/** Finds cases by what people have in hand: the case's or the person's number, the booth, the day or hour. */
import { packageNumberSources } from "../../crypto/package/number.ts";
import { SERVER_LIMITS } from "../limits.ts";
import type { Store } from "../store/store.ts";
import type { Found } from "./api.ts";
import { queueItem } from "./queue.ts";

const DAY = /^(?:(\d{4})-(\d\d)-(\d\d)|(\d\d?)\.(\d\d?)\.(\d{4}))(?:[ T](\d\d?)(?::(\d\d))?)?$/;
const NUMBER = /^\d{4} ?\d{4} ?\d{4}$/;
const MINUTE_MS = 60_000;

/**
 * @param text `C-3f2a`, `0412 7735 9016`, `booth-1`, `2026-11-21`, `21.11.2026 14` or `… 14:05`
 * @param zoneMinutes what the asker's clock is behind UTC (`Date.getTimezoneOffset`)
 */
export function readSearch(store: Store, now: Date, text: string, zoneMinutes: number): Found {
  const asked = text.trim().slice(0, SERVER_LIMITS.searchCharacters);
  if (asked === "") return { items: [] };
  const limit = SERVER_LIMITS.found;
  const between = spanOf(asked, zoneMinutes);
  const found = between
    ? store.cases.receivedBetween(between.from.toISOString(), between.to.toISOString(), limit)
    : NUMBER.test(asked)
      ? store.cases.ofPackageEndings(packageNumberSources(asked.replace(/ /g, "")), limit)
      : store.cases.named(asked, limit);
  return { items: found.map((record) => queueItem(record, store, now)) };
}

/** The day, hour or minute that a text names; undefined when it names none. */
function spanOf(text: string, zoneMinutes: number): { from: Date; to: Date } | undefined {
  const match = DAY.exec(text);
  if (!match) return undefined;
  const [, year, month, day, dayOf, monthOf, yearOf, hour, minute] = match.map(Number) as number[];
  const [y, m, d] = match[1] === undefined ? [yearOf!, monthOf!, dayOf!] : [year!, month!, day!];
  const from = new Date(Date.UTC(y, m - 1, d, hour || 0, minute || 0) + zoneMinutes * MINUTE_MS);
  if (Number.isNaN(from.getTime())) return undefined;
  const minutes = match[7] === undefined ? 24 * 60 : match[8] === undefined ? 60 : 1;
  return { from, to: new Date(from.getTime() + minutes * MINUTE_MS) };
}
