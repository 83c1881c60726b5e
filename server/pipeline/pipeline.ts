/**
 * Takes each received case through the stages. A stage's result is durable before the next begins; after a crash the case goes
 * on at the first stage without a result; a replay forgets the results and does them all again.
 */
import type { Clock } from "../../crypto/environment.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import { Enrolment } from "../../crypto/package/enrolment.ts";
import type { CaseState, Risk } from "../review/api.ts";
import type { CaseRecord, StoredCheck } from "../store/cases.ts";
import type { Store } from "../store/store.ts";
import type { PipelineStage, StageInput } from "./stage.ts";

export interface PipelineOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** In the order of STAGES. */
  readonly stages: readonly PipelineStage[];
  /** Where a package's bytes are. */
  readonly packagePath: (sha256: string) => string;
  /** A case's queue line changed. */
  readonly onChange: () => void;
  /** A failure without a code: for the log. */
  readonly onFault: (error: unknown) => void;
}

export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #waiting = new Set<string>();
  #running: Promise<void> | null = null;
  #closed = false;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /** Takes up what a crash or a stop left unfinished. */
  resume(): void {
    for (const { caseId } of this.#options.store.cases.inStates("processing").reverse()) this.submit(caseId);
  }

  submit(caseId: string): void {
    this.#waiting.add(caseId);
    this.#start();
  }

  /** Does every stage of a case again. @throws KabinaError `review/case-unknown`, `review/case-decided` */
  async replay(caseId: string): Promise<void> {
    const { store, clock, onChange } = this.#options;
    const at = clock.now().toISOString();
    await store.commits.commit(() => {
      const record = store.cases.find(caseId);
      if (!record) throw new KabinaError("review/case-unknown", { case: caseId });
      if (record.state !== "waiting" && record.state !== "failed" && record.state !== "processing") {
        throw new KabinaError("review/case-decided", { case: caseId });
      }
      if (store.erasures.of(caseId).length > 0) throw new KabinaError("store/erased", { case: caseId, at: "" });
      store.cases.dropStages(caseId);
      store.cases.change(caseId, at, { state: "processing" }, "changed");
      store.cases.addHistory(caseId, { at, by: "server", event: "replayed", detail: null });
    });
    onChange();
    this.submit(caseId);
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    while (this.#running) await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.idle();
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#waiting.size > 0 && !this.#closed) this.#start();
    });
  }

  async #run(): Promise<void> {
    for (const caseId of this.#waiting) {
      if (this.#closed) return;
      this.#waiting.delete(caseId);
      await this.#process(caseId).catch((error) => this.#options.onFault(error));
    }
  }

  async #process(caseId: string): Promise<void> {
    const { store, stages } = this.#options;
    for (const stage of stages) {
      if (this.#closed) return;
      const record = store.cases.find(caseId);
      if (record?.state !== "processing") return;
      if (store.cases.stages(caseId).some((done) => done.stage === stage.name)) continue;
      try {
        await this.#runStage(stage, record);
      } catch (error) {
        if (!isCoded(error)) this.#options.onFault(error);
        const code = isCoded(error) ? error.code : "review/stage-failed";
        return this.#finish(caseId, "failed", "high", `${stage.name}: ${code}`);
      }
    }
    const checks = store.cases.stages(caseId).flatMap((result) => result.checks);
    await this.#finish(caseId, "waiting", riskOf(checks), null);
  }

  async #runStage(stage: PipelineStage, record: CaseRecord): Promise<void> {
    const { store, clock } = this.#options;
    const begun = clock.monotonic();
    const outcome = await stage.run(this.#inputOf(record));
    const ms = clock.monotonic() - begun;
    const finishedAt = clock.now().toISOString();
    await store.commits.commit(() => {
      outcome.commit?.();
      store.cases.putStage(record.caseId, { stage: stage.name, checks: outcome.checks, finishedAt, ms });
    });
  }

  async #finish(caseId: string, state: CaseState, risk: Risk, detail: string | null): Promise<void> {
    const { store, clock, onChange } = this.#options;
    const at = clock.now().toISOString();
    await store.commits.commit(() => {
      const known = store.cases.history(caseId).some(({ event }) => event === "queued");
      store.cases.change(caseId, at, { state, risk }, known ? "changed" : "added");
      store.cases.addHistory(caseId, { at, by: "server", event: "queued", detail });
    });
    onChange();
  }

  #inputOf(record: CaseRecord): StageInput {
    const { store, clock, packagePath } = this.#options;
    const received = store.packages.find(record.packageSha256);
    if (!received) throw new KabinaError("store/damaged");
    const part = async (name: string) => {
      if (!store.parts.list(record.caseId).some((stored) => stored.name === name)) return undefined;
      return (await store.parts.read(record, name)).bytes;
    };
    return {
      record,
      package: received,
      packagePath: packagePath(record.packageSha256),
      store,
      clock,
      part,
      enrolment: async () => readEnrolment(await part("enrolment")),
    };
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The record of a session; undefined when it is not UTF-8, not JSON or not of the agreed form. */
export function readEnrolment(bytes: Uint8Array | undefined): Enrolment | undefined {
  if (!bytes) return undefined;
  try {
    return Enrolment.parse(JSON.parse(utf8.decode(bytes)));
  } catch {
    return undefined;
  }
}

/** Checks whose failure means that somebody may be deceiving, or that the case cannot be used. */
const GRAVE: ReadonlySet<string> = new Set([
  "record/form",
  "record/parts",
  "record/images",
  "device/time",
  "chip/files",
  "chip/passive-authentication",
  "duplicates/within",
  "duplicates/others",
]);

/** Checks that only a copied chip, or another person than its holder, fails; that they cannot be made is usual and says nothing. */
const OF_A_COPY: ReadonlySet<string> = new Set([
  "chip/active-authentication",
  "chip/chip-authentication",
  "chip/access-control",
  "chip/fingerprints",
]);

/** That a device has no certificate is usual yet; that its signature is wrong is not. */
const OF_A_DEVICE = "device/trust";

/** High: a grave check failed. Medium: another failed, or a grave one could not be made. Low: the rest. */
function riskOf(checks: readonly StoredCheck[]): Risk {
  const failed = checks.filter(({ status }) => status === "failed");
  if (failed.some(({ check }) => GRAVE.has(check) || OF_A_COPY.has(check) || check === OF_A_DEVICE)) return "high";
  const unmade = checks.filter(({ status, check }) => status === "not-checked" && GRAVE.has(check));
  return failed.length > 0 || unmade.length > 0 ? "medium" : "low";
}
