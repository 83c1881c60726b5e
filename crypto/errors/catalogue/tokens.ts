import { errorTexts } from "./entry.ts";

const askOfficer = {
  en: "Unlock it with the unblocking code (PUK), or ask the security officer.",
  ru: "Разблокируйте его кодом PUK или обратитесь к офицеру безопасности.",
};

export const tokensErrors = errorTexts({
  "token/missing": {
    cause: {
      en: "The token or card “{token}” is not in any reader.",
      ru: "Токена или карты «{token}» нет ни в одном считывателе.",
    },
    next: { en: "Put it in and try again.", ru: "Вставьте его и повторите." },
  },
  "token/ambiguous": {
    cause: { en: "{count} tokens are called “{token}”.", ru: "Токенов с именем «{token}» несколько: {count}." },
    next: { en: "Name the one that is meant by its serial number.", ru: "Укажите нужный по серийному номеру." },
  },
  "token/removed": {
    cause: {
      en: "The token “{token}” was pulled out while it was at work ({answer}). Nothing was signed or opened.",
      ru: "Токен «{token}» извлекли во время работы ({answer}). Ничего не подписано и не открыто.",
    },
    next: { en: "Put it back and try again.", ru: "Вставьте его обратно и повторите." },
  },
  "token/pin-wrong": {
    cause: {
      en: "The PIN of “{token}” is wrong ({answer}). It is not tried again, so that the token does not lock.",
      ru: "PIN-код токена «{token}» неверен ({answer}). Повторной попытки не будет, чтобы токен не заблокировался.",
    },
    next: {
      en: "See with “kabina card list” how many tries are left, and give the right PIN.",
      ru: "Посмотрите командой «kabina card list», сколько попыток осталось, и введите верный PIN-код.",
    },
  },
  "token/pin-wrong-final-try": {
    cause: {
      en: "The PIN of “{token}” is wrong, and one try is left: one more wrong PIN locks it.",
      ru: "PIN-код «{token}» неверен, и осталась одна попытка: ещё один неверный PIN-код её заблокирует.",
    },
    next: {
      en: "Make sure of the PIN first; then log in by hand: kabina card login --last-try.",
      ru: "Сначала уточните PIN-код, затем войдите вручную: kabina card login --last-try.",
    },
  },
  "token/pin-final-try": {
    cause: {
      en: "One more wrong PIN would lock “{token}”; it is not used unattended.",
      ru: "Ещё один неверный PIN-код заблокирует «{token}»; без человека он не используется.",
    },
    next: {
      en: "Log in by hand: kabina card login --last-try.",
      ru: "Войдите вручную: kabina card login --last-try.",
    },
  },
  "token/pin-locked": {
    cause: {
      en: "The PIN of “{token}” is locked ({answer}).",
      ru: "PIN-код токена «{token}» заблокирован ({answer}).",
    },
    next: askOfficer,
  },
  "token/pin-missing": {
    cause: { en: "There is no PIN for {path}.", ru: "Нет PIN-кода для {path}." },
    next: {
      en: "Give it at the prompt, with --pin-fd, or as the systemd credential kabina-pin.",
      ru: "Введите его по запросу, передайте через --pin-fd или как credential systemd kabina-pin.",
    },
  },
  "token/key-missing": {
    cause: { en: "The token “{token}” has no key “{key}”.", ru: "На токене «{token}» нет ключа «{key}»." },
    next: {
      en: "Check that it is the right token; if the key was destroyed, provision this place again.",
      ru: "Проверьте, тот ли это токен; если ключ уничтожен, подготовьте это место заново.",
    },
  },
  "token/unsupported": {
    cause: {
      en: "The token “{token}”, or its module, cannot do this ({answer}).",
      ru: "Токен «{token}» или его модуль этого не умеет ({answer}).",
    },
    next: {
      en: "Use a token or another of its keys with RSA, or with the curve P-256 or P-384, or a newer module (--module).",
      ru: "Используйте токен или другой его ключ с RSA либо с кривой P-256 или P-384, или более новый модуль (--module).",
    },
  },
  "token/failed": {
    cause: { en: "The token “{token}” failed ({answer}).", ru: "Токен «{token}» вернул ошибку ({answer})." },
    next: { en: "Take it out and put it in again.", ru: "Извлеките его и вставьте снова." },
  },
  "token/card-folder": {
    cause: {
      en: "{folder} is no folder of a virtual card: {missing} is missing or damaged.",
      ru: "{folder} — не папка виртуальной карты: {missing} нет или повреждён.",
    },
    next: {
      en: "Make one with “kabina card simulate --dir … --new NAME”.",
      ru: "Создайте её командой «kabina card simulate --dir … --new ИМЯ».",
    },
  },
  "token/card-exists": {
    cause: { en: "{folder} is there already.", ru: "{folder} уже существует." },
    next: {
      en: "Name another folder, or leave --new out to use this card.",
      ru: "Укажите другую папку или уберите --new, чтобы взять эту карту.",
    },
  },
  "token/card-pin": {
    cause: { en: "A card's PIN is six to eight digits.", ru: "PIN-код карты состоит из шести–восьми цифр." },
    next: { en: "Give another one with --pin.", ru: "Задайте другой через --pin." },
  },
  "token/module-failed": {
    cause: { en: "The PKCS#11 module {path} does not load.", ru: "Модуль PKCS#11 {path} не загружается." },
    next: {
      en: "Install the token vendor's module, or correct the path.",
      ru: "Установите модуль производителя или исправьте путь.",
    },
  },
  "token/support-missing": {
    cause: {
      en: "Support for tokens (pkcs11js) is not installed.",
      ru: "Поддержка токенов (pkcs11js) не установлена.",
    },
    next: { en: "Install it: npm install.", ru: "Установите её: npm install." },
  },
  "token/no-tls": {
    cause: {
      en: "The key for {purpose} lies in a token, and TLS needs its key in a file.",
      ru: "Ключ для {purpose} хранится на токене, а для TLS ключ должен лежать в файле.",
    },
    next: {
      en: "Provision this place again: it gets a key of its own for TLS.",
      ru: "Подготовьте это место заново: оно получит отдельный ключ для TLS.",
    },
  },
});
