/** A set of prints on disk: one folder per database, files named `<finger>_<impression>.<ending>`. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { BiometricsError } from "../errors.ts";
import type { Sample } from "./evaluation.ts";
import { readFingerImage } from "./file.ts";

const NAME = /^(.+)_([^_]+)\.(png|jpe?g|webp|pgm|wsq)$/i;

/** Reads the set, print by print. A folder without databases is one database itself. @throws `finger/no-samples` */
export async function* readSamples(folder: string): AsyncGenerator<Sample> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((e) => e.isDirectory()).map((e) => e.name);
  let found = 0;
  for (const database of names.length > 0 ? names.sort() : ["."]) {
    for (const file of (await readdir(join(folder, database))).sort()) {
      const [, finger, impression] = NAME.exec(file) ?? [];
      if (finger === undefined || impression === undefined) continue;
      found++;
      yield { database, finger, impression, image: await readFingerImage(join(folder, database, file)) };
    }
  }
  if (found === 0) throw new BiometricsError("finger/no-samples", { folder });
}
