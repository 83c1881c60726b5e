/** A package's chip files, and what EF.SOD says of each: every proof of the chip begins here. */
import { createHash } from "node:crypto";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { type DataGroupNumber, dataGroupName, type FileName, type PassportFiles } from "../../mrtd/lds/file.ts";
import { parseSecurityObject } from "../../mrtd/lds/security-object.ts";
import { passiveAuthentication } from "../../mrtd/proof/passive-authentication.ts";
import type { PassiveAuthenticationResult } from "../../mrtd/proof/verdict.ts";
import type { StageInput } from "./stage.ts";

const FILES: Readonly<Record<string, FileName>> = {
  "chip-com": "EF.COM",
  "chip-sod": "EF.SOD",
  "chip-dg1": "DG1",
  "chip-dg2": "DG2",
  "chip-dg3": "DG3",
  "chip-dg4": "DG4",
  "chip-dg14": "DG14",
  "chip-dg15": "DG15",
  "chip-card-access": "EF.CardAccess",
  "chip-card-security": "EF.CardSecurity",
};

/** `absent`: EF.SOD signs no such file; `hidden`: it does, and the file is not in the package; `wrong`: it signs another. */
export type Standing = "signed" | "absent" | "hidden" | "wrong" | "unknown";

export class ChipEvidence {
  readonly files: PassportFiles;
  readonly passive: PassiveAuthenticationResult;
  readonly #lds: ReturnType<typeof parseSecurityObject>["lds"] | undefined;

  private constructor(files: PassportFiles, passive: PassiveAuthenticationResult) {
    this.files = files;
    this.passive = passive;
    this.#lds = ldsOf(files["EF.SOD"]);
  }

  /** As of capture: a passport that was in order when it was read stays so. */
  static async of(input: StageInput, csca: readonly Uint8Array[]): Promise<ChipEvidence> {
    const files: PassportFiles = {};
    for (const [part, file] of Object.entries(FILES)) {
      const bytes = await input.part(part);
      if (bytes) files[file] = bytes;
    }
    const at = new Date(input.package.manifest.createdAt);
    return new ChipEvidence(files, passiveAuthentication({ files, csca, at }));
  }

  /** `unknown`: EF.SOD is not there or cannot be read, which passive authentication says. */
  standing(number: DataGroupNumber): Standing {
    const lds = this.#lds;
    if (lds === undefined) return "unknown";
    const wanted = lds.hashes.get(number);
    const file = this.files[dataGroupName(number)];
    if (wanted === undefined) return "absent";
    if (file === undefined) return "hidden";
    return createHash(lds.hash).update(file).digest().equals(wanted) ? "signed" : "wrong";
  }
}

function ldsOf(sod: Uint8Array | undefined): ReturnType<typeof parseSecurityObject>["lds"] | undefined {
  if (sod === undefined) return undefined;
  try {
    return parseSecurityObject(sod).lds;
  } catch (error) {
    if (!isCoded(error)) throw error;
    return undefined;
  }
}
