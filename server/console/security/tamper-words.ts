import type { BoothShown } from "../../security/api.ts";
import { moment } from "../frame/times.ts";
import type { Say } from "../texts/use-texts.ts";

/** What a booth's tamper inputs say that nobody has seen to yet; empty where all is quiet, or nothing was heard. */
export function tamperWords(t: Say, language: string, tamper: BoothShown["tamper"]): string[] {
  if (tamper === null) return [];
  const now = tamper.cabinet === "open" ? [t("tamper.open")] : tamper.cabinet === "unknown" ? [t("tamper.silent")] : [];
  const events = tamper.events.map(({ kind, at }) =>
    t("tamper.at", { what: t(`tamper.kind.${kind}`), time: moment(language, at) }),
  );
  return [...now, ...events];
}
