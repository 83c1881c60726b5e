/** Keeps the gallery of the finger thread as the store is: loaded whole at the start, added to by each case, taken from by an erasure. */
import { setImmediate as breath } from "node:timers/promises";
import { deserialize } from "node:v8";
import type { Template } from "../../biometrics/finger/finger.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { CaseRecord } from "../store/cases.ts";
import type { Store } from "../store/store.ts";
import type { FingerEngine } from "./finger-engine.ts";
import type { GalleryHit, Prints } from "./gallery.ts";
import { PIPELINE_LIMITS } from "./limits.ts";
import { TEMPLATE_TYPE, templatePart } from "./quality.ts";

/** Whoever has been through the pipeline: those are the earlier enrolments. */
const ENROLLED = ["waiting", "accepted", "retake", "escalated"] as const;

export class GalleryFeed {
  readonly #engine: FingerEngine;
  readonly #store: Store;
  #loading: Promise<void> | undefined;
  #loadedAt = -1;

  constructor(engine: FingerEngine, store: Store) {
    this.#engine = engine;
    this.#store = store;
    store.parts.onDrop((caseId) => void this.#engine.forget(caseId).catch(() => undefined));
  }

  /** Loads everybody, once for each start of the thread. A person whose templates cannot be opened is left out (their case says why). */
  async ready(): Promise<void> {
    if (this.#loading === undefined && this.#loadedAt === this.#engine.starts) return;
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    await this.#loading;
  }

  async #load(): Promise<void> {
    let since = performance.now();
    for (const record of this.#store.cases.inStates(...ENROLLED)) {
      try {
        await this.enrol(record, await this.printsOf(record));
      } catch (error) {
        if (!isCoded(error) || error.code === "review/finger-engine-failed") throw error;
      }
      if (performance.now() - since < PIPELINE_LIMITS.galleryBreathMs) continue;
      await breath();
      since = performance.now();
    }
    // The first person starts the thread; had it stopped since, the last one would have failed.
    this.#loadedAt = this.#engine.starts;
  }

  /** A case's templates by finger position, decrypted. */
  async printsOf(record: CaseRecord): Promise<Prints> {
    const prints: Record<string, Template> = {};
    const prefix = templatePart("");
    for (const { name, mediaType } of this.#store.parts.list(record.caseId)) {
      if (mediaType !== TEMPLATE_TYPE || !name.startsWith(prefix)) continue;
      const { bytes } = await this.#store.parts.read(record, name);
      prints[name.slice(prefix.length)] = deserialize(bytes) as Template;
    }
    return prints;
  }

  async enrol({ caseId }: CaseRecord, prints: Prints): Promise<void> {
    if (Object.keys(prints).length > 0) await this.#engine.enrol(caseId, prints);
  }

  /** Compares with everybody; whoever was erased by another process meanwhile is forgotten and not named. */
  async search(record: CaseRecord, prints: Prints): Promise<GalleryHit> {
    await this.ready();
    for (;;) {
      const hit = await this.#engine.search(prints, record.caseId);
      if (hit.nearest === null || this.#store.parts.list(hit.nearest).length > 0) return hit;
      await this.#engine.forget(hit.nearest);
    }
  }
}
