/**
 * The printer that every booth has: the screen. A slip is kept in memory until the screen has fetched it or newer ones push it out;
 * nothing is written to disk.
 */
import type { Clock } from "../../crypto/environment.ts";
import { DeviceCore } from "../device-core.ts";
import { printerLimits } from "../limits.ts";
import type { DeviceDriver, DeviceInfo, Printer, Slip } from "../port.ts";

type PrinterInfo = DeviceInfo & { readonly kind: "printer" };

export interface ScreenPrinter extends DeviceDriver<"printer"> {
  /** The PDF of a job; undefined when it is no longer kept. */
  slip(job: string): Uint8Array | undefined;
  /** Forgets every slip: the session is over. */
  forget(): void;
}

const info: PrinterInfo = {
  id: "screen:printer",
  kind: "printer",
  driver: "screen",
  name: "Slip on the screen",
  simulated: false,
};

export function screenPrinter(clock: Clock): ScreenPrinter {
  const slips = new Map<string, Uint8Array>();
  let jobs = 0;
  const open = async (): Promise<Printer> => {
    const core = new DeviceCore<PrinterInfo>(info, clock);
    return {
      info,
      ended: core.ended,
      health: () => core.health(),
      on: (listener) => core.on(listener),
      close: async () => core.end(null),
      print: async (slip) => {
        assertSlip(core, slip);
        jobs += 1;
        const job = String(jobs);
        slips.set(job, slip.pdf.slice());
        for (const oldest of slips.keys()) {
          if (slips.size <= printerLimits.slipsKept) break;
          slips.delete(oldest);
        }
        return { where: "screen", job };
      },
    };
  };
  return {
    kind: "printer",
    name: "screen",
    list: async () => [info],
    open,
    slip: (job) => slips.get(job),
    forget: () => slips.clear(),
  };
}

const PDF_MARK = "%PDF-";

/** Rejects what is no PDF, or too large for a slip. */
export function assertSlip(core: DeviceCore, slip: Slip): void {
  if (slip.pdf.length > printerLimits.slipBytes)
    throw core.error("device/too-large", { limit: printerLimits.slipBytes });
  const mark = Buffer.from(slip.pdf.subarray(0, PDF_MARK.length)).toString("latin1");
  if (mark !== PDF_MARK) throw core.error("device/bad-data", { reason: "a slip that is no PDF" });
}
