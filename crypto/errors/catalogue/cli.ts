import { errorTexts } from "./entry.ts";

export const cliErrors = errorTexts({
  "process/not-started": {
    cause: { en: "The {process} could not be started: {reason}.", ru: "Не удалось запустить {process}: {reason}." },
    next: {
      en: "Read what it said above; 'kabina doctor' says what is missing on this machine.",
      ru: "Прочитайте его сообщение выше; команда «kabina doctor» покажет, чего не хватает на этой машине.",
    },
  },
  "process/already-running": {
    cause: {
      en: "A Kabina already runs on {folder}: process {pid}.",
      ru: "Kabina уже работает с папкой {folder}: процесс {pid}.",
    },
    next: {
      en: "Use that one, or stop it first, or give another folder with --data.",
      ru: "Пользуйтесь ею, или сначала остановите её, или укажите другую папку через --data.",
    },
  },
  "file/not-usable": {
    cause: { en: "{path} cannot be used ({reason}).", ru: "Файл или папку {path} использовать нельзя ({reason})." },
    next: {
      en: "Check the path, that it is there, and who may read and write it.",
      ru: "Проверьте путь, есть ли такой файл и кому разрешено его читать и писать.",
    },
  },
  "internal/unexpected": {
    cause: {
      en: "Something failed that Kabina has no name for.",
      ru: "Произошёл сбой, для которого у Kabina нет названия.",
    },
    next: {
      en: "Look into the log for the time of this message and report it.",
      ru: "Найдите в журнале запись с этим временем и сообщите о ней.",
    },
  },
});
