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
  "audit/cosignature": {
    cause: {
      en: "A cosignature on a checkpoint is not the server's.",
      ru: "Заверяющая подпись на контрольной точке не принадлежит серверу.",
    },
    next: {
      en: "Keep the files as they are and tell the security officer.",
      ru: "Сохраните файлы как есть и сообщите офицеру безопасности.",
    },
  },
  "audit/proof-malformed": {
    cause: { en: "The proof file cannot be read.", ru: "Файл доказательства не читается." },
    next: { en: "Have the proof written again.", ru: "Создайте доказательство заново." },
  },
  "audit/proof-wrong": {
    cause: {
      en: "The proof does not lead to the signed head of the log.",
      ru: "Доказательство не приводит к подписанной вершине журнала.",
    },
    next: {
      en: "Do not believe what it says; keep it and tell the security officer.",
      ru: "Не верьте тому, что в нём сказано; сохраните файл и сообщите офицеру безопасности.",
    },
  },
  "audit/against-missing": {
    cause: {
      en: "A proof of growth says nothing without the earlier checkpoint.",
      ru: "Доказательство роста ничего не значит без более ранней контрольной точки.",
    },
    next: {
      en: "Give the checkpoint that was kept: --against FILE.",
      ru: "Укажите сохранённую контрольную точку: --against FILE.",
    },
  },
  "audit/trust-missing": {
    cause: { en: "Nothing was given to check signatures with.", ru: "Не указано, чем проверять подписи." },
    next: {
      en: "Give the root (--trust) or the log's own key (--log-key).",
      ru: "Укажите корень (--trust) или ключ самого журнала (--log-key).",
    },
  },
  "audit/origin-unknown": {
    cause: {
      en: "The log {origin} is not this booth's.",
      ru: "Журнал {origin} принадлежит не этой кабине.",
    },
    next: {
      en: "Send the booth's own log.",
      ru: "Отправьте журнал самой кабины.",
    },
  },
  "audit/key-unknown": {
    cause: {
      en: "No certified key is known that signs the log of {booth}.",
      ru: "Не известен удостоверенный ключ, которым подписан журнал {booth}.",
    },
    next: {
      en: "The booth sends its certificates by itself; else see whether it is certified.",
      ru: "Кабина отправит свои сертификаты сама; если нет, проверьте, удостоверена ли она.",
    },
  },
  "audit/inconsistent": {
    cause: {
      en: "The log of {booth} does not continue the {size} entries that were cosigned.",
      ru: "Журнал {booth} не продолжает {size} заверенных записей.",
    },
    next: {
      en: "Keep the booth as it is: its log may have been rewritten. The evidence is kept at the server.",
      ru: "Не меняйте ничего в кабине: её журнал могли переписать. Доказательство сохранено на сервере.",
    },
  },
  "audit/fork": {
    cause: {
      en: "{booth} has signed two different logs of {size} entries.",
      ru: "{booth} подписала два разных журнала из {size} записей.",
    },
    next: {
      en: "Treat the booth's key as stolen: run the drill. Both signatures are kept at the server.",
      ru: "Считайте ключ кабины украденным: проведите учение. Обе подписи сохранены на сервере.",
    },
  },
  "audit/entries-differ": {
    cause: {
      en: "The entries of {booth} do not lead to its signed head of {size} entries.",
      ru: "Записи {booth} не приводят к её подписанной вершине из {size} записей.",
    },
    next: {
      en: "Keep the booth as it is: its log may have been rewritten. The evidence is kept at the server.",
      ru: "Не меняйте ничего в кабине: её журнал могли переписать. Доказательство сохранено на сервере.",
    },
  },
  "audit/cut-back": {
    cause: {
      en: "The log has {size} entries; the server has cosigned {cosigned}.",
      ru: "В журнале {size} записей, а сервер заверил {cosigned}.",
    },
    next: {
      en: "Entries are lost or the data folder is an old copy: tell the security officer.",
      ru: "Записи потеряны, или папка данных — старая копия: сообщите офицеру безопасности.",
    },
  },
  "audit/box-empty": {
    cause: { en: "There is no audit log for here in {path}.", ru: "В {path} нет журнала аудита для этого места." },
    next: {
      en: "At the booth: kabina audit carry; at the server: kabina audit cosign; then take it here.",
      ru: "В кабине: kabina audit carry; на сервере: kabina audit cosign; затем заберите здесь.",
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
