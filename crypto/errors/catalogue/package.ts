import { errorTexts } from "./entry.ts";

export const packageErrors = errorTexts({
  "package/truncated": {
    cause: { en: "The package ends too early, at byte {at}.", ru: "Пакет обрывается на байте {at}." },
    next: { en: "Copy or upload the package again.", ru: "Скопируйте или загрузите пакет ещё раз." },
  },
  "package/trailing-bytes": {
    cause: {
      en: "There is something after the package's end, at byte {at}.",
      ru: "После конца пакета (байт {at}) есть лишние данные.",
    },
    next: { en: "Copy or upload the package again.", ru: "Скопируйте или загрузите пакет ещё раз." },
  },
  "package/entry-malformed": {
    cause: { en: "The archive is damaged at {entry}: {reason}.", ru: "Архив повреждён, запись «{entry}»: {reason}." },
    next: { en: "Copy or upload the package again.", ru: "Скопируйте или загрузите пакет ещё раз." },
  },
  "package/part-name": {
    cause: { en: "A part has a name that is not allowed: {name}.", ru: "Недопустимое имя части: {name}." },
    next: {
      en: "The package was not made by a booth: keep it aside and tell the security officer.",
      ru: "Пакет создан не кабиной: отложите его и сообщите офицеру безопасности.",
    },
  },
  "package/part-too-large": {
    cause: {
      en: "{part} says it is {size} bytes; {limit} are allowed. Nothing of it was read.",
      ru: "{part}: заявлено {size} байт при пределе {limit}. Ничего не прочитано.",
    },
    next: {
      en: "Capture with smaller pictures, or raise the limit at both ends.",
      ru: "Уменьшите снимки или поднимите предел на обеих сторонах.",
    },
  },
  "package/too-large": {
    cause: {
      en: "The package says it is {size} bytes; {limit} are allowed.",
      ru: "Заявленный размер пакета {size} байт при пределе {limit}.",
    },
    next: {
      en: "Capture with smaller pictures, or raise the limit at both ends.",
      ru: "Уменьшите снимки или поднимите предел на обеих сторонах.",
    },
  },
  "package/manifest-missing": {
    cause: {
      en: "The package does not begin with its manifest and signature ({expected} expected).",
      ru: "Пакет не начинается с описи и подписи (ожидается {expected}).",
    },
    next: { en: "Give a package file (.kab) of a booth.", ru: "Передайте файл пакета (.kab) из кабины." },
  },
  "package/manifest-too-large": {
    cause: {
      en: "The manifest or its signature is {size} bytes; {limit} are allowed.",
      ru: "Опись или её подпись занимает {size} байт при пределе {limit}.",
    },
    next: {
      en: "The package was not made by a booth: keep it aside and tell the security officer.",
      ru: "Пакет создан не кабиной: отложите его и сообщите офицеру безопасности.",
    },
  },
  "package/manifest-malformed": {
    cause: { en: "The manifest is not as the format says: {reason}.", ru: "Опись не соответствует формату: {reason}." },
    next: {
      en: "Update the booth, or the server, whichever is older.",
      ru: "Обновите кабину или сервер, смотря что старше.",
    },
  },
  "package/format-unknown": {
    cause: {
      en: "The package is of format {found}, which is not known here.",
      ru: "Формат пакета {found} здесь неизвестен.",
    },
    next: { en: "Update this side.", ru: "Обновите эту сторону." },
  },
  "package/suite-unknown": {
    cause: {
      en: "The package uses the algorithm suite {found}, which is not known here.",
      ru: "Пакет использует неизвестный здесь набор алгоритмов {found}.",
    },
    next: { en: "Update this side, or set the booth's suite.", ru: "Обновите эту сторону или смените набор в кабине." },
  },
  "package/suite-weak": {
    cause: {
      en: "The suite {found} is weaker than {least}, which is the least that is taken here.",
      ru: "Набор алгоритмов {found} слабее {least}, слабее которого здесь не берут.",
    },
    next: {
      en: "Give booth and server keys of a suite that is strong enough, or lower the least suite in the policy.",
      ru: "Выпустите кабине и серверу ключи достаточного набора или понизьте наименьший набор в политике.",
    },
  },
  "suite/module-missing": {
    cause: {
      en: "The suite {suite} needs the module {module}, which is not loaded.",
      ru: "Набору алгоритмов {suite} нужен модуль {module}, а он не загружен.",
    },
    next: {
      en: "Install the GOST engine and give its file to kabina by --gost-engine.",
      ru: "Установите модуль ГОСТ и укажите его файл команде kabina: --gost-engine.",
    },
  },
  "package/part-missing": {
    cause: { en: "The part {part} is missing.", ru: "Нет части {part}." },
    next: {
      en: "Copy or upload the package again; keep the booth's copy.",
      ru: "Скопируйте или загрузите пакет ещё раз; копию в кабине сохраните.",
    },
  },
  "package/part-doubled": {
    cause: { en: "The part {part} is there twice.", ru: "Часть {part} встречается дважды." },
    next: {
      en: "Copy or upload the package again; keep the booth's copy.",
      ru: "Скопируйте или загрузите пакет ещё раз; копию в кабине сохраните.",
    },
  },
  "package/part-foreign": {
    cause: {
      en: "The package holds {part}, which its manifest does not name.",
      ru: "В пакете есть {part}, не названная в описи.",
    },
    next: {
      en: "Keep the package aside and tell the security officer.",
      ru: "Отложите пакет и сообщите офицеру безопасности.",
    },
  },
  "package/part-reordered": {
    cause: {
      en: "The parts are in another order than the manifest's (at {part}).",
      ru: "Части стоят не в том порядке, что в описи (около {part}).",
    },
    next: {
      en: "Copy or upload the package again; keep the booth's copy.",
      ru: "Скопируйте или загрузите пакет ещё раз; копию в кабине сохраните.",
    },
  },
  "package/part-changed": {
    cause: { en: "The part {part} is not the one that was signed.", ru: "Часть {part} — не та, что была подписана." },
    next: {
      en: "Copy or upload the package again; keep the booth's copy.",
      ru: "Скопируйте или загрузите пакет ещё раз; копию в кабине сохраните.",
    },
  },
  "package/part-malformed": {
    cause: {
      en: "The part {part} is not an encrypted message of the kind that the manifest names.",
      ru: "Часть {part} не является зашифрованным сообщением, описанным в описи.",
    },
    next: {
      en: "Keep the package aside and tell the security officer.",
      ru: "Отложите пакет и сообщите офицеру безопасности.",
    },
  },
  "package/part-unbound": {
    cause: { en: "The part {part} was made for another package.", ru: "Часть {part} создана для другого пакета." },
    next: {
      en: "Someone mixed packages: keep it aside and tell the security officer.",
      ru: "Кто-то смешал пакеты: отложите пакет и сообщите офицеру безопасности.",
    },
  },
  "package/part-undecryptable": {
    cause: { en: "The part {part} does not decrypt.", ru: "Часть {part} не расшифровывается." },
    next: {
      en: "Keep the package aside and tell the security officer.",
      ru: "Отложите пакет и сообщите офицеру безопасности.",
    },
  },
  "package/signature-malformed": {
    cause: { en: "The package's signature cannot be read: {reason}.", ru: "Подпись пакета не читается: {reason}." },
    next: { en: "Copy or upload the package again.", ru: "Скопируйте или загрузите пакет ещё раз." },
  },
  "package/signature-invalid": {
    cause: { en: "The manifest is not the one that was signed.", ru: "Опись — не та, что была подписана." },
    next: {
      en: "Copy or upload the package again; if it happens again, tell the security officer.",
      ru: "Скопируйте или загрузите пакет ещё раз; если повторится, сообщите офицеру безопасности.",
    },
  },
  "package/signer-foreign": {
    cause: {
      en: "The package says it is of booth {booth}, but {signer} signed it.",
      ru: "Пакет назван пакетом кабины {booth}, но подписан «{signer}».",
    },
    next: {
      en: "Keep the package aside and tell the security officer.",
      ru: "Отложите пакет и сообщите офицеру безопасности.",
    },
  },
  "package/lifetime": {
    cause: {
      en: "The package gives itself a lifetime that is not allowed (at most {limit} days).",
      ru: "Пакет назначил себе недопустимый срок (не более {limit} дней).",
    },
    next: { en: "Check the clock and the policy of the booth.", ru: "Проверьте часы и политику кабины." },
  },
  "package/expired": {
    cause: { en: "The package could be taken until {until} only.", ru: "Пакет принимался только до {until}." },
    next: { en: "The applicant must enrol again.", ru: "Заявителю нужно пройти съёмку заново." },
  },
  "package/clock-ahead": {
    cause: {
      en: "The package says it was made at {created}, but it is {now}.",
      ru: "Пакет помечен временем {created}, а сейчас {now}.",
    },
    next: {
      en: "Set the booth's clock; the applicant must enrol again.",
      ru: "Исправьте часы кабины; заявителю нужно пройти съёмку заново.",
    },
  },
  "package/recipient-wrong": {
    cause: {
      en: "No part of the package is encrypted for the keys at hand.",
      ru: "Ни одна часть пакета не зашифрована для имеющихся ключей.",
    },
    next: {
      en: "Open it where the keys are that it was made for.",
      ru: "Откройте его там, где есть ключи, для которых он создан.",
    },
  },
  "package/recipient-invalid": {
    cause: {
      en: "The part {part} cannot be encrypted for {recipient}: its certificate is not for that.",
      ru: "Часть {part} нельзя зашифровать для «{recipient}»: сертификат не для этого.",
    },
    next: {
      en: "Put the server's recipient certificate into the booth's trust folder.",
      ru: "Положите сертификат получателя сервера в папку доверия кабины.",
    },
  },
  "package/signer-unfit": {
    cause: {
      en: "The key cannot sign packages of booth {booth}.",
      ru: "Этот ключ не может подписывать пакеты кабины {booth}.",
    },
    next: {
      en: "Provision the booth: its name and its certificate must agree.",
      ru: "Подготовьте кабину: её имя и сертификат должны совпадать.",
    },
  },
  "package/request-invalid": {
    cause: { en: "A package cannot be sealed: {reason}.", ru: "Пакет нельзя запечатать: {reason}." },
    next: {
      en: "This is a fault of the program: report it with the log.",
      ru: "Это ошибка программы: сообщите о ней, приложив журнал.",
    },
  },
  "package/folder-exists": {
    cause: { en: "{path} exists already; nothing was written.", ru: "{path} уже существует; ничего не записано." },
    next: { en: "Name a folder that does not exist yet.", ru: "Укажите папку, которой ещё нет." },
  },
});
