/** What a stage of the pipeline is: it looks at one case and says what its checks came to; done twice it says the same. */
import type { Clock } from "../../crypto/environment.ts";
import type { Enrolment } from "../../crypto/package/enrolment.ts";
import type { CheckName, Stage } from "../review/api.ts";
import type { CaseRecord, StoredCheck } from "../store/cases.ts";
import type { PackageRecord } from "../store/packages.ts";
import type { Store } from "../store/store.ts";

export interface StageInput {
  readonly record: CaseRecord;
  readonly package: PackageRecord;
  /** The sealed package on the disk. */
  readonly packagePath: string;
  readonly store: Store;
  readonly clock: Clock;
  /** Opened bytes of a part; undefined when the package has none of that name. */
  part(name: string): Promise<Buffer | undefined>;
  /** The record of the session; undefined when it is not of the agreed form (stage `validate` says so). */
  enrolment(): Promise<Enrolment | undefined>;
}

export interface StageOutcome {
  readonly checks: readonly StoredCheck[];
  /** What else becomes durable together with the result. */
  readonly commit?: () => void;
}

export interface PipelineStage {
  readonly name: Stage;
  run(input: StageInput): Promise<StageOutcome>;
}

type Measures = StoredCheck["measures"];

/** The outcomes of a check, for one stage. */
export function checksOf(stage: Stage) {
  const check = (name: CheckName, status: StoredCheck["status"], reason: string | null, measures: Measures) => ({
    stage,
    check: name,
    status,
    reason,
    measures,
  });
  return {
    passed: (name: CheckName, measures: Measures = {}): StoredCheck => check(name, "passed", null, measures),
    failed: (name: CheckName, reason: string, measures: Measures = {}): StoredCheck =>
      check(name, "failed", reason, measures),
    notChecked: (name: CheckName, reason: string, measures: Measures = {}): StoredCheck =>
      check(name, "not-checked", reason, measures),
    notSupported: (name: CheckName, reason: string, measures: Measures = {}): StoredCheck =>
      check(name, "not-supported", reason, measures),
  };
}
