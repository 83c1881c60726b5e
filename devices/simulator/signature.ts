/** A simulated pad: draws the synthetic person's signature, stroke by stroke. */
import { readFile } from "node:fs/promises";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { DeviceCore } from "../device-core.ts";
import { signatureLimits } from "../limits.ts";
import type { DeviceDriver, DeviceInfo, Ink, SignaturePad } from "../port.ts";
import { checkedInk } from "../signature/screen.ts";
import { pause, waitFor } from "../wait.ts";

type PadInfo = DeviceInfo & { readonly kind: "signature" };

const info: PadInfo = {
  id: "simulated:signature",
  kind: "signature",
  driver: "simulator",
  name: "Simulated pad",
  simulated: true,
};
const STROKE_MS = 120;

export function simulatedPad(clock: Clock, file: string): DeviceDriver<"signature"> {
  return {
    kind: "signature",
    name: "simulator",
    list: async () => [info],
    open: async (): Promise<SignaturePad> => {
      const core = new DeviceCore<PadInfo>(info, clock);
      return {
        info,
        ended: core.ended,
        health: () => core.health(),
        on: (listener) => core.on(listener),
        close: async () => core.end(null),
        capture: (options) =>
          waitFor<Ink>(core, options, signatureLimits.captureTimeoutMs, (settle) => {
            const stop = new AbortController();
            const draw = async () => {
              const ink = await readInk(file);
              for (let strokes = 1; strokes <= ink.strokes.length; strokes += 1) {
                await pause(STROKE_MS, stop.signal);
                if (stop.signal.aborted) return;
                options?.onProgress?.({ ...ink, strokes: ink.strokes.slice(0, strokes) });
              }
              settle.resolve(ink);
            };
            draw().catch(settle.reject);
            return () => stop.abort();
          }),
      };
    },
  };
}

/** The strokes of a synthetic person (`signature.json`). */
export async function readInk(file: string): Promise<Ink> {
  try {
    return checkedInk(JSON.parse(await readFile(file, "utf8")), info.name);
  } catch (cause) {
    throw new KabinaError("device/bad-data", { device: info.name, reason: "no signature in this folder" }, { cause });
  }
}
