import type { RedoTarget, ScreenEvent, ScreenEventType, ScreenState, View, ViewOf } from "../../api/messages.ts";

/** What every step's page is given: the booth's state, its own view of it, and the way to say what the person did. */
export interface StepProps<S extends View["step"]> {
  state: ScreenState;
  view: ViewOf<S>;
  send: (event: ScreenEvent) => void;
  /** Whether the booth takes such an event now. */
  can: (type: ScreenEventType) => boolean;
  canRedo: (what: RedoTarget) => boolean;
  sendFrame: (kind: number, jpeg: Uint8Array) => boolean;
}
