/** What a person consents to. Every change of a word is a new version, because the record names the version and its hash. */
import { createHash } from "node:crypto";
import type { Language } from "../api/messages.ts";

export const CONSENT_VERSION = "2026-11-1";

export const consentText: Readonly<Record<Language, readonly string[]>> = {
  en: [
    "To apply for a biometric passport this booth will read your document, take your photograph and the prints of two fingers, and ask for your signature.",
    "All of it is encrypted here at once, so that only the passport service can read it. The booth keeps no readable copy.",
    "You may look at everything before it is sent, take anything again, and leave at any time. If you leave, everything is erased and the screen shows that it was.",
    "A person of the passport service looks at your application and decides about it.",
    "Do you agree that your data are taken and used for this application only?",
  ],
  ru: [
    "Чтобы подать заявление на биометрический паспорт, кабина прочитает ваш документ, сделает фотографию, снимет отпечатки двух пальцев и попросит вас расписаться.",
    "Всё это сразу шифруется так, что прочитать может только паспортная служба. В кабине не остаётся читаемых копий.",
    "Перед отправкой вы сможете всё посмотреть, переснять и в любой момент уйти. Если вы уйдёте, всё будет стёрто, и экран это покажет.",
    "Заявление рассматривает сотрудник паспортной службы, решение принимает он.",
    "Вы согласны, чтобы ваши данные были сняты и использованы только для этого заявления?",
  ],
};

/** SHA-256 of the text as it was shown, paragraphs joined by line feeds, hexadecimal. */
export function consentHash(language: Language): string {
  return createHash("sha256").update(consentText[language].join("\n"), "utf8").digest("hex");
}
