import { errorTexts } from "./entry.ts";

export const cliErrors = errorTexts({
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
