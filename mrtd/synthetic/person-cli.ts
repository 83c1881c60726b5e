/** `kabina person make`: writes synthetic people. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { CliIo } from "../../crypto/cli-io.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { makePerson, type PersonOptions, writePerson } from "./person.ts";

interface MakeFlags {
  readonly seed: string;
  readonly out: string;
  readonly film: string;
  readonly json?: true;
}

/** Largest seed: seeds are 32-bit. */
const largestSeed = 0x7fffffff;

export function registerPerson(program: Command, io: CliIo): void {
  const person = program
    .command("person")
    .description("synthetic people: no real person's data is needed to try or test Kabina");
  person
    .command("make")
    .description("make the person of a seed: data, face, fingers, signature, passport")
    .requiredOption("--seed <number>", "the same seed gives the same person")
    .requiredOption("--out <folder>", "folder to write; it must not exist yet")
    .option("--film <kind>", "approach, hold or none", "approach")
    .option("--json", "print one JSON document")
    .action(async ({ seed: asked, out, film, json }: MakeFlags) => {
      const seed = Number(asked);
      if (!Number.isInteger(seed) || seed < 0 || seed > largestSeed)
        throw new KabinaError("mrtd/person-seed", { seed: asked, largest: largestSeed });
      if (!isFilm(film)) throw new KabinaError("mrtd/person-film", { film });
      const directory = resolve(out);
      if (await exists(directory)) throw new KabinaError("mrtd/person-exists", { directory });
      const made = await makePerson(seed, { film });
      await writePerson(made, directory);
      const { data } = made;
      const files = Object.keys(made.files).sort();
      if (json) io.json({ directory, files, person: data });
      else
        io.print(
          `${data.surname.latin} ${data.givenNames.latin}, ${data.sex}, born ${data.birthDate}: ${files.length} files in ${directory}`,
        );
    });
}

function isFilm(value: string): value is NonNullable<PersonOptions["film"]> {
  return value === "approach" || value === "hold" || value === "none";
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
