/** Leads a person into the outline and says when to take the picture. Pure: it knows nothing but what it is told, and when. */
import type { Point } from "../image/image.ts";
import { liveFault } from "./guide-faults.ts";
import type { HintCode } from "./hints.ts";
import { type FaceLimits, faceLimits } from "./limits.ts";
import type { FaceObservation, ObservedFace } from "./observation.ts";

/** What the screen shows. */
export interface GuideState {
  /** The one thing to tell the person now. */
  readonly hint: HintCode;
  /** `searching`: no single face; `adjust`: something to mend; `ready`: hold still, the picture is about to be taken; `taken`. */
  readonly outline: "searching" | "adjust" | "ready" | "taken";
  /** How much of the steady half second has passed, 0…1. */
  readonly hold: number;
  /** True once, at the moment to take the picture. */
  readonly take: boolean;
}

/** Where the head was when the hold began. */
interface Anchor {
  readonly middle: Point;
  readonly eyeDistance: number;
  readonly since: number;
}

export class PortraitGuide {
  readonly #limits: FaceLimits;
  #time = Number.NEGATIVE_INFINITY;
  /** What the last frame said, before any damping, and since when it has said so. */
  #seen: { code: HintCode; since: number } | undefined;
  #hint: { code: HintCode; since: number } | undefined;
  #anchor: Anchor | undefined;
  #picture: { fingerprint: number; since: number } | undefined;
  #taken = false;

  constructor(limits: FaceLimits = faceLimits) {
    this.#limits = limits;
  }

  /** @param observation of the newest frame. @param timeMs on a clock that never goes back; an earlier time is taken as the last one. */
  observe(observation: FaceObservation, timeMs: number): GuideState {
    const before = this.#time;
    const now = Math.max(timeMs, before);
    this.#time = now;
    const { holdMs, gapMs } = this.#limits.guide;
    if (now - before > gapMs) this.#anchor = undefined;

    const code = this.#judge(observation, now);
    if (this.#seen?.code !== code) this.#seen = { code, since: now };
    const hint = this.#damped(code, now);

    const held = this.#anchor === undefined ? 0 : Math.min(1, (now - this.#anchor.since) / holdMs);
    const ready = code === "ready" && hint === "ready";
    const take = ready && held >= 1 && !this.#taken;
    if (take) this.#taken = true;
    return { hint, outline: this.#taken ? "taken" : outlineOf(hint), hold: ready || this.#taken ? held : 0, take };
  }

  /** Starts again, for another picture. */
  reset(): void {
    this.#anchor = undefined;
    this.#taken = false;
  }

  /** The code of this frame alone, and of the hold. */
  #judge(observation: FaceObservation, now: number): HintCode {
    if (this.#picture?.fingerprint !== observation.fingerprint)
      this.#picture = { fingerprint: observation.fingerprint, since: now };
    const frozen = now - this.#picture.since >= this.#limits.guide.frozenMs;
    const fault = frozen ? "camera-frozen" : liveFault(observation, this.#limits, this.#anchor !== undefined);
    const face = observation.faces[0];
    if (fault !== undefined || face === undefined) {
      this.#anchor = undefined;
      return fault ?? "no-face";
    }
    if (this.#anchor !== undefined && !moved(face, this.#anchor, this.#limits.guide.drift)) return "ready";
    const restless = this.#anchor !== undefined;
    this.#anchor = { middle: middleOf(face), eyeDistance: face.interEyeDistance, since: now };
    return restless ? "hold-still" : "ready";
  }

  /** The hint to show: it stays its time, and gives way only to what has lasted. */
  #damped(code: HintCode, now: number): HintCode {
    const { hintMs, faultMs } = this.#limits.guide;
    const shown = this.#hint;
    const lasted = code === "ready" || now - (this.#seen?.since ?? now) >= faultMs;
    if (shown === undefined || (shown.code !== code && now - shown.since >= hintMs && lasted))
      this.#hint = { code, since: now };
    return this.#hint!.code;
  }
}

function outlineOf(hint: HintCode): GuideState["outline"] {
  if (hint === "ready") return "ready";
  return hint === "no-face" || hint === "several-faces" || hint.startsWith("camera-") ? "searching" : "adjust";
}

function middleOf({ eyes }: ObservedFace): Point {
  return { x: (eyes.right.x + eyes.left.x) / 2, y: (eyes.right.y + eyes.left.y) / 2 };
}

function moved(face: ObservedFace, anchor: Anchor, drift: number): boolean {
  const middle = middleOf(face);
  const wander = Math.hypot(middle.x - anchor.middle.x, middle.y - anchor.middle.y) / anchor.eyeDistance;
  return wander > drift || Math.abs(face.interEyeDistance / anchor.eyeDistance - 1) > drift;
}
