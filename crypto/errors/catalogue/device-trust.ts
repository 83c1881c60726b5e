import { errorTexts } from "./entry.ts";

/** Hot-lists and certificates of devices. */
export const deviceTrustErrors = errorTexts({
  "hot-list/malformed": {
    cause: { en: "This is no hot-list of devices: {reason}.", ru: "Это не стоп-лист устройств: {reason}." },
    next: {
      en: "Correct it as docs/formats/device.md says, and propose it again.",
      ru: "Исправьте его по docs/formats/device.md и предложите снова.",
    },
  },
});
