/** What the booth takes from a synthetic person's folder besides its simulated devices: the specimen passport's zone and its authority. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import { composeMrz } from "../mrtd/mrz/compose.ts";
import type { MrzData } from "../mrtd/mrz/mrz.ts";

export interface Specimen {
  /** The zone, for a visitor who wants to try. */
  readonly lines: readonly string[];
  /** Country signing certificates, DER: of this passport only, which says in its names that it is a test. */
  readonly csca: readonly Uint8Array[];
}

/** Throws `person/not-here`. */
export async function readSpecimen(folder: string): Promise<Specimen> {
  try {
    const { mrz } = JSON.parse(await readFile(join(folder, "person.json"), "utf8")) as { mrz: MrzData };
    const csca = await readFile(join(folder, "passport", "csca.der")).catch(() => undefined);
    return { lines: composeMrz(mrz), csca: csca === undefined ? [] : [new Uint8Array(csca)] };
  } catch (cause) {
    throw new KabinaError("person/not-here", { folder }, { cause });
  }
}
