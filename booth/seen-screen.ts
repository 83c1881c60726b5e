/** What a synthetic person sees of the kiosk screen: only so can they do what it asks, and be lit by its colours. */
import type { SeenScreen } from "../devices/simulator/answering-person.ts";
import type { SessionHost } from "./session/session-host.ts";

/** Null while the screen asks nothing and shows no colour. */
export function seenOf({ live, snapshot }: SessionHost): SeenScreen | null {
  const { flash, challenge } = live.face;
  const { asked } = snapshot.context.face;
  if (flash === null && challenge === null) return null;
  return { light: flash, asked: challenge?.phase === "act" ? asked : null };
}
