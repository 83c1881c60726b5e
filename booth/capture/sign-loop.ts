/** A signature pad, where there is one: what is drawn on it shows on the screen, where the person accepts it. */
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { Activity } from "../session/activity.ts";
import type { BoothDevices } from "./devices.ts";
import { captureLimits } from "./limits.ts";

/** The screen's own field sends its strokes when the person says that they are done; nothing is asked of it. */
const SCREEN_DRIVER = "screen";

export function signLoop(devices: BoothDevices): Activity {
  return async (stage) => {
    while (!stage.signal.aborted) {
      const pad = devices.signature.current;
      if (pad === null || pad.info.driver === SCREEN_DRIVER) {
        // A pad may be plugged in at any moment; the screen serves until then.
        await stage.pause(captureLimits.padLookMs);
        continue;
      }
      try {
        const signature = await pad.capture({ signal: stage.signal, timeoutMs: captureLimits.waitForPersonMs });
        return await stage.emit({ type: "signature.drawn", signature });
      } catch (error) {
        if (stage.signal.aborted) return;
        if (!isCoded(error) || !error.code.startsWith("device/")) throw error;
        // Nobody has signed there yet, or the pad went away: the screen's own field is there as well.
        await stage.pause(captureLimits.padLookMs);
      }
    }
  };
}
