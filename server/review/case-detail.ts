/** Everything that an operator sees of one case, made from the store when it is asked for. */
import { explain, type Language } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { type Enrolment, MrzFields, SignatureStrokes } from "../../crypto/package/enrolment.ts";
import { readEnrolment } from "../pipeline/pipeline.ts";
import type { Register } from "../register/register.ts";
import { lookShown } from "../security/reexamination.ts";
import type { CaseRecord, StoredCheck } from "../store/cases.ts";
import type { DecisionRecord, StoredDecision } from "../store/decisions.ts";
import type { Store } from "../store/store.ts";
import {
  type CaseDetail,
  CHECKS,
  type Check,
  Decision,
  type DecisionAnswer,
  type FieldComparison,
  type HistoryEntry,
  type Print,
} from "./api.ts";
import { erasuresOf } from "./erasure-view.ts";
import { CHIP_PORTRAIT, hasChipPortrait } from "./images.ts";
import { burstOf, likenessOf, measuresOf, policyOf, presentationOf, shotOf } from "./portrait-view.ts";
import { queueItem } from "./queue.ts";

/** @throws KabinaError `review/case-unknown` */
export async function readCase(
  caseId: string,
  { store, register }: { readonly store: Store; readonly register: Register },
  now: Date,
  language: Language,
): Promise<CaseDetail> {
  const record = store.cases.find(caseId);
  if (!record) throw new KabinaError("review/case-unknown", { case: caseId });
  const note = await store.notes.read(record);
  const results = store.cases.stages(caseId);
  const checks = results.flatMap((result) => result.checks);
  const present = new Set(store.parts.list(caseId).map(({ name }) => name));
  const image = (name: string) => (present.has(name) ? `/api/cases/${caseId}/images/${name}` : null);
  const enrolment = present.has("enrolment")
    ? readEnrolment((await store.parts.read(record, "enrolment")).bytes)
    : undefined;
  const booth = enrolment?.timings.map(({ step, ms }) => ({ where: "booth" as const, step, ms })) ?? [];
  return {
    item: queueItem(record, store, now),
    looks: store.looks.ofCase(caseId).map((look) => lookShown(look, register)),
    erasures: erasuresOf(caseId, store, record.packageSha256),
    portrait: image("portrait"),
    portraitMeasures: measuresOf(checks),
    portraitPolicy: policyOf(checks),
    shot: shotOf(enrolment?.portrait),
    presentation: presentationOf(checks, enrolment?.portrait),
    likeness: likenessOf(checks),
    burst: burstOf(enrolment?.portrait, present, image),
    override: overrideOf(store.decisions.find(caseId)),
    signature: present.has("signature") ? await readSignature(record, store) : null,
    prints: prints(enrolment, checks, image),
    chip: {
      access: enrolment?.document.chip?.access ?? null,
      portrait: hasChipPortrait(record, store) ? `/api/cases/${caseId}/images/${CHIP_PORTRAIT}` : null,
      dataGroups: enrolment?.document.chip?.files.map(({ part }) => part.slice("chip-".length).toUpperCase()) ?? [],
    },
    fields: fields(enrolment),
    checks: inOrder(checks).map((check) => withText(check, language)),
    consent: enrolment
      ? {
          givenAt: enrolment.consent.givenAt,
          language: enrolment.consent.language,
          textVersion: enrolment.consent.textVersion,
        }
      : null,
    timings: [...booth, ...results.map(({ stage, ms }) => ({ where: "server" as const, step: stage, ms }))],
    history: withNote(store.cases.history(caseId), note),
    decision: decisionAnswer(store.decisions.find(caseId), record, note),
  };
}

/** `note`: what was written with the decision, decrypted. */
export function decisionAnswer(
  found: DecisionRecord | undefined,
  record: CaseRecord,
  note: string | null,
): DecisionAnswer | null {
  if (!found) return null;
  const { caseId, state, operator: by, decidedAt: at, undoUntil } = found;
  // A form like the one that was sent; a note that is gone (its case's key was erased) leaves a dash.
  const decision = Decision.parse(
    found.decision.kind === "escalate"
      ? { ...found.decision, note: note ?? "–" }
      : { ...withoutMeasures(found.decision), ...(note === null ? {} : { note }) },
  );
  return { caseId, state, decision, by, at, undoUntil, version: record.version };
}

/** Which measures were overridden is the server's own finding, not a part of what was sent. */
function withoutMeasures(decision: StoredDecision): object {
  if (decision.kind !== "accept") return decision;
  const { overridden: _, ...sent } = decision;
  return sent;
}

function overrideOf(found: DecisionRecord | undefined): CaseDetail["override"] {
  if (found?.decision.kind !== "accept" || found.decision.override === undefined) return null;
  return { reason: found.decision.override, measures: [...(found.decision.overridden ?? [])] };
}

/** The history with the note in its place: at the decision that stands. */
function withNote(history: readonly HistoryEntry[], note: string | null): HistoryEntry[] {
  const last = history.findLastIndex(({ event }) => event === "decided");
  return history.map((entry, index) =>
    index === last && note !== null ? { ...entry, detail: `${entry.detail ?? ""}: ${note}` } : entry,
  );
}

async function readSignature(record: CaseRecord, store: Store): Promise<SignatureStrokes | null> {
  try {
    const { bytes } = await store.parts.read(record, "signature");
    return SignatureStrokes.parse(JSON.parse(bytes.toString("utf8")));
  } catch {
    // Check `record/form` or `record/parts` says what is wrong; a signature that cannot be drawn is not shown.
    return null;
  }
}

function prints(
  enrolment: Enrolment | undefined,
  checks: readonly StoredCheck[],
  image: (name: string) => string | null,
): Print[] {
  const measures = checks.find(({ check }) => check === "quality/prints")?.measures ?? {};
  return (enrolment?.fingers ?? []).map(({ position, part, tries, kept, missing }) => {
    const own = measures[position];
    return {
      position,
      image: part === null ? null : image(part),
      quality: kept === null ? null : (tries[kept]?.quality ?? null),
      serverQuality: typeof own === "number" ? own : null,
      tries: tries.map(({ quality, hints }) => ({ quality, reasons: hints })),
      kept,
      reason: missing,
    };
  });
}

function fields(enrolment: Enrolment | undefined): FieldComparison[] {
  if (!enrolment) return [];
  const { mrz, chip, comparison } = enrolment.document;
  return MrzFields.keyof().options.map((field) => {
    const disputed = comparison.some((compared) => compared.field === field && compared.disputed);
    const typed = mrz.fields[field];
    const read = chip?.fields[field] ?? null;
    return { field, mrz: typed, chip: read, confirmed: null, agree: !disputed && (read === null || read === typed) };
  });
}

function inOrder(checks: readonly StoredCheck[]): StoredCheck[] {
  return [...checks].sort((a, b) => CHECKS.indexOf(a.check) - CHECKS.indexOf(b.check));
}

function withText(check: StoredCheck, language: Language): Check {
  if (check.reason === null) return { ...check, text: null };
  const { cause, next } = explain(new KabinaError(check.reason, check.measures), language);
  return { ...check, text: { cause, next } };
}
