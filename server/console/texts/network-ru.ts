import type { networkEn } from "./network-en.ts";

export const networkRu: typeof networkEn = {
  console: "Сеть",
  title: "Что выдали офисы и остановки",
  places: "Офисы и остановки",
  period: "Период",
  days: "{{days}} дн.",
  csv: "Таблицей (CSV)",
  since: "Поступившее с {{day}}",
  none: "За это время ничего не поступило.",
  place: "Офис или остановка",
  count: {
    received: "Принято",
    waiting: "Ждут",
    accepted: "Одобрено",
    retake: "Снять заново",
    escalated: "У руководителя",
    ordered: "Документы",
  },
  delivery: "В пути",
  decision: "До решения",
  last: "Последнее",
  total: "Всего",
  at: "где {{latitude}}, {{longitude}}",
  empty: "Для вашей роли здесь пока ничего нет.",
  emptyLead: "Спросите офицера безопасности, та ли это роль.",
};
