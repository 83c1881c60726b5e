/** What the booth takes from a synthetic person's folder besides its simulated devices: the specimen passport's zone and its authority. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { KabinaError } from "../crypto/errors/kabina-error.ts";
import { composeMrz } from "../mrtd/mrz/compose.ts";

const PersonFile = z.object({ data: z.unknown().optional(), mrz: z.unknown().optional() });

export interface Specimen {
  readonly lines: readonly string[];
  /** DER. */
  readonly csca: Uint8Array;
}

/** Throws `person/not-here`. */
export async function readSpecimen(folder: string): Promise<Specimen> {
  try {
    const person = PersonFile.parse(JSON.parse(await readFile(join(folder, "person.json"), "utf8")));
    const csca = new Uint8Array(await readFile(join(folder, "passport", "csca.der")));
    return { lines: linesOf(person), csca };
  } catch (cause) {
    throw new KabinaError("person/not-here", { folder }, { cause });
  }
}
