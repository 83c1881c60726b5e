/**
 * Decisions: durable as soon as they are made, undone within a short window, and only then final: signed into the audit log
 * with the operator's id, and as a notice for the booth.
 */
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { CaseRecord } from "../store/cases.ts";
import type { DecisionRecord, StoredDecision } from "../store/decisions.ts";
import type { PackageRecord } from "../store/packages.ts";
import type { Store } from "../store/store.ts";
import { type CaseState, type Decision, type DecisionAnswer, REVIEW_LIMITS } from "./api.ts";
import { decisionAnswer } from "./case-detail.ts";
import { failedPortrait } from "./portrait-view.ts";

/** Signs what an operator decided; both are called again with the same arguments after a crash in between. */
export interface DecisionSigner {
  /** Into the audit log; doing it twice leaves one entry. */
  audit(decision: DecisionRecord, of: PackageRecord): Promise<void>;
  /** For the booth. */
  notice(decision: DecisionRecord, of: PackageRecord): Promise<Uint8Array>;
}

export interface DecisionTools {
  readonly store: Store;
  readonly clock: Clock;
  readonly signer: DecisionSigner;
  readonly onChange: () => void;
  readonly onFault: (error: unknown) => void;
}

const STATES: Readonly<Record<Decision["kind"], CaseState>> = {
  accept: "accepted",
  retake: "retake",
  escalate: "escalated",
};

export class Decisions {
  readonly #tools: DecisionTools;
  #timer: NodeJS.Timeout | undefined;
  #finishing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(tools: DecisionTools) {
    this.#tools = tools;
  }

  /** Finishes what a stop left pending, each when its window ends. */
  resume(): void {
    this.#schedule();
  }

  /** @throws KabinaError `review/case-unknown`, `review/case-decided`, `review/case-changed`, `review/accept-failed-case`, `review/override-…` */
  async decide(caseId: string, operator: string, decision: Decision, version: number): Promise<DecisionAnswer> {
    const { store, clock, onChange } = this.#tools;
    const now = clock.now();
    const { note, plain } = withoutNote(decision);
    const before = this.#case(caseId);
    const sealedNote = note === undefined ? null : await store.notes.seal(before, note);
    await store.commits.commit(() => {
      const record = this.#case(caseId);
      if (sealedNote) {
        // Opened anew meanwhile: the note would be under a key that the case no longer has.
        if (!sameKey(record, before)) throw new KabinaError("review/case-changed", { case: caseId });
        if (sealedNote.wrapped) store.cases.setDataKey(caseId, sealedNote.wrapped);
        store.notes.put(caseId, sealedNote.sealed);
      }
      if (record.state !== "waiting" && record.state !== "failed") {
        throw new KabinaError("review/case-decided", { case: caseId });
      }
      if (record.version !== version) throw new KabinaError("review/case-changed", { case: caseId });
      // What could not be opened or checked cannot be accepted, whatever the console offers.
      if (record.state === "failed" && decision.kind === "accept") {
        throw new KabinaError("review/accept-failed-case", { case: caseId });
      }
      const at = now.toISOString();
      const undoUntil = new Date(now.getTime() + REVIEW_LIMITS.undoMs).toISOString();
      const failed = failedPortrait(store.cases.stages(caseId).flatMap(({ checks }) => checks));
      const decided = withMeasures(plain, failed, note);
      store.decisions.insert({
        caseId,
        decision: decided,
        operator,
        decidedAt: at,
        undoUntil,
        stateBefore: record.state,
      });
      store.cases.change(caseId, at, { state: STATES[decision.kind] }, "changed");
      store.cases.addHistory(caseId, { at, by: operator, event: "decided", detail: describe(decided) });
    });
    onChange();
    this.#schedule();
    return decisionAnswer(store.decisions.find(caseId), this.#case(caseId), note ?? null)!;
  }

  /** @throws KabinaError `review/case-unknown`, `review/undo-too-late` */
  async undo(caseId: string, operator: string): Promise<DecisionAnswer> {
    const { store, clock, onChange } = this.#tools;
    const now = clock.now().toISOString();
    const note = await store.notes.read(this.#case(caseId));
    const undone = await store.commits.commit(() => {
      this.#case(caseId);
      const found = store.decisions.find(caseId);
      if (found?.state !== "pending" || found.undoUntil < now) throw new KabinaError("review/undo-too-late");
      if (found.operator !== operator) throw new KabinaError("review/undo-other", { by: found.operator });
      store.decisions.remove(caseId);
      store.notes.remove(caseId);
      store.cases.change(caseId, now, { state: found.stateBefore }, "changed");
      store.cases.addHistory(caseId, { at: now, by: operator, event: "undone", detail: null });
      return found;
    });
    onChange();
    return { ...decisionAnswer(undone, this.#case(caseId), note)!, state: "undone" };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#finishing;
  }

  #case(caseId: string): CaseRecord {
    const record = this.#tools.store.cases.find(caseId);
    if (!record) throw new KabinaError("review/case-unknown", { case: caseId });
    return record;
  }

  #schedule(): void {
    const { store, clock } = this.#tools;
    const next = store.decisions.pending()[0];
    clearTimeout(this.#timer);
    if (!next || this.#closed) return;
    const ms = Math.min(REVIEW_LIMITS.undoMs, Math.max(0, Date.parse(next.undoUntil) - clock.now().getTime() + 1));
    this.#timer = setTimeout(() => {
      this.#finishing = this.#finishDue()
        .catch((error) => this.#tools.onFault(error))
        .then(() => this.#schedule());
    }, ms);
    this.#timer.unref();
  }

  async #finishDue(): Promise<void> {
    const { store, clock, signer, onChange } = this.#tools;
    const now = clock.now().toISOString();
    for (const decision of store.decisions.pending().filter(({ undoUntil }) => undoUntil < now)) {
      const { caseId } = decision;
      const received = store.packages.find(this.#case(caseId).packageSha256)!;
      await signer.audit(decision, received);
      const notice = Buffer.from(await signer.notice(decision, received));
      await store.commits.commit(() => {
        if (!store.decisions.finish(caseId)) return;
        const { booth, packageId } = received;
        store.notices.insert({ booth, packageId, notice, madeAt: now });
        store.cases.change(caseId, now, {}, "changed");
        store.cases.addHistory(caseId, { at: now, by: "server", event: "signed", detail: null });
        // Who decides a case that is doubted has looked at it.
        const { operator: by, decidedAt } = decision;
        if (store.looks.close(caseId, by, now, decidedAt) > 0)
          store.cases.addHistory(caseId, { at: now, by, event: "looked-again", detail: null });
      });
    }
    onChange();
  }
}

/** What was decided, and what was written about it: that may speak of the person, and is kept apart. */
function withoutNote(decision: Decision): { plain: StoredDecision; note: string | undefined } {
  const { note, ...plain } = decision;
  return { plain, note };
}

/**
 * A portrait that failed is taken only with a reason, and which measures it was about is written down. Throws `review/override-needed`,
 * `review/override-idle`, `review/override-unexplained`.
 */
function withMeasures(
  decision: StoredDecision,
  failed: readonly string[] | null,
  note: string | undefined,
): StoredDecision {
  if (decision.kind !== "accept") return decision;
  if (failed !== null && decision.override === undefined)
    throw new KabinaError("review/override-needed", { measures: failed.join(", ") });
  if (failed === null && decision.override !== undefined) throw new KabinaError("review/override-idle");
  if (decision.override === "other" && note === undefined) throw new KabinaError("review/override-unexplained");
  return failed === null ? decision : { ...decision, overridden: failed };
}

const sameKey = (a: CaseRecord, b: CaseRecord): boolean =>
  a.dataKey === null ? b.dataKey === null : b.dataKey !== null && a.dataKey.equals(b.dataKey);

function describe(decision: StoredDecision): string {
  const reasons =
    decision.kind === "retake"
      ? decision.reasons
      : decision.kind === "accept" && decision.override !== undefined
        ? [decision.override, ...(decision.overridden ?? [])]
        : [];
  return [decision.kind, reasons.join(", ")].filter((text) => text !== "").join(": ");
}
