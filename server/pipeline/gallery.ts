/**
 * Everybody's templates, prepared for comparison, in the memory of the finger thread and nowhere else in the clear: at rest each lies
 * encrypted under its case's own key.
 */
import type { Template } from "../../biometrics/finger/finger.ts";
import { matchPrepared } from "../../biometrics/finger/match.ts";
import { type PreparedTemplate, prepare } from "../../biometrics/finger/prepared.ts";
import { fuse } from "../../biometrics/finger/score.ts";

/** Templates of one person by finger position. */
export type Prints = Readonly<Record<string, Template>>;

export interface GalleryHit {
  /** People compared with: those who share at least one finger. */
  readonly compared: number;
  /** The highest score of any of them, all shared fingers fused, and whose it is. */
  readonly score: number;
  readonly nearest: string | null;
  /** Score of each finger of the nearest. */
  readonly fingers: Readonly<Record<string, number>>;
}

/** Comparisons between two looks at other work. */
const SLICE = 500;

export class Gallery {
  readonly #people = new Map<string, ReadonlyMap<string, PreparedTemplate>>();

  get people(): number {
    return this.#people.size;
  }

  /** A person who is already there is replaced. */
  enrol(caseId: string, prints: Prints): void {
    this.#people.set(caseId, new Map(Object.entries(prints).map(([position, t]) => [position, prepare(t)])));
  }

  forget(caseId: string): void {
    this.#people.delete(caseId);
  }

  /** Compares with everybody but `except`; pauses after each slice so that nothing else waits for the whole gallery. */
  *search(prints: Prints, except: string): Generator<undefined, GalleryHit> {
    const own = Object.entries(prints).map(([position, template]) => [position, prepare(template)] as const);
    let hit: GalleryHit = { compared: 0, score: 0, nearest: null, fingers: {} };
    let compared = 0;
    let since = 0;
    // Who comes or goes while this pauses is in or out as the map says when it is their turn.
    for (const [caseId, theirs] of this.#people) {
      if (caseId === except) continue;
      const fingers: Record<string, number> = {};
      for (const [position, template] of own) {
        const other = theirs.get(position);
        if (other !== undefined) fingers[position] = matchPrepared(template, other).score;
      }
      const scores = Object.values(fingers);
      if (scores.length === 0) continue;
      compared++;
      const score = fuse(scores);
      if (score > hit.score) hit = { compared, score, nearest: caseId, fingers };
      since += scores.length;
      if (since < SLICE) continue;
      since = 0;
      yield;
    }
    return { ...hit, compared };
  }
}
