/** Leads a person into the outline and says when to take the picture. Pure: it knows nothing but what it is told, and when. */
import type { HintCode } from "./hints.ts";
import type { FaceObservation } from "./observation.ts";

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

export interface PortraitGuide {
  /** @param observation of the newest frame. @param timeMs on a clock that never goes back; an earlier time is taken as the last one. */
  observe(observation: FaceObservation, timeMs: number): GuideState;
  /** Starts again, for another picture. */
  reset(): void;
}
