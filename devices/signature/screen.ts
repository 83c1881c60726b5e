/** The kiosk screen as a signature pad: the screen draws, the booth pushes each stroke and the word that it is done in here. */
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { SignatureStrokes } from "../../crypto/package/enrolment.ts";
import { DeviceCore } from "../device-core.ts";
import { signatureLimits } from "../limits.ts";
import type { DeviceDriver, DeviceInfo, Ink, SignatureCaptureOptions, SignaturePad } from "../port.ts";
import { waitFor } from "../wait.ts";

type PadInfo = DeviceInfo & { readonly kind: "signature" };

export interface ScreenPad extends DeviceDriver<"signature"> {
  /** The signature so far; `done` when the person says so. Throws `device/bad-data` for what no pen can draw. */
  push(ink: unknown, done: boolean): void;
}

const info: PadInfo = {
  id: "screen:signature",
  kind: "signature",
  driver: "screen",
  name: "The screen",
  simulated: false,
};

interface Capture {
  progress(ink: Ink): void;
  done(ink: Ink): void;
}

export function screenPad(clock: Clock): ScreenPad {
  const captures = new Set<Capture>();
  return {
    kind: "signature",
    name: "screen",
    list: async () => [info],
    open: async (): Promise<SignaturePad> => {
      const core = new DeviceCore<PadInfo>(info, clock);
      return {
        info,
        ended: core.ended,
        health: () => core.health(),
        on: (listener) => core.on(listener),
        close: async () => core.end(null),
        capture: (options?: SignatureCaptureOptions) =>
          waitFor<Ink>(core, options, signatureLimits.captureTimeoutMs, (settle) => {
            const capture = { progress: (ink: Ink) => options?.onProgress?.(ink), done: settle.resolve };
            captures.add(capture);
            return () => captures.delete(capture);
          }),
      };
    },
    push: (value, done) => {
      const ink = checkedInk(value, info.name);
      for (const capture of [...captures]) {
        if (done) capture.done(ink);
        else capture.progress(ink);
      }
    },
  };
}

/** The strokes as the package will hold them; throws `device/bad-data` for what no pen can draw. */
export function checkedInk(value: unknown, device: string): Ink {
  const parsed = SignatureStrokes.safeParse(value);
  const refuse = (reason: string) => new KabinaError("device/bad-data", { device, reason });
  if (!parsed.success) throw refuse("a signature of another shape");
  let lastTime = 0;
  for (const { t } of parsed.data.strokes.flat()) {
    if (t < lastTime) throw refuse("time that runs backwards");
    lastTime = t;
  }
  return parsed.data;
}
