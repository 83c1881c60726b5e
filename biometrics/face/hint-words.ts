/** What is wrong with a portrait that was taken, in words, for whoever reads `kabina face assess`; the screens have their own, for the person. */
import type { HintCode } from "./hints.ts";

export type Language = "en" | "ru";

export const hintWords: Readonly<Record<HintCode, Readonly<Record<Language, string>>>> = {
  "camera-black": { en: "the picture is black", ru: "снимок чёрный" },
  "camera-frozen": { en: "the camera's picture stands still", ru: "изображение камеры застыло" },
  "no-face": { en: "no face is found", ru: "лицо не найдено" },
  "several-faces": { en: "there is more than one face", ru: "на снимке больше одного лица" },
  "come-closer": { en: "the face is too small", ru: "лицо слишком мелкое" },
  "move-back": { en: "the face is too large", ru: "лицо слишком крупное" },
  "move-left": { en: "the face is too near the picture's left edge", ru: "лицо слишком близко к левому краю снимка" },
  "move-right": {
    en: "the face is too near the picture's right edge",
    ru: "лицо слишком близко к правому краю снимка",
  },
  "sit-higher": { en: "there is too little picture below the face", ru: "под лицом слишком мало места" },
  "sit-lower": { en: "there is too little picture above the head", ru: "над головой слишком мало места" },
  "turn-left": { en: "the head is turned to the person's right", ru: "голова повёрнута вправо от человека" },
  "turn-right": { en: "the head is turned to the person's left", ru: "голова повёрнута влево от человека" },
  "chin-up": { en: "the head is bent down", ru: "голова наклонена вниз" },
  "chin-down": { en: "the head is thrown back", ru: "голова запрокинута" },
  "straighten-head": { en: "the head leans to one side", ru: "голова склонена набок" },
  "open-eyes": { en: "the eyes are not open", ru: "глаза не открыты" },
  "look-at-camera": { en: "the eyes look aside", ru: "взгляд в сторону" },
  "close-mouth": { en: "the mouth is open", ru: "рот открыт" },
  "neutral-face": { en: "the expression is not neutral", ru: "выражение лица не нейтральное" },
  "remove-dark-glasses": {
    en: "dark glasses, or something else, hide the eyes",
    ru: "глаза скрыты тёмными очками или чем-то ещё",
  },
  "tilt-glasses": { en: "the glasses mirror the light", ru: "очки бликуют" },
  "uncover-face": { en: "something covers part of the face", ru: "часть лица закрыта" },
  "uncover-eyes": { en: "the eyes cannot be seen clearly", ru: "глаза плохо видны" },
  "remove-head-covering": { en: "the forehead is covered", ru: "лоб закрыт" },
  "more-light": { en: "there is too little light on the face", ru: "лицо слишком тёмное" },
  "less-light": { en: "there is too much light on the face", ru: "лицо слишком светлое" },
  "even-light": { en: "the light is uneven or has a colour", ru: "свет неровный или цветной" },
  "clear-background": { en: "the background is not plain and light", ru: "фон не ровный или не светлый" },
  "wipe-lens": { en: "the lens is dirty", ru: "объектив загрязнён" },
  "colour-needed": { en: "the picture has no colour", ru: "снимок не цветной" },
  "better-file": { en: "the file was compressed or scaled too much", ru: "файл слишком сжат или увеличен" },
  "no-flash": { en: "the eyes are red from a flash", ru: "красные глаза от вспышки" },
  "hold-still": { en: "the face is blurred", ru: "лицо размыто" },
  ready: { en: "nothing to mend", ru: "замечаний нет" },
};
