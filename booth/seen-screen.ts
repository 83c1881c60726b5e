/** What a synthetic person sees of the kiosk screen: only so can they do what it asks, and be lit by its colours. */
import type { SeenScreen } from "../devices/simulator/answering-person.ts";
import { matches, phaseOf } from "./session/activity.ts";
import type { SessionHost } from "./session/session-host.ts";

/**
 * Null until the picture is taken: then they come and sit down. From the picture on they sit before the screen, also while it neither
 * asks nor shines, so that their film does not begin anew in the middle of it.
 */
export function seenOf({ live, snapshot }: Pick<SessionHost, "live" | "snapshot">): SeenScreen | null {
  if (!matches(snapshot.value, ["visit", "collect", "face"]) || phaseOf(snapshot.value) === "live") return null;
  const { flash, challenge } = live.face;
  const { asked } = snapshot.context.face;
  return { light: flash, asked: challenge?.phase === "act" ? asked : null };
}
