/** Faults on demand: chips and documents that a booth must survive. */
import { setTimeout as sleep } from "node:timers/promises";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { PassportData } from "../synthetic/passport.ts";
import type { Chip } from "./chip.ts";

/** In the document: what its chip holds is wrong, the chip itself behaves. */
export const documentFaults = ["wrong-hash", "lies-about-length", "not-signed"] as const;
/** In the chip's behaviour. */
export const chipFaults = ["slow", "drops-out", "garbage", "silent-errors"] as const;
export type Fault = (typeof documentFaults)[number] | (typeof chipFaults)[number];

const slowMs = 150;
/** The command at which `drops-out` and `garbage` strike: in the middle of DG2 for a document of usual size. */
const strikesAt = 9;

export function isFault(name: string): name is Fault {
  return [...documentFaults, ...chipFaults].includes(name as Fault);
}

/** The document with a fault of its data; unchanged for faults of behaviour. */
export function withDocumentFault<Data extends Pick<PassportData, "files">>(
  data: Data,
  fault: Fault | undefined,
): Data {
  const { DG1, DG2 } = data.files;
  if (DG1 === undefined || DG2 === undefined) throw new KabinaError("mrtd/file-missing", { file: "DG1" });
  const changed = (change: Partial<PassportData["files"]>) => ({ ...data, files: { ...data.files, ...change } });
  switch (fault) {
    case "wrong-hash": {
      const forged = Uint8Array.from(DG2);
      forged[forged.length - 3]! ^= 0x01;
      return changed({ DG2: forged });
    }
    case "lies-about-length": {
      // 75 84 7F FF FF FF: two gigabytes to come.
      const lying = Uint8Array.from(DG2);
      lying.set([0x75, 0x84, 0x7f, 0xff, 0xff, 0xff]);
      return changed({ DG2: lying });
    }
    case "not-signed":
      return changed({ DG11: Uint8Array.of(0x6b, 0x00) });
    default:
      return data;
  }
}

/** The chip with a fault of its behaviour; unchanged for faults of data. */
export function withChipFault(chip: Chip, fault: Fault | undefined): Chip {
  let commands = 0;
  const from = (strike: (apdu: Uint8Array) => ReturnType<Chip["process"]>): Chip => ({
    atr: chip.atr,
    process: (apdu) => (++commands < strikesAt ? chip.process(apdu) : strike(apdu)),
    reset: () => chip.reset(),
  });
  switch (fault) {
    case "slow":
      return {
        atr: chip.atr,
        process: async (apdu) => {
          await sleep(slowMs);
          return chip.process(apdu);
        },
        reset: () => chip.reset(),
      };
    case "drops-out":
      return from(() => null);
    case "garbage":
      return from((apdu) => Uint8Array.from({ length: 40 }, (_, i) => (i * 37 + apdu.length) & 0xff));
    case "silent-errors":
      return from(() => Uint8Array.of(0x6f, 0x00));
    default:
      return chip;
  }
}
