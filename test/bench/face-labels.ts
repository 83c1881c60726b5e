/**
 * How well the measures agree with labels that people gave to photographs: balanced accuracy at the limits as they are, and with each
 * photograph judged by a limit that was chosen on the others alone (leave one out). Baseline: always saying the same is 0.5.
 *
 *     npm run build && node dist/test/bench/face-labels.js FOLDER    (FOLDER/labels.csv names the files, relative to the folder above)
 */
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { assessPortrait, type PortraitAssessment } from "../../biometrics/face/assessment.ts";
import { FaceEngine } from "../../biometrics/face/engine.ts";
import { faceLimits } from "../../biometrics/face/limits.ts";
import { decodeImage } from "../../biometrics/image/codec.ts";

/** A label, its value where the picture is at fault, and the measures of which the worst decides. */
const labels = [
  ["head_covering", "1", ["NoHeadCoverings"]],
  ["sunglasses", "1", ["DarkGlasses"]],
  ["mouth_open", "1", ["MouthClosed"]],
  ["greyscale", "1", ["ColourPresent"]],
  ["face_occluded", "1", ["FaceOcclusionPrevention", "MouthOcclusionPrevention"]],
  ["frontal", "no", ["HeadPoseYaw", "HeadPosePitch", "HeadPoseRoll"]],
] as const;

interface Judged {
  readonly file: string;
  readonly fault: boolean;
  /** How far the worst measure is below its limit; larger is worse. */
  readonly short: number;
  readonly said: boolean;
}

/** Mean of the shares judged right among the faulty and among the others. */
function balanced(list: readonly { readonly fault: boolean; readonly said: boolean }[]): number {
  const rate = (fault: boolean) => {
    const of = list.filter((one) => one.fault === fault);
    return of.filter((one) => one.said === fault).length / of.length;
  };
  return (rate(true) + rate(false)) / 2;
}

/** The limit that tells a list apart best; of equals the one in the widest gap. */
function bestLimit(list: readonly Judged[]): number {
  const values = [...new Set(list.map(({ short }) => short))].sort((a, b) => a - b);
  let best = { accuracy: 0, gap: 0, limit: 0 };
  values.slice(1).forEach((value, i) => {
    const gap = value - values[i]!;
    const limit = values[i]! + gap / 2;
    const accuracy = balanced(list.map(({ fault, short }) => ({ fault, said: short > limit })));
    if (accuracy > best.accuracy || (accuracy === best.accuracy && gap > best.gap)) best = { accuracy, gap, limit };
  });
  return best.limit;
}

const folder = resolve(process.argv[2] ?? ".");
const [header, ...lines] = (await readFile(join(folder, "labels.csv"), "utf8")).trim().split(/\r?\n/);
const names = header!.split(",");
const rows = lines.map((line) => Object.fromEntries(line.split(",").map((value, i) => [names[i], value])));
const engine = await FaceEngine.open(faceLimits.detection);
const assessments = new Map<string, PortraitAssessment>();
for (const { file } of rows) {
  const image = await decodeImage(await readFile(join(dirname(folder), file!)));
  assessments.set(
    file!,
    assessPortrait(
      image,
      engine.look(image, () => performance.now()),
    ),
  );
}
for (const [label, fault, measures] of labels) {
  const list = rows
    .filter((row) => row[label] !== "unclear")
    .map((row): Judged => {
      const found = assessments.get(row["file"]!)!.measures;
      const short = Math.max(...measures.map((name) => faceLimits.pass[name] - (found[name]?.value ?? -100)));
      return { file: row["file"]!, fault: row[label] === fault, short, said: short > 0 };
    });
  const faulty = list.filter((one) => one.fault).length;
  if (faulty === 0) {
    console.log(`${label}: none of ${list.length} is; ${list.filter(({ said }) => said).length} said to be`);
    continue;
  }
  const left = list.map((one) => ({ ...one, said: one.short > bestLimit(list.filter((other) => other !== one)) }));
  const wrong = (of: readonly Judged[]) =>
    of
      .filter((one) => one.said !== one.fault)
      .map(({ file, short }) => `${file} ${short}`)
      .join(", ") || "none";
  console.log(
    `${label}: ${faulty} of ${list.length}; balanced accuracy ${balanced(list).toFixed(3)} at the limits, ${balanced(left).toFixed(3)} left one out; wrong ${wrong(list)}; left out ${wrong(left)}`,
  );
}
