import { errorTexts } from "./entry.ts";

export const deliveryErrors = errorTexts({
  "delivery/head-malformed": {
    cause: { en: "The package does not begin with {entry}.", ru: "Пакет не начинается с {entry}." },
    next: {
      en: "The booth that sealed it is faulty; keep the package and update the booth.",
      ru: "Запечатавшая его кабина неисправна; сохраните пакет и обновите кабину.",
    },
  },
  "delivery/head-too-large": {
    cause: {
      en: "Manifest and signature are larger than {limitBytes} bytes.",
      ru: "Манифест с подписью больше {limitBytes} байт.",
    },
    next: {
      en: "The booth that sealed it is faulty; keep the package and update the booth.",
      ru: "Запечатавшая его кабина неисправна; сохраните пакет и обновите кабину.",
    },
  },
  "delivery/offer-malformed": {
    cause: {
      en: "The offer of a package is not of the agreed form ({reason}).",
      ru: "Заявка на передачу пакета не соответствует форме ({reason}).",
    },
    next: { en: "Update the booth's software.", ru: "Обновите программу кабины." },
  },
  "pickup/question-malformed": {
    cause: {
      en: "What the booth asks about a finished document is not of the agreed form.",
      ru: "Вопрос кабины о готовом документе не соответствует форме.",
    },
    next: { en: "Update the booth's software.", ru: "Обновите программу кабины." },
  },
  "delivery/package-too-large": {
    cause: {
      en: "The package is larger than the server takes ({limitBytes} bytes).",
      ru: "Пакет больше, чем принимает сервер ({limitBytes} байт).",
    },
    next: {
      en: "Keep the package; ask for a higher limit, or enrol again with fewer captures.",
      ru: "Сохраните пакет; запросите больший предел или запишите заново с меньшим числом снимков.",
    },
  },
});
