/**
 * At the desk: one fresh finger against the booth's prints of a case, so that who stands there is who was in the booth (row H3). The verdict goes
 * into the case's history with its score, threshold and template version; the finger itself is kept nowhere.
 */
import type { Clock } from "../../crypto/environment.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { FingerEngine } from "../pipeline/finger-engine.ts";
import type { GalleryFeed } from "../pipeline/gallery-feed.ts";
import { PIPELINE_LIMITS } from "../pipeline/limits.ts";
import { verdictMeasures } from "../pipeline/verdict.ts";
import type { Store } from "../store/store.ts";
import type { FreshFinger } from "./api.ts";

export interface DeskOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly engine: FingerEngine;
  readonly feed: GalleryFeed;
}

export class Desk {
  readonly #options: DeskOptions;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /**
   * @param operator who compares
   * @param file a picture or a record of one finger
   * @throws KabinaError `review/case-unknown`, `review/prints-absent`, `review/finger-file`, `review/finger-engine-failed`
   */
  async compare(caseId: string, operator: string, file: Uint8Array): Promise<FreshFinger> {
    const { store, clock, engine, feed } = this.#options;
    const record = store.cases.find(caseId);
    if (!record) throw new KabinaError("review/case-unknown", { case: caseId });
    const prints = Object.entries(record.dataKey ? await feed.printsOf(record) : {});
    if (prints.length === 0) throw new KabinaError("review/prints-absent");
    const { template, assessment } = await this.#read(file);
    let best = { position: "", score: -1, print: template };
    for (const [position, print] of prints) {
      const score = await engine.compare(template, print);
      if (score > best.score) best = { position, score, print };
    }
    const verdict = verdictMeasures(best.score, PIPELINE_LIMITS.sameFinger, [template, best.print]);
    const same = best.score >= PIPELINE_LIMITS.sameFinger;
    const at = clock.now().toISOString();
    const sign = same ? "≥" : "<";
    const detail = `${best.position} ${verdict.score} ${sign} ${verdict.threshold}, FMR ${verdict.falseMatchRate}, ${verdict.template}`;
    await store.commits.commit(() =>
      store.cases.addHistory(caseId, { at, by: operator, event: same ? "finger-same" : "finger-other", detail }),
    );
    return {
      position: best.position,
      same,
      score: verdict.score,
      threshold: verdict.threshold,
      falseMatchRate: verdict.falseMatchRate,
      extrapolated: verdict.extrapolated,
      template: verdict.template,
      quality: assessment?.score ?? null,
      reasons: [...(assessment?.reasons ?? [])],
    };
  }

  async #read(file: Uint8Array) {
    try {
      return await this.#options.engine.read(file);
    } catch (error) {
      if (!isCoded(error) || error.code === "review/finger-engine-failed") throw error;
      throw new KabinaError("review/finger-file", { reason: error.code }, { cause: error });
    }
  }
}
