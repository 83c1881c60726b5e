/** A reading as a page for people: what was proved and how, every step, every exchange; personal data only when asked for. */
import { explain, type Language } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { RecordedApdu } from "../card/recorded-channel.ts";
import { wholeVerdict } from "../proof/reason.ts";
import type { ProofResult, Verdict } from "../proof/verdict.ts";
import type { PassportReading } from "./read-passport.ts";

export interface ReportInput {
  /** What was read, or why nothing was. */
  readonly outcome: PassportReading | Error;
  readonly apdus: readonly RecordedApdu[];
  readonly at: Date;
  readonly language: Language;
  /** Shows the MRZ and the portrait. */
  readonly personal: boolean;
}

const texts = {
  title: { en: "Reading of a travel document's chip", ru: "Чтение чипа документа" },
  access: { en: "Opened with", ru: "Доступ" },
  whole: {
    passed: { en: "The document is genuine", ru: "Документ подлинный" },
    failed: { en: "The document is not to be believed", ru: "Документу нельзя верить" },
    "not-checked": { en: "The document is not proved", ru: "Подлинность документа не доказана" },
    unread: { en: "The document was not read", ru: "Документ не прочитан" },
  },
  old: {
    en: "Its security object is signed with SHA-1, as old documents are.",
    ru: "Объект защиты подписан с SHA-1, как у старых документов.",
  },
  proofs: { en: "Proofs", ru: "Проверки" },
  steps: { en: "Steps", ru: "Шаги" },
  exchanges: { en: "Exchanges", ru: "Обмены" },
  hidden: { en: "Personal data is left out.", ru: "Персональные данные не показаны." },
  columns: {
    steps: { en: ["Step", "ms", "APDUs", "Bytes", "Failure"], ru: ["Шаг", "мс", "APDU", "Байт", "Сбой"] },
    exchanges: {
      en: ["#", "CLA INS P1 P2", "Sent", "Received", "Status", "ms"],
      ru: ["№", "CLA INS P1 P2", "Отправлено", "Получено", "Статус", "мс"],
    },
  },
  proof: {
    passiveAuthentication: { en: "Passive authentication", ru: "Пассивная аутентификация" },
    activeAuthentication: { en: "Active authentication", ru: "Активная аутентификация" },
    chipAuthentication: { en: "Chip authentication", ru: "Аутентификация чипа" },
    accessControl: { en: "Access protocols", ru: "Протоколы доступа" },
  },
  verdict: {
    passed: { en: "passed", ru: "пройдена" },
    failed: { en: "failed", ru: "не пройдена" },
    "not-checked": { en: "not checked", ru: "не проверена" },
    "not-supported": { en: "not supported by the document", ru: "документ не поддерживает" },
  },
} as const;

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1f}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .5rem;border-bottom:1px solid #ccc}
td.number{text-align:right;font-variant-numeric:tabular-nums}pre{background:#f3f3f5;padding:1rem}
.whole{font-size:1.5rem;margin-bottom:0}
.passed{color:#0b6b2e}.failed{color:#a4001c;font-weight:bold}.not-checked,.not-supported{color:#5a5a66}`;

/** One self-contained HTML page; it loads nothing. */
export function composeReport({ outcome, apdus, at, language, personal }: ReportInput): string {
  const t = <Text>(text: { readonly en: Text; readonly ru: Text }) => text[language];
  const parts = outcome instanceof Error ? unread(outcome, language) : read(outcome, language, personal);
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>${t(texts.title)}</title><style>${style}</style></head><body>
<h1>${t(texts.title)}</h1>
<p>${at.toISOString()}</p>
${parts}
<h2>${t(texts.exchanges)}</h2>
${table(
  texts.columns.exchanges[language],
  apdus.map((apdu, i) => [i + 1, apdu.header, apdu.commandBytes, apdu.responseBytes, apdu.status, apdu.milliseconds]),
)}
</body></html>
`;
}

/** The verdict first, in one sentence with its reasons. */
function verdictOf(verdict: string, text: string, causes: readonly string[]): string {
  return `<p class="whole ${verdict}">${text}</p>${causes.map((cause) => `<p>${cause}</p>`).join("")}`;
}

function unread(error: Error, language: Language): string {
  const { cause, next, code } = explain(error, language);
  return verdictOf("failed", texts.whole.unread[language], [causeOf(cause, next, code)]);
}

function read({ steps, proof, mrz, portrait, access }: PassportReading, language: Language, personal: boolean): string {
  const t = <Text>(text: { readonly en: Text; readonly ru: Text }) => text[language];
  const proofRows = (Object.keys(texts.proof) as (keyof typeof texts.proof)[]).map((name) =>
    proofRow(t(texts.proof[name]), proof[name], t(texts.verdict[proof[name].verdict as Verdict]), language),
  );
  const whole = wholeVerdict(proof);
  const kind = whole.verdict === "passed" || whole.verdict === "failed" ? whole.verdict : "not-checked";
  const old = proof.passiveAuthentication.digestAlgorithm === "sha1" ? [t(texts.old)] : [];
  const picture = Buffer.from(portrait.data).toString("base64");
  const person = personal
    ? `<pre>${mrz.lines.map(escapeHtml).join("\n")}</pre>${portrait.mediaType === "image/jpeg" ? `<img alt="" height="240" src="data:image/jpeg;base64,${picture}">` : ""}`
    : `<p>${t(texts.hidden)}</p>`;
  return `${verdictOf(kind, t(texts.whole[kind]), [...causesOf(whole, language), ...old])}
${person}
<h2>${t(texts.proofs)}</h2>
<p>${t(texts.access)}: ${access}</p>
<table>${proofRows.join("\n")}</table>
<h2>${t(texts.steps)}</h2>
${table(
  texts.columns.steps[language],
  steps.map((step) => [step.name, step.milliseconds, step.apdus, step.bytes, step.failure ?? ""]),
)}`;
}

const causeOf = (cause: string, next: string, code: string) =>
  `${escapeHtml(cause)} ${escapeHtml(next)} <small>${escapeHtml(code)}</small>`;

function causesOf({ reasons }: ProofResult, language: Language): string[] {
  return reasons.map(({ code, details }) => {
    const { cause, next } = explain(new KabinaError(code, details), language);
    return causeOf(cause, next, code);
  });
}

function proofRow(name: string, proof: ProofResult, text: string, language: Language): string {
  const causes = causesOf(proof, language).map((cause) => `<br>${cause}`);
  return `<tr><th>${name}</th><td><span class="${proof.verdict}">${text}</span>${causes.join("")}</td></tr>`;
}

function table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const head = columns.map((column) => `<th>${escapeHtml(column)}</th>`).join("");
  const cell = (value: string | number) =>
    typeof value === "number" ? `<td class="number">${value}</td>` : `<td>${escapeHtml(value)}</td>`;
  return `<table><tr>${head}</tr>\n${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("\n")}</table>`;
}

/** A chip can put anything into a text. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
