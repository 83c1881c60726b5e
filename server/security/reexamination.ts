/**
 * Revocations and hot-lists applied to what is here already, dated back to the suspected moment (docs/formats/package.md §12): finds the
 * cases that must be looked at again, marks them for operators, and keeps the list until an officer says that somebody has looked.
 */
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { isMeant } from "../../crypto/device/device.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { standingOf } from "../../crypto/package/time-bounds.ts";
import type { Knowledge } from "../pipeline/knowledge.ts";
import type { Register } from "../register/register.ts";
import type { Look, LookFinding } from "../review/api.ts";
import { boundsOf, type ReceivedSeal } from "../store/seals.ts";
import type { SecondLook, SecondLookCause } from "../store/second-looks.ts";
import type { Store } from "../store/store.ts";
import type { LookAgain } from "./api.ts";

const LOOK_EVERY_MS = 5000;
/** Milliseconds for which a package may be on its way through the pipeline. */
const LATELY_MS = 24 * 60 * 60_000;
/** What was looked at that is still listed. */
const CLOSED_SHOWN = 100;

export interface ReexaminationTools {
  readonly store: Pick<
    Store,
    "cases" | "seals" | "devices" | "staff" | "decisions" | "looks" | "commits" | "decisions"
  >;
  readonly register: Register;
  readonly known: Knowledge;
  readonly clock: Clock;
  /** A case's queue line changed. */
  readonly onChange: () => void;
}

/** A doubt as people see it: a certificate by the name that stands in it. */
export function lookShown(
  { caseId: _, ...look }: Omit<SecondLook, "caseId"> & { readonly caseId?: string },
  register: Register,
): Look {
  if (look.cause === "policy") {
    const doubted = register.doubtedPolicies().get(look.subject);
    return { ...look, name: doubted ? String(doubted.version) : null };
  }
  const named = look.cause === "booth" || look.cause === "sensor";
  return { ...look, name: (named && register.certificate(look.subject)?.name) || null };
}

interface Doubt {
  readonly cause: SecondLookCause;
  readonly subject: string;
  readonly since: Date;
  /** From then on it is no doubt any more. */
  readonly until?: Date | null;
}

export class Reexamination {
  readonly #tools: ReexaminationTools;
  #version = -1;
  #hotList = "";
  /** Doubted policies for which everything that is here was looked through. */
  readonly #policies = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(tools: ReexaminationTools) {
    this.#tools = tools;
  }

  /** Looks every few seconds whether anything was taken back, by this process or another. */
  start(onFault: (error: unknown) => void): void {
    this.#timer = setInterval(() => void this.#look().catch(onFault), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Applies everything that was taken back; done again it finds nothing new. How many cases were found. */
  async apply(): Promise<number> {
    const { register, store, known } = this.#tools;
    const found = new Set<string>();
    const doubt = (seal: ReceivedSeal, why: Doubt) => {
      if (this.#raise(seal, why)) found.add(seal.caseId);
    };
    for (const issuer of ["booths", "sensors"] as const)
      for (const record of register.revoked(issuer)) {
        const since = known.revokedSince(new Certificate(record.der));
        if (since === null) continue;
        const why = { cause: issuer === "booths" ? "booth" : "sensor", subject: record.serial, since } as const;
        const seals =
          issuer === "booths"
            ? store.seals.ofCertificate(record.sha256)
            : store.devices.ofCertificate(record.sha256).flatMap(({ caseId }) => store.seals.ofCase(caseId) ?? []);
        for (const seal of seals) doubt(seal, why);
      }
    for (const { id, devices, since, until } of (await known.hotList())?.entries ?? []) {
      const why = {
        cause: "hot-list",
        subject: id,
        since: new Date(since),
        until: until === null ? null : new Date(until),
      } as const;
      for (const { caseId } of store.devices.meant((device) => isMeant(devices, device))) {
        const seal = store.seals.ofCase(caseId);
        if (seal) doubt(seal, why);
      }
    }
    for (const [person, since] of register.doubtedStaff()) {
      const why = { cause: "operator", subject: person, since } as const;
      for (const caseId of store.staff.of(person)) {
        const seal = store.seals.ofCase(caseId);
        if (seal) doubt(seal, why);
      }
      // A decision's time is this server's own: nothing about it is to be proved.
      for (const caseId of store.decisions.by(person, since.toISOString()))
        if (this.#mark(caseId, why, "look-again")) found.add(caseId);
    }
    for (const [hash, { since }] of register.doubtedPolicies()) {
      const key = `${hash} ${since.toISOString()}`;
      // All of them once; afterwards those that have come lately: what comes later is judged as it comes (`policyDoubt`).
      const seals = store.seals.ofPolicy(hash, this.#policies.has(key) ? this.#lately() : "");
      for (const seal of seals) doubt(seal, { cause: "policy", subject: hash, since });
      this.#policies.add(key);
    }
    if (found.size > 0) this.#tools.onChange();
    return found.size;
  }

  #lately(): string {
    return new Date(this.#tools.clock.now().getTime() - LATELY_MS).toISOString();
  }

  /** What must be looked at again and what was, and which places of the booths' lines are empty. */
  list(): LookAgain {
    const { store, register } = this.#tools;
    const items = [...store.looks.open(), ...store.looks.closed(CLOSED_SHOWN)].flatMap(({ caseId, ...look }) => {
      const seal = store.seals.ofCase(caseId);
      const record = store.cases.find(caseId);
      if (!seal || !record) return [];
      const { packageId, booth, claimedAt, receivedAt } = seal;
      const decided = store.decisions.find(caseId);
      const decision = decided && {
        ...{ kind: decided.decision.kind, by: decided.operator, at: decided.decidedAt },
        again: decided.decidedAt > look.foundAt,
      };
      const shown = lookShown(look, register);
      return [
        { ...shown, caseId, packageId, booth, claimedAt, receivedAt, state: record.state, decision: decision ?? null },
      ];
    });
    return { items, gaps: store.seals.gaps() };
  }

  /** Somebody has looked, and the case is as it was. Throws `security/nothing-to-close`. */
  async done(caseId: string, by: string): Promise<void> {
    const { store, register, clock, onChange } = this.#tools;
    const at = clock.now().toISOString();
    await store.commits.commit(() => {
      if (store.looks.close(caseId, by, at) === 0) throw new KabinaError("security/nothing-to-close", { case: caseId });
      store.cases.addHistory(caseId, { at, by, event: "looked-again", detail: null });
      store.cases.change(caseId, at, {}, "changed");
    });
    register.note(() => register.addEvent({ at, by, kind: "case.looked-again", subject: caseId, data: {} }));
    onChange();
  }

  /**
   * A second pair of eyes says what the doubt comes to: the case stands, or its decision is taken back and it is decided anew, which then
   * closes it. Throws `security/nothing-to-close`, `security/own-decision`, `security/not-decided`.
   */
  async judge(caseId: string, by: string, { finding }: LookFinding): Promise<void> {
    const { store, register, clock, onChange } = this.#tools;
    const decided = store.decisions.find(caseId);
    if (decided?.operator === by) throw new KabinaError("security/own-decision");
    if (decided?.state !== "final") throw new KabinaError("security/not-decided", { case: caseId });
    if (finding === "stands") return this.done(caseId, by);
    const at = clock.now().toISOString();
    await store.commits.commit(() => {
      if (!store.looks.ofCase(caseId).some(({ closedAt }) => closedAt === null))
        throw new KabinaError("security/nothing-to-close", { case: caseId });
      if (!store.decisions.reopen(caseId)) throw new KabinaError("security/not-decided", { case: caseId });
      store.cases.change(caseId, at, { state: decided.stateBefore, risk: "high" }, "changed");
      store.cases.addHistory(caseId, { at, by, event: "reopened", detail: null });
    });
    const data = { decision: decided.decision.kind, operator: decided.operator, decidedAt: decided.decidedAt };
    register.note(() => register.addEvent({ at, by, kind: "case.reopened", subject: caseId, data }));
    onChange();
  }

  async #look(): Promise<void> {
    const { register, known } = this.#tools;
    const version = register.version();
    const hotList = (await known.hotList())?.issuedAt ?? "";
    if (version === this.#version && hotList === this.#hotList) return;
    await this.apply();
    // Our own notes in the register make no new version; another process's are looked at once more.
    this.#version = version;
    this.#hotList = hotList;
  }

  /** False when the case is believed all the same, or the doubt was known. */
  #raise(seal: ReceivedSeal, { cause, subject, since, until }: Doubt): boolean {
    const { store, known } = this.#tools;
    const bounds = boundsOf(seal, store.seals.provedAt(seal, seal.receivedAt, known.headHeardAt));
    if (until && bounds.after !== null && bounds.after >= until) return false;
    const standing = standingOf(bounds, since);
    if (standing === "believed") return false;
    // Under a doubted policy a package is what it says: whether it may stay is for a person to say.
    return this.#mark(seal.caseId, { cause, subject, since }, cause === "policy" ? "look-again" : standing);
  }

  /** False when the doubt was known. */
  #mark(caseId: string, { cause, subject, since }: Doubt, standing: SecondLook["standing"]): boolean {
    const { store, register, clock } = this.#tools;
    const at = clock.now().toISOString();
    const look = { caseId, cause, subject, since: since.toISOString(), standing, foundAt: at };
    let added = false;
    store.commits.note(() => {
      added = store.looks.add(look);
      if (!added) return;
      store.cases.addHistory(caseId, { at, by: "server", event: "look-again", detail: `${cause} ${subject}` });
      store.cases.change(caseId, at, { risk: "high" }, "changed");
    });
    if (!added) return false;
    const data = { cause, of: subject, since: look.since, standing };
    register.note(() => register.addEvent({ at, by: "server", kind: "case.look-again", subject: caseId, data }));
    return true;
  }
}
