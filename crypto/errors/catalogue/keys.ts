import { errorTexts } from "./entry.ts";

export const keysErrors = errorTexts({
  "key/missing": {
    cause: { en: "There is no key at {path}.", ru: "Нет ключа: {path}." },
    next: {
      en: "Check the path. Restore the key folder from the backup, or make the keys: kabina start, or kabina pki ceremony.",
      ru: "Проверьте путь. Восстановите папку ключей из копии или создайте ключи: kabina start или kabina pki ceremony.",
    },
  },
  "key/exists": {
    cause: {
      en: "A key for {purpose} exists already; it is not replaced.",
      ru: "Ключ для {purpose} уже есть и не заменяется.",
    },
    next: {
      en: "Move the old key away first if it must be replaced.",
      ru: "Если ключ надо заменить, сначала уберите старый.",
    },
  },
  "key/prompt-left": {
    cause: { en: "The question for a passphrase or PIN was left.", ru: "Ввод парольной фразы или PIN-кода прерван." },
    next: { en: "Run the command again.", ru: "Запустите команду снова." },
  },
  "key/in-use": {
    cause: {
      en: "The key for {purpose} is in use and is not destroyed.",
      ru: "Ключ для {purpose} используется и не уничтожается.",
    },
    next: {
      en: "Let another key take its place first.",
      ru: "Сначала замените его другим ключом.",
    },
  },
  "key/vault-missing": {
    cause: {
      en: "A key in {path} is kept in another place ({kind}) that was not opened.",
      ru: "Ключ из {path} хранится в другом месте ({kind}), которое не открыто.",
    },
    next: {
      en: "Restore store.json or token.json of this folder.",
      ru: "Восстановите store.json или token.json этой папки.",
    },
  },
  "key/damaged": {
    cause: { en: "The key file {path} is damaged or was changed.", ru: "Файл ключа {path} повреждён или изменён." },
    next: {
      en: "Restore it from the backup; if someone may have changed it, tell the security officer.",
      ru: "Восстановите его из копии; если его могли изменить, сообщите офицеру безопасности.",
    },
  },
  "key/certificate-mismatch": {
    cause: {
      en: "The certificate for {purpose} is of another key.",
      ru: "Сертификат для {purpose} относится к другому ключу.",
    },
    next: {
      en: "Store the certificate that was issued for this key.",
      ru: "Положите сертификат, выданный для этого ключа.",
    },
  },
  "key/not-for-tls": {
    cause: {
      en: "The key for {purpose} may not be used for TLS, or has no certificate.",
      ru: "Ключ для {purpose} не предназначен для TLS или не имеет сертификата.",
    },
    next: { en: "Use the key of this place's TLS identity.", ru: "Используйте ключ TLS этого места." },
  },
  "key/permissions": {
    cause: {
      en: "Others can read {path} (mode {mode}), or it belongs to another user.",
      ru: "Файл {path} доступен другим (права {mode}) или принадлежит другому пользователю.",
    },
    next: {
      en: "Set its mode to 0600 and its owner to the user that runs Kabina, and ask who may have read it.",
      ru: "Установите права 0600 и владельца, под которым работает Kabina, и выясните, кто мог его прочитать.",
    },
  },
  "key/passphrase-missing": {
    cause: { en: "There is no passphrase file at {path}.", ru: "Нет файла с парольной фразой: {path}." },
    next: {
      en: "Name it with --passphrase-file, or give it as a systemd credential.",
      ru: "Укажите его через --passphrase-file или передайте как credential systemd.",
    },
  },
  "key/passphrase-unfit": {
    cause: {
      en: "The passphrase in {path} is not {least} to {most} bytes long.",
      ru: "Парольная фраза в {path} должна занимать от {least} до {most} байт.",
    },
    next: { en: "Write a longer passphrase into the file.", ru: "Запишите в файл фразу подлиннее." },
  },
  "key/passphrase-wrong": {
    cause: {
      en: "The passphrase does not open the keys in {path}.",
      ru: "Парольная фраза не открывает ключи в {path}.",
    },
    next: {
      en: "Use the passphrase that the keys were made with.",
      ru: "Используйте фразу, с которой ключи были созданы.",
    },
  },
  "key/randomness": {
    cause: { en: "The source of random numbers is broken.", ru: "Источник случайных чисел неисправен." },
    next: {
      en: "Stop using this machine and have it examined.",
      ru: "Прекратите работу на этой машине и проверьте её.",
    },
  },
  "key/unsuitable": {
    cause: { en: "A key cannot be used here: {reason}.", ru: "Ключ здесь неприменим: {reason}." },
    next: {
      en: "Use a P-256 key with a certificate of this installation.",
      ru: "Используйте ключ P-256 с сертификатом этой установки.",
    },
  },
  "key/unwrap": {
    cause: {
      en: "A session's key could not be recovered: {reason}.",
      ru: "Не удалось восстановить ключ сеанса: {reason}.",
    },
    next: {
      en: "The session cannot be resumed: erase it and begin a new one.",
      ru: "Сеанс нельзя продолжить: сотрите его и начните новый.",
    },
  },
  "file/disk-full": {
    cause: {
      en: "The disk is full: {path} could not be written. Nothing half-written was left.",
      ru: "Диск заполнен: не удалось записать {path}. Недописанного не осталось.",
    },
    next: { en: "Make room on the disk and try again.", ru: "Освободите место на диске и повторите." },
  },
  "trust/missing": {
    cause: { en: "There is no trusted certificate at {path}.", ru: "Нет доверенного сертификата: {path}." },
    next: {
      en: "Provision this place, or copy its trust folder from the authority.",
      ru: "Подготовьте это место или скопируйте папку доверия из центра сертификации.",
    },
  },
  "installation/missing": {
    cause: { en: "This booth is not set up: there is no {path}.", ru: "Кабина не настроена: нет файла {path}." },
    next: {
      en: "Make this machine a booth: kabina booth provision --profile FILE. To try Kabina out: kabina start.",
      ru: "Подготовьте кабину: kabina booth provision --profile ФАЙЛ. Чтобы просто попробовать: kabina start.",
    },
  },
  "installation/malformed": {
    cause: { en: "The booth's settings in {path} are damaged.", ru: "Настройки кабины в {path} повреждены." },
    next: { en: "Provision the booth again; its keys stay.", ru: "Подготовьте кабину заново; её ключи сохранятся." },
  },
});
