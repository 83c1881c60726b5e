/** A bar-code reader that types like a keyboard (keyboard wedge): the screen catches what it types and the booth pushes it in here. */
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { DeviceCore } from "../device-core.ts";
import { scannerLimits } from "../limits.ts";
import type { DeviceDriver, DeviceInfo, ScannedCode, Scanner } from "../port.ts";
import { waitFor } from "../wait.ts";

type ScannerInfo = DeviceInfo & { readonly kind: "scanner" };

export interface ScreenScanner extends DeviceDriver<"scanner"> {
  /** One scanned code, as the screen received it. Throws `device/bad-data` or `device/too-large` for what no slip can say. */
  push(text: string): void;
}

const info: ScannerInfo = {
  id: "screen:scanner",
  kind: "scanner",
  driver: "screen",
  name: "Bar-code reader at the screen",
  simulated: false,
};

export function screenScanner(clock: Clock): ScreenScanner {
  const open = new Set<(code: ScannedCode) => void>();
  return {
    kind: "scanner",
    name: "screen",
    list: async () => [info],
    open: async (): Promise<Scanner> => {
      const core = new DeviceCore<ScannerInfo>(info, clock);
      const waiting = new Set<(code: ScannedCode) => void>();
      const receive = (code: ScannedCode) => {
        core.emit({ type: "code-scanned", code });
        for (const take of [...waiting]) take(code);
      };
      open.add(receive);
      return {
        info,
        can: { page: false, code: true },
        ended: core.ended,
        health: () => core.health(),
        on: (listener) => core.on(listener),
        close: async () => {
          open.delete(receive);
          core.end(null);
        },
        scanPage: async () => {
          throw core.error("device/unsupported", { operation: "page" });
        },
        scanCode: (options) =>
          waitFor<ScannedCode>(core, options, scannerLimits.codeTimeoutMs, (settle) => {
            waiting.add(settle.resolve);
            return () => waiting.delete(settle.resolve);
          }),
      };
    },
    push: (text) => {
      const code = { text: printable(text), takenAt: clock.monotonic() };
      for (const receive of [...open]) receive(code);
    },
  };
}

/** The text without the line ends that such readers add; rejects control characters and what is too long or empty. */
function printable(text: string): string {
  if (text.length > scannerLimits.codeLength) {
    throw new KabinaError("device/too-large", { device: info.name, limit: scannerLimits.codeLength });
  }
  const trimmed = text.replace(/[\r\n\t]+$/, "");
  if (trimmed === "" || /\p{Cc}|\p{Cs}/u.test(trimmed)) {
    throw new KabinaError("device/bad-data", {
      device: info.name,
      reason: "a code with control characters, or an empty one",
    });
  }
  return trimmed;
}
