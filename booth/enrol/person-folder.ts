/** The synthetic person of a scenario, as a folder that the simulated devices play. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FingerPosition } from "../../biometrics/finger/position.ts";
import { encodeGreyPng } from "../../biometrics/image/codec.ts";
import { makeFinger } from "../../biometrics/synthetic/finger.ts";
import { makeImpression } from "../../biometrics/synthetic/finger-impression.ts";
import { heldCaptures } from "../../biometrics/synthetic/held-picture.ts";
import { SignatureStrokes } from "../../crypto/package/enrolment.ts";
import { ageOf, makePerson, writePerson } from "../../mrtd/synthetic/person.ts";
import { readSpecimen } from "../specimen.ts";
import type { Applicant } from "./applicant.ts";
import type { Scenario } from "./scenario.ts";

/** Impressions of each finger: as many as the booth asks for in one go. */
const IMPRESSIONS = 3;

/** Makes the folder and gives the applicant who walks in, still without a slip. */
export async function makeApplicant(seed: number, { person }: Scenario, folder: string): Promise<Applicant> {
  const usual: FingerPosition[] = ["right-index", "left-index"];
  const missing = person.missingFingers;
  const instead = missing.flatMap((position) => substitutes(position));
  const fingers = [...new Set([...usual, ...instead])].filter((position) => !missing.includes(position as never));
  const made = await makePerson(seed, {
    film: person.presents === "self" ? "hold" : "none",
    impressions: IMPRESSIONS,
    fingers,
    ...(person.sex === undefined ? {} : { sex: person.sex }),
    ...(person.age === undefined ? {} : { age: person.age }),
  });
  const look = { sex: made.data.sex, age: ageOf(made.data) };
  const held = person.presents === "self" ? {} : await heldCaptures(seed, look, person.presents);
  await rm(folder, { recursive: true, force: true });
  await writePerson({ ...made, files: { ...made.files, ...held } }, folder);
  if (person.moisture !== undefined) await pressAgain(seed, fingers, person.moisture, folder);
  const signature = SignatureStrokes.parse(JSON.parse(await readFile(join(folder, "signature.json"), "utf8")));
  return { mrzLines: (await readSpecimen(folder)).lines, signature, slip: null, missingFingers: missing };
}

function substitutes(position: string): FingerPosition[] {
  const side = position.startsWith("right") ? "right" : "left";
  return [`${side}-thumb`, `${side}-middle`, `${side}-ring`];
}

/** Every print once more, drier or wetter. */
async function pressAgain(
  seed: number,
  fingers: readonly FingerPosition[],
  moisture: number,
  folder: string,
): Promise<void> {
  for (const position of fingers) {
    const master = makeFinger(seed, position);
    for (let impression = 1; impression <= IMPRESSIONS; impression++) {
      const { image } = makeImpression(master, { seed: impression, moisture, pressure: moisture < 0 ? 0.25 : 0.8 });
      await writeFile(join(folder, "fingers", `${position}_${impression}.png`), await encodeGreyPng(image));
    }
  }
}
