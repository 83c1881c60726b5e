/** Looks for the same finger twice: within the case (one finger given for another) and among all those enrolled before. */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { CaseRecord, StoredCheck } from "../store/cases.ts";
import type { Store } from "../store/store.ts";
import type { FingerEngine } from "./finger-engine.ts";
import type { Prints } from "./gallery.ts";
import type { GalleryFeed } from "./gallery-feed.ts";
import { PIPELINE_LIMITS, searchThreshold } from "./limits.ts";
import { checksOf, type PipelineStage } from "./stage.ts";
import { verdictMeasures } from "./verdict.ts";

const { passed, failed, notChecked } = checksOf("duplicates");

/** `feedOf` gives the gallery that goes with a store. */
export function duplicatesStage(engine: FingerEngine, feedOf: (store: Store) => GalleryFeed): PipelineStage {
  return {
    name: "duplicates",
    async run({ record, store }) {
      const feed = feedOf(store);
      const own = await feed.printsOf(record);
      if (Object.keys(own).length === 0) {
        return {
          checks: [
            notChecked("duplicates/within", "review/prints-absent"),
            notChecked("duplicates/others", "review/prints-absent"),
          ],
        };
      }
      try {
        const checks = [await within(own, engine), await among(record, own, feed)];
        await feed.enrol(record, own);
        return { checks };
      } catch (error) {
        if (!(error instanceof KabinaError) || error.code !== "review/finger-engine-failed") throw error;
        return {
          checks: [notChecked("duplicates/within", error.code), notChecked("duplicates/others", error.code)],
        };
      }
    },
  };
}

async function within(prints: Prints, engine: FingerEngine): Promise<StoredCheck> {
  const own = Object.values(prints);
  if (own.length < 2) return notChecked("duplicates/within", "review/one-print-only");
  let highest = 0;
  for (const [index, a] of own.entries()) {
    for (const b of own.slice(index + 1)) highest = Math.max(highest, await engine.compare(a, b));
  }
  const measures = verdictMeasures(highest, PIPELINE_LIMITS.sameFinger, own);
  return highest < PIPELINE_LIMITS.sameFinger
    ? passed("duplicates/within", measures)
    : failed("duplicates/within", "review/same-finger-twice", measures);
}

/** The same fingers of everybody before; a hit is for a person to judge, never a refusal by itself. */
async function among(record: CaseRecord, prints: Prints, feed: GalleryFeed): Promise<StoredCheck> {
  const { compared, score, nearest, fingers } = await feed.search(record, prints);
  const threshold = searchThreshold(compared);
  const each = Object.fromEntries(
    Object.entries(fingers).map(([position, own]) => [position, Math.round(own * 10) / 10]),
  );
  const measures = { compared, ...verdictMeasures(score, threshold, Object.values(prints)), ...each };
  return score < threshold
    ? passed("duplicates/others", measures)
    : failed("duplicates/others", "review/enrolled-before", { ...measures, nearest });
}
