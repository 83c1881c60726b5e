import type { attentionEn, roomsEn, tamperEn } from "./attention-en.ts";

export const roomsRu: typeof roomsEn = {
  label: "Разделы",
  overview: "Обзор",
  again: "Проверить снова",
  officers: "Два офицера",
  policy: "Политика",
};

export const attentionRu: typeof attentionEn = {
  title: "Требует внимания",
  none: "Ничто не требует внимания.",
  show: "Показать",
  requests: "Кабин ждёт сертификата: {{number}}",
  proposals: "Предложений ждёт второго офицера: {{number}}",
  looks: "Дел проверить снова: {{number}}",
  tampered: "{{booth}}: {{what}}",
  silent: "{{booth}}: молчит {{time}}",
  clock: "{{booth}}: часы расходятся на {{time}}",
  devices: "{{booth}}: неисправных устройств: {{number}}",
  log: "{{booth}}: улик против её журнала: {{number}}",
  unlogged: "{{booth}}: пакетов, не названных её журналом: {{number}}",
  ending: "Сертификатов кончится за {{days}} дней: {{number}}",
};

export const tamperRu: typeof tamperEn = {
  title: "Вскрытие",
  quiet: "тихо",
  unknown: "–",
  open: "шкаф открыт сейчас",
  silent: "датчик шкафа не отвечает",
  kind: {
    "cabinet-opened": "шкаф открывали",
    "clock-jumped": "часы перевели",
    "machine-changed": "данные на другой машине",
    "keys-changed": "ключи подменены извне",
  },
  at: "{{what}} {{time}}",
  seen: "Разобрались",
};
