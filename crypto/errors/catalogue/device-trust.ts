import { errorTexts } from "./entry.ts";

/** Trust in captures: the time of sealing, the booth's key, hot-lists and certificates of devices. */
export const deviceTrustErrors = errorTexts({
  "hot-list/malformed": {
    cause: { en: "This is no hot-list of devices: {reason}.", ru: "Это не стоп-лист устройств: {reason}." },
    next: {
      en: "Correct it as docs/formats/device.md says, and propose it again.",
      ru: "Исправьте его по docs/formats/device.md и предложите снова.",
    },
  },
  "review/booth-unregistered": {
    cause: {
      en: "The booth's certificate is not in this server's register, so nobody here knows whether it was taken back.",
      ru: "Сертификата кабины нет в реестре этого сервера: здесь неизвестно, не отозван ли он.",
    },
    next: {
      en: "Keep the register on the server that judges packages, or ask the security officer.",
      ru: "Держите реестр на сервере, который проверяет пакеты, или спросите офицера безопасности.",
    },
  },
  "review/sealed-after-revocation": {
    cause: {
      en: "The booth sealed this after the moment from which its key is not believed.",
      ru: "Кабина запечатала это после момента, с которого её ключу не верят.",
    },
    next: {
      en: "Do not accept it. Ask the security officer, and invite the person again.",
      ru: "Не принимайте. Обратитесь к офицеру безопасности и пригласите человека снова.",
    },
  },
  "review/look-again": {
    cause: {
      en: "The booth's key was taken back. This claims to be older, but nothing proves that it existed before.",
      ru: "Ключ кабины отозван. Пакет заявлен как более ранний, но ничто не доказывает, что он тогда существовал.",
    },
    next: {
      en: "Look at it again: ask the person whether they were there that day, and compare a fresh finger.",
      ru: "Проверьте заново: спросите человека, был ли он там в тот день, и сравните свежий отпечаток.",
    },
  },
  "review/chain-forked": {
    cause: {
      en: "Another package stands at this one's place in the booth's line: two hold its key, or the booth was set back.",
      ru: "На этом месте в цепочке кабины есть другой пакет: её ключ у двоих, или кабину откатили назад.",
    },
    next: {
      en: "Escalate, and tell the security officer: the booth's key may be copied.",
      ru: "Передайте старшему и сообщите офицеру безопасности: ключ кабины мог быть скопирован.",
    },
  },
  "review/chain-second": {
    cause: {
      en: "The same key has signed another line of packages: it was copied, or the booth has lost its place.",
      ru: "Тот же ключ подписал и другую цепочку пакетов: он скопирован, или кабина потеряла своё место.",
    },
    next: {
      en: "Ask the security officer whether the booth was restored; if not, its key must be taken back.",
      ru: "Спросите офицера безопасности, восстанавливали ли кабину; если нет, её ключ надо отозвать.",
    },
  },
  "security/nothing-to-close": {
    cause: { en: "Case {case} is not to be looked at again.", ru: "Дело {case} не требует повторной проверки." },
    next: { en: "Load the list again.", ru: "Загрузите список заново." },
  },
});
