import { errorTexts } from "./entry.ts";

export const recordsErrors = errorTexts({
  "receipt/malformed": {
    cause: {
      en: "The receipt or notice cannot be read: {reason}.",
      ru: "Квитанция или уведомление не читается: {reason}.",
    },
    next: {
      en: "Ask the server for it again; nothing was deleted.",
      ru: "Запросите её у сервера снова; ничего не удалено.",
    },
  },
  "receipt/signature-invalid": {
    cause: {
      en: "The receipt or notice is not the one that was signed.",
      ru: "Квитанция или уведомление — не то, что было подписано.",
    },
    next: {
      en: "Ask the server for it again; nothing was deleted.",
      ru: "Запросите её у сервера снова; ничего не удалено.",
    },
  },
  "receipt/other-booth": {
    cause: {
      en: "The server's word of the time is for another booth ({boothId}).",
      ru: "Подписанное сервером время относится к другой кабине ({boothId}).",
    },
    next: {
      en: "It is not kept; the booth asks again by itself.",
      ru: "Оно не сохраняется; кабина запросит его снова сама.",
    },
  },
  "receipt/other-package": {
    cause: {
      en: "The receipt or notice is for another package ({packageId}).",
      ru: "Квитанция или уведомление относится к другому пакету ({packageId}).",
    },
    next: {
      en: "Ask the server for the right one; nothing was deleted.",
      ru: "Запросите у сервера нужную; ничего не удалено.",
    },
  },
  "audit/entry-malformed": {
    cause: {
      en: "Entry {index} of the audit log is not in its form.",
      ru: "Запись {index} журнала аудита не соответствует форме.",
    },
    next: {
      en: "Keep the files as they are and tell the security officer.",
      ru: "Сохраните файлы как есть и сообщите офицеру безопасности.",
    },
  },
  "audit/rewritten": {
    cause: {
      en: "The audit log differs from what was signed when it had {size} entries.",
      ru: "Журнал аудита отличается от подписанного, когда в нём было {size} записей.",
    },
    next: {
      en: "Keep the files as they are and tell the security officer; compare with the last export.",
      ru: "Сохраните файлы как есть, сообщите офицеру безопасности и сравните с последней выгрузкой.",
    },
  },
  "audit/checkpoint-malformed": {
    cause: { en: "A checkpoint of the audit log cannot be read.", ru: "Контрольная точка журнала аудита не читается." },
    next: {
      en: "Keep the files as they are and tell the security officer.",
      ru: "Сохраните файлы как есть и сообщите офицеру безопасности.",
    },
  },
  "audit/checkpoint-signature": {
    cause: {
      en: "A checkpoint of {origin} is not signed by its key.",
      ru: "Контрольная точка журнала {origin} не подписана его ключом.",
    },
    next: {
      en: "Keep the files as they are and tell the security officer.",
      ru: "Сохраните файлы как есть и сообщите офицеру безопасности.",
    },
  },
  "audit/checkpoint-missing": {
    cause: {
      en: "The audit log {path} has no checkpoint, so nothing in it is signed.",
      ru: "У журнала {path} нет контрольной точки: ничего в нём не подписано.",
    },
    next: {
      en: "Export the log together with its .checkpoints and .crt.pem files.",
      ru: "Выгрузите журнал вместе с файлами .checkpoints и .crt.pem.",
    },
  },
  "audit/range": {
    cause: {
      en: "The audit log of {size} entries has no such place ({index}).",
      ru: "В журнале из {size} записей нет места {index}.",
    },
    next: { en: "Ask for an entry that is there.", ru: "Запросите существующую запись." },
  },
  "audit/closed": {
    cause: {
      en: "The audit log is closed, or a write to it failed before.",
      ru: "Журнал аудита закрыт, или прежняя запись в него не удалась.",
    },
    next: { en: "Look at the disk, then restart the process.", ru: "Проверьте диск и перезапустите процесс." },
  },
});
