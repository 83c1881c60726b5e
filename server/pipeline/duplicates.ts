/** Looks for the same finger twice: within the case (one finger given for another) and among those enrolled before. */
import { createHash } from "node:crypto";
import { deserialize } from "node:v8";
import type { Template } from "../../biometrics/finger/finger.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { CaseRecord, StoredCheck } from "../store/cases.ts";
import type { Store } from "../store/store.ts";
import type { FingerEngine, NamedTemplate } from "./finger-engine.ts";
import { PIPELINE_LIMITS } from "./limits.ts";
import { TEMPLATE_TYPE } from "./quality.ts";
import { checksOf, type PipelineStage } from "./stage.ts";

const { passed, failed, notChecked } = checksOf("duplicates");

export function duplicatesStage(engine: FingerEngine): PipelineStage {
  return {
    name: "duplicates",
    async run({ record, store }) {
      const own = await templatesOf(record, store);
      if (own.size === 0) {
        return {
          checks: [
            notChecked("duplicates/within", "review/prints-absent"),
            notChecked("duplicates/others", "review/prints-absent"),
          ],
        };
      }
      try {
        return { checks: [await within([...own.values()], engine), await among(own, record, store, engine)] };
      } catch (error) {
        if (!(error instanceof KabinaError) || error.code !== "review/finger-engine-failed") throw error;
        return {
          checks: [notChecked("duplicates/within", error.code), notChecked("duplicates/others", error.code)],
        };
      }
    },
  };
}

/** By the name of their part. A replay may have made a case's templates anew, so the engine knows them by their content. */
async function templatesOf(record: CaseRecord, store: Store): Promise<Map<string, NamedTemplate>> {
  const found = new Map<string, NamedTemplate>();
  for (const { name, mediaType } of store.parts.list(record.caseId)) {
    if (mediaType !== TEMPLATE_TYPE) continue;
    const { bytes } = await store.parts.read(record, name);
    const unique = createHash("sha256").update(bytes).digest("hex");
    found.set(name, { name: unique, template: deserialize(bytes) as Template });
  }
  return found;
}

async function within(own: readonly NamedTemplate[], engine: FingerEngine): Promise<StoredCheck> {
  let highest = 0;
  for (const [index, a] of own.entries()) {
    for (const b of own.slice(index + 1)) highest = Math.max(highest, await engine.compare(a, b));
  }
  if (own.length < 2) return notChecked("duplicates/within", "review/one-print-only");
  const measures = { highest: round(highest), threshold: PIPELINE_LIMITS.sameFinger };
  return highest < PIPELINE_LIMITS.sameFinger
    ? passed("duplicates/within", measures)
    : failed("duplicates/within", "review/same-finger-twice", measures);
}

/** Each print against the same position of the people before; a hit is for a person to judge, never a refusal by itself. */
async function among(
  own: ReadonlyMap<string, NamedTemplate>,
  record: CaseRecord,
  store: Store,
  engine: FingerEngine,
): Promise<StoredCheck> {
  let highest = 0;
  let nearest: string | null = null;
  let compared = 0;
  const others = store.cases
    .inStates("waiting", "accepted", "retake", "escalated")
    .filter(({ caseId }) => caseId !== record.caseId);
  for (const other of others.slice(0, PIPELINE_LIMITS.duplicatesComparedWith)) {
    compared++;
    const theirs = await templatesOf(other, store);
    for (const [part, template] of own) {
      const theirTemplate = theirs.get(part);
      const score = theirTemplate ? await engine.compare(template, theirTemplate) : 0;
      if (score > highest) [highest, nearest] = [score, other.caseId];
    }
  }
  const measures = { compared, of: others.length, highest: round(highest), threshold: PIPELINE_LIMITS.sameFinger };
  if (highest >= PIPELINE_LIMITS.sameFinger) {
    return failed("duplicates/others", "review/enrolled-before", { ...measures, nearest });
  }
  return compared < others.length
    ? notChecked("duplicates/others", "review/duplicates-partly", measures)
    : passed("duplicates/others", measures);
}

const round = (score: number): number => Math.round(score * 10) / 10;
