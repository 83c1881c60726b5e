/** Faults on demand: chips and documents that a booth must survive. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { makeCsca, makeDocumentSigner, makeEcKey } from "../synthetic/authority.ts";
import { type PassportData, resignPassport } from "../synthetic/passport.ts";
import type { Chip } from "./chip.ts";

/** In the document: what its chip holds is wrong, the chip itself behaves. */
export const documentFaults = [
  "wrong-hash",
  "lies-about-length",
  "not-signed",
  "cloned",
  "foreign-signer",
  "old-algorithms",
] as const;
/** In the chip's behaviour. */
export const chipFaults = ["slow", "drops-out", "garbage", "silent-errors"] as const;
export type Fault = (typeof documentFaults)[number] | (typeof chipFaults)[number];

const slowMs = 150;
/** The command at which `drops-out` and `garbage` strike: in the middle of DG2 for a document of usual size. */
const strikesAt = 9;

export function isFault(name: string): name is Fault {
  return [...documentFaults, ...chipFaults].includes(name as Fault);
}

interface Source {
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** The document with a fault of its data; unchanged for faults of behaviour. */
export function withDocumentFault(data: PassportData, fault: Fault | undefined, source: Source): PassportData {
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
    case "not-signed": {
      const { DG2: _, ...others } = data.files;
      const signed = resignPassport({ ...data, files: others }, { ds: data.ds, hash: "sha256" }, source.clock.now());
      return { ...signed, files: { ...signed.files, "EF.COM": data.files["EF.COM"]!, DG2 } };
    }
    case "cloned": {
      // Files can be copied, keys cannot: the copy has keys of its own.
      const { activeAuthentication, chipAuthentication } = data.chipKeys;
      return {
        ...data,
        chipKeys: {
          ...(activeAuthentication && { activeAuthentication: makeEcKey(source.random) }),
          ...(chipAuthentication && { chipAuthentication: makeEcKey(source.random) }),
        },
      };
    }
    case "foreign-signer": {
      const stranger = makeCsca(source);
      return resignPassport(data, { ds: makeDocumentSigner(source, stranger), hash: "sha256" }, source.clock.now());
    }
    case "old-algorithms":
      return resignPassport(data, { ds: data.ds, hash: "sha1" }, source.clock.now());
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
