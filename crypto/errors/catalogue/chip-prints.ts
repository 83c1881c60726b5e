/** Why the prints in a chip were not read, or not compared, and what comparing them came to: at the booth, at pick-up, and at the server. */
import { errorTexts } from "./entry.ts";

const officer = {
  en: "Ask the security officer for a new inspection certificate (docs/operations.md).",
  ru: "Попросите у офицера безопасности новый инспекционный сертификат (docs/operations.md).",
};
const look = {
  en: "Compare the person with the document by face; the prints were not looked at.",
  ru: "Сверьте человека с документом по лицу; отпечатки не сверялись.",
};

export const chipPrintErrors = errorTexts({
  "inspection/absent": {
    cause: {
      en: "The prints in the chip were not read, because the booth has no inspection certificate.",
      ru: "Отпечатки из чипа не прочитаны: у кабины нет инспекционного сертификата.",
    },
    next: look,
  },
  "inspection/expired": {
    cause: {
      en: "The prints in the chip were not read, because the booth's inspection certificate ended on {until}.",
      ru: "Отпечатки из чипа не прочитаны: инспекционный сертификат кабины действовал до {until}.",
    },
    next: officer,
  },
  "inspection/unusable": {
    cause: {
      en: "The prints in the chip were not read, because the booth's inspection key cannot be used ({reason}).",
      ru: "Отпечатки из чипа не прочитаны: инспекционный ключ кабины не работает ({reason}).",
    },
    next: {
      en: "Have an engineer look at the folder of the booth's terminal and at its token or signer.",
      ru: "Пусть инженер проверит папку терминала кабины и его токен или службу подписи.",
    },
  },
  "inspection/scope": {
    cause: {
      en: "The prints in the chip were not read, because the booth's inspection certificate does not cover prints.",
      ru: "Отпечатки из чипа не прочитаны: инспекционный сертификат кабины не даёт права на отпечатки.",
    },
    next: officer,
  },
  "inspection/refused": {
    cause: {
      en: "The prints in the chip were not read, because the chip does not accept the booth's inspection certificate ({step}).",
      ru: "Отпечатки из чипа не прочитаны: чип не принял инспекционный сертификат кабины ({step}).",
    },
    next: {
      en: "The issuing country must have signed a certificate for this inspection system. Compare by face.",
      ru: "Сертификат этой инспекционной системе должна выдать страна документа. Сверьте по лицу.",
    },
  },
  "prints/by-policy": {
    cause: {
      en: "The prints in the chip were not read, because the policy of the booths says so.",
      ru: "Отпечатки из чипа не прочитаны: так велит политика кабин.",
    },
    next: look,
  },
  "prints/unread": {
    cause: { en: "The prints in the chip were not read.", ru: "Отпечатки из чипа не прочитаны." },
    next: look,
  },
  "prints/absent": {
    cause: { en: "The document holds no prints.", ru: "В документе нет отпечатков." },
    next: { en: "Nothing to do.", ru: "Ничего делать не нужно." },
  },
  "prints/closed": {
    cause: {
      en: "The chip let the booth in and did not give its prints.",
      ru: "Чип впустил кабину, но отпечатки не выдал.",
    },
    next: look,
  },
  "prints/unproved": {
    cause: {
      en: "The prints that the chip gave are not those that its country signed.",
      ru: "Отпечатки, выданные чипом, не те, что подписала страна.",
    },
    next: {
      en: "Hand the document to an operator: the chip does not prove that it is genuine.",
      ru: "Передайте документ оператору: чип не подтверждает его подлинность.",
    },
  },
  "prints/unreadable": {
    cause: {
      en: "The prints in the chip cannot be read as pictures ({reason}).",
      ru: "Отпечатки из чипа не читаются как снимки ({reason}).",
    },
    next: look,
  },
  "prints/not-taken": {
    cause: {
      en: "No fresh print was taken that could be compared with the chip's.",
      ru: "Нет свежего отпечатка, который можно сверить с чипом.",
    },
    next: look,
  },
  "prints/other-fingers": {
    cause: {
      en: "The chip holds other fingers than those that were taken.",
      ru: "В чипе другие пальцы, не те, что сняты.",
    },
    next: look,
  },
  "prints/differ": {
    cause: {
      en: "A fresh print is not that of the same finger in the chip.",
      ru: "Свежий отпечаток не совпал с тем же пальцем в чипе.",
    },
    next: {
      en: "Take the finger again under an operator's eyes; when it stays so, this is not the holder.",
      ru: "Снимите палец ещё раз при сотруднике; если не совпадёт и тогда, это не владелец документа.",
    },
  },
  "prints/claim-differs": {
    cause: {
      en: "The booth says of the chip's prints what its own record does not bear out.",
      ru: "Слова кабины об отпечатках из чипа не сходятся с её же записью.",
    },
    next: {
      en: "Escalate: the package's contents contradict each other.",
      ru: "Передайте старшему: содержимое пакета противоречит само себе.",
    },
  },
});
