/**
 * A random thing to do before the camera, which a recording made beforehand cannot know: turn the head, or close the eyes. Pure, as the
 * guide is: it is told what the engine sees, and when.
 */
import type { FaceLimits } from "../limits.ts";
import type { FaceObservation, ObservedFace } from "../observation.ts";

export const challengeKinds = ["turn-left", "turn-right", "close-eyes"] as const;
export type ChallengeKind = (typeof challengeKinds)[number];

/** How one challenge ended. */
export interface ChallengeResult {
  readonly kind: ChallengeKind;
  readonly met: boolean;
  /** Milliseconds from the asking to the answer; null where none came. */
  readonly reactionMs: number | null;
  /**
   * Why it was not met: something else was done, what was asked was done before it could be, the face was gone, time ran out, or it never
   * rested so that anything could be asked.
   */
  readonly fault: "other" | "too-soon" | "face-lost" | "late" | "unsettled" | null;
}

export interface ChallengeState {
  /** `settle`: look straight at the camera; `act`: do what is asked; `ended`: `result` says how. */
  readonly phase: "settle" | "act" | "ended";
  readonly result: ChallengeResult | null;
}

/** Milliseconds that a challenge can take at the most: for whoever keeps time without frames. */
export const longestChallenge = ({ unsettledMs, latestMs, actMs }: FaceLimits["challenge"]): number =>
  unsettledMs + latestMs + actMs;

/** So many challenges, no two neighbours equal. @param random 0…1, as `Math.random`; from a source that cannot be foreseen */
export function drawChallenges(count: number, random: () => number): readonly ChallengeKind[] {
  const drawn: ChallengeKind[] = [];
  while (drawn.length < count) {
    const left = challengeKinds.filter((kind) => kind !== drawn.at(-1));
    drawn.push(left[Math.min(left.length - 1, Math.floor(random() * left.length))]!);
  }
  return drawn;
}

/** What a person at rest looks like. */
interface Rest {
  readonly yaw: number;
  readonly eyesOpen: number;
  readonly since: number;
}

export class ChallengeWatch {
  readonly #kind: ChallengeKind;
  readonly #limits: FaceLimits["challenge"];
  #rest: Rest | undefined;
  #began: number | undefined;
  #askedAt: number | undefined;
  /** What the last frame showed of an act, and since when. */
  #acting: { readonly kind: ChallengeKind; readonly since: number } | undefined;
  #gone: number | undefined;
  #result: ChallengeResult | null = null;

  constructor(kind: ChallengeKind, limits: FaceLimits["challenge"]) {
    this.#kind = kind;
    this.#limits = limits;
  }

  /** @param timeMs on a clock that never goes back */
  observe({ faces }: FaceObservation, timeMs: number): ChallengeState {
    if (this.#result === null) this.#look(faces, timeMs);
    const phase = this.#result !== null ? "ended" : this.#askedAt === undefined ? "settle" : "act";
    return { phase, result: this.#result };
  }

  #look(faces: readonly ObservedFace[], now: number): void {
    const [face] = faces;
    const limits = this.#limits;
    this.#began ??= now;
    if (this.#askedAt === undefined && now - this.#began >= limits.unsettledMs) {
      this.#end("unsettled", null);
      return;
    }
    if (face === undefined || faces.length > 1) {
      this.#gone ??= now;
      if (this.#askedAt === undefined) this.#rest = undefined;
      else if (now - this.#gone >= limits.lostMs) this.#end("face-lost", null);
      return;
    }
    this.#gone = undefined;
    if (this.#askedAt === undefined || this.#rest === undefined) {
      this.#settle(face, now);
      return;
    }
    const act = this.#actOf(face, this.#rest);
    if (act !== this.#acting?.kind) this.#acting = act === undefined ? undefined : { kind: act, since: now };
    const took = now - this.#askedAt;
    if (this.#acting !== undefined && now - this.#acting.since >= limits.actMs) {
      const reaction = this.#acting.since - this.#askedAt;
      if (this.#acting.kind !== this.#kind) this.#end("other", null);
      else if (reaction < limits.soonestMs) this.#end("too-soon", reaction);
      else this.#end(null, reaction);
    } else if (took >= limits.latestMs) this.#end("late", null);
  }

  /** Waits for a face that rests; only then is anything asked. */
  #settle(face: ObservedFace, now: number): void {
    const { settleMs, restYaw } = this.#limits;
    const resting = Math.abs(face.pose.yaw) <= restYaw;
    if (!resting) this.#rest = undefined;
    else if (this.#rest === undefined) this.#rest = { yaw: face.pose.yaw, eyesOpen: face.eyesOpen, since: now };
    else {
      const { yaw, since } = this.#rest;
      // The most open eyes are the rest of them: a blink is none.
      this.#rest = { yaw, since, eyesOpen: Math.max(this.#rest.eyesOpen, face.eyesOpen) };
      if (now - since >= settleMs) this.#askedAt = now;
    }
  }

  #actOf(face: ObservedFace, rest: Rest): ChallengeKind | undefined {
    const { turn, closed } = this.#limits;
    const turned = face.pose.yaw - rest.yaw;
    if (Math.abs(turned) >= turn) return turned > 0 ? "turn-left" : "turn-right";
    // A turned head shows its eyes foreshortened: they are judged only while it is nearly straight.
    return Math.abs(turned) < turn / 2 && face.eyesOpen < closed * rest.eyesOpen ? "close-eyes" : undefined;
  }

  #end(fault: ChallengeResult["fault"], reactionMs: number | null): void {
    this.#result = { kind: this.#kind, met: fault === null, reactionMs, fault };
  }
}
