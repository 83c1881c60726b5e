/** `kabina face …` */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Command } from "commander";
import { BiometricsError } from "../errors.ts";
import { decodeImage, encodePng } from "../image/codec.ts";
import { assessPortrait, type Measure } from "./assessment.ts";
import { FaceEngine } from "./engine.ts";
import { type DescribedFace, evaluateFaces } from "./evaluation.ts";
import { explainFace } from "./explain.ts";
import { hintWords, type Language } from "./hint-words.ts";
import type { HintCode } from "./hints.ts";
import { likenessOf, verdictOf } from "./likeness.ts";
import { type FaceLimits, faceLimits } from "./limits.ts";
import { limitsOf } from "./policy.ts";
import { chipPortrait, cutPortrait, encodeForChip, portraitRecord } from "./portrait.ts";
import { substituteMeasures } from "./substitutes.ts";

interface Io {
  readonly clock: { monotonic(): number };
  print(line: string): void;
  json(value: unknown): void;
  exit(code: number): void;
}

interface AssessFlags {
  readonly json?: true;
  readonly policy?: string;
}

/** Words of the reader's language. */
interface Words {
  readonly language: Language;
  explain(error: unknown): { readonly code: string; readonly cause: string; readonly next: string };
}

/** OFIQ's one number for a picture comes from a network; ours is the measures' mean. */
const UNIFIED = "UnifiedQualityScore";
const unified = (score: number): Measure => ({ raw: score, value: Math.round(score), pass: true, hint: null });

/** The two lines around the measures, in each language. */
const summary = {
  en: {
    faces: "faces",
    score: "score",
    passes: "passes",
    fails: "does not pass",
    suspicious: "looks like a picture of a picture",
  },
  ru: { faces: "лиц", score: "оценка", passes: "годится", fails: "не годится", suspicious: "похоже на снимок снимка" },
} as const;

export function registerFace(program: Command, io: Io, words: Words): void {
  const face = program.command("face").description("portraits: detection, measures, the passport's cut");
  face
    .command("assess <files...>")
    .description("judge portraits by every measure; the exit code is 1 when a file cannot be read")
    .option("--json", "print one JSON object per file, a line each")
    .option("--policy <file>", "limits to use instead (JSON, any part of the usual ones)")
    .action(async (files: string[], flags: AssessFlags) => {
      const limits = await policyOf(flags.policy);
      const engine = await FaceEngine.open(limits.detection);
      for (const file of files) {
        try {
          const still = await decodeImage(await pictureFile(file));
          const assessment = assessPortrait(still, engine.look(still, io.clock.monotonic), limits);
          const { faces, measures, pass, score, hint } = assessment;
          const { presentation } = assessment;
          if (flags.json)
            io.json({
              file,
              faces,
              pass,
              score,
              hint,
              measures: faces === 0 ? measures : { ...measures, [UNIFIED]: unified(score) },
              presentation,
              substitutes: [UNIFIED, ...substituteMeasures],
            });
          const say = (code: HintCode) => hintWords[code][words.language];
          const said = summary[words.language];
          io.print(
            `${file}: ${said.faces}: ${faces}, ${said.score} ${score}, ${pass ? said.passes : said.fails}${hint === null ? "" : `: ${say(hint)}`}`,
          );
          for (const [name, one] of Object.entries(measures))
            io.print(
              `  ${one.pass ? " " : "✗"} ${name.padEnd(28)} ${String(one.value).padStart(3)}  raw ${one.raw === null ? "–" : Math.round(one.raw * 1e4) / 1e4}${one.hint === null ? "" : `  ${say(one.hint)}`}`,
            );
          for (const { name, value, suspicious } of presentation)
            if (suspicious) io.print(`  ! ${name.padEnd(28)} ${String(value).padStart(3)}  ${said.suspicious}`);
        } catch (error) {
          if (!(error instanceof BiometricsError)) throw error;
          const { code, cause, next } = words.explain(error);
          if (flags.json) io.json({ file, error: { code, details: error.details, cause, next } });
          io.print(`${file}: ${code}\n  ${cause}\n  ${next}`);
          io.exit(1);
        }
      }
    });

  face
    .command("explain <file>")
    .description("draw what was found and how each measure came out: one HTML page")
    .requiredOption("--out <folder>", "where to write index.html")
    .option("--policy <file>", "limits to use instead")
    .action(async (file: string, flags: AssessFlags & { readonly out: string }) => {
      const limits = await policyOf(flags.policy);
      const still = await decodeImage(await pictureFile(file));
      const engine = await FaceEngine.open(limits.detection);
      await explainFace(
        still,
        assessPortrait(still, engine.look(still, io.clock.monotonic), limits),
        flags.out,
        limits,
      );
      io.print(`${flags.out}/index.html`);
    });

  face
    .command("portrait <in> <out>")
    .description("cut the passport portrait (35 × 45 mm); .jp2 or .jpg for the chip (at most 20 KB), .png at full size")
    .option("--json", "print the record of the cut")
    .option("--policy <file>", "limits to use instead")
    .action(async (input: string, output: string, flags: AssessFlags) => {
      const limits = await policyOf(flags.policy);
      const bytes = await pictureFile(input);
      const still = await decodeImage(bytes);
      const engine = await FaceEngine.open(limits.detection);
      const { faces } = engine.look(still, io.clock.monotonic);
      const [first] = faces;
      if (first === undefined) throw new BiometricsError("face/none", { file: input });
      if (faces.length > 1) throw new BiometricsError("face/several", { file: input, faces: faces.length });
      const format = /\.jp2$/i.test(output)
        ? "jp2"
        : /\.jpe?g$/i.test(output)
          ? "jpeg"
          : /\.png$/i.test(output)
            ? "png"
            : undefined;
      if (format === undefined) throw new BiometricsError("face/portrait-format", { file: output });
      const portrait = cutPortrait(still, first, format === "png" ? undefined : chipPortrait.height, limits.portrait);
      const encoded = format === "png" ? await encodePng(portrait.image) : await encodeForChip(portrait.image, format);
      await writeFile(output, encoded);
      const record = portraitRecord(bytes, portrait, encoded);
      if (flags.json) io.json(record);
      io.print(`${output}: ${record.portrait.width} × ${record.portrait.height}, ${encoded.length} bytes`);
    });

  registerLikeness(face, io);
}

function registerLikeness(face: Command, io: Io): void {
  face
    .command("match <a> <b>")
    .description(
      "do two pictures show the same person? The largest face of each; a score of 20 is one false match in a hundred",
    )
    .option("--json", "print JSON for programs")
    .option("--policy <file>", "limits to use instead")
    .action(async (a: string, b: string, flags: AssessFlags) => {
      const limits = await policyOf(flags.policy);
      const engine = await FaceEngine.open(limits.detection);
      const describe = async (file: string) => engine.describe(await decodeImage(await pictureFile(file)), file);
      const likeness = likenessOf(await describe(a), await describe(b));
      const verdict = verdictOf(likeness, limits.likeness);
      if (flags.json) io.json({ a, b, ...likeness, verdict, threshold: limits.likeness });
      const { score, distance, fmr } = likeness;
      io.print(
        `${verdict}: score ${score}, distance ${distance.toFixed(3)}, estimated false match rate ${fmr.toPrecision(2)}`,
      );
      io.print(`agrees from ${limits.likeness.agrees}, differs below ${limits.likeness.differs}; ${likeness.engine}`);
    });

  face
    .command("evaluate <folder>")
    .description(
      "compare every pair of a folder's pictures: each file is a person, but for what follows __ in its name",
    )
    .option("--by-folder", "each folder is a person")
    .option("--json", "print JSON for programs")
    .action(async (folder: string, flags: { readonly json?: true; readonly byFolder?: true }) => {
      const engine = await FaceEngine.open(faceLimits.detection);
      const faces: DescribedFace[] = [];
      const left: { file: string; code: string }[] = [];
      for (const file of await picturesIn(folder)) {
        try {
          const image = await decodeImage(await pictureFile(file));
          const person = personOf(relative(folder, file), flags.byFolder === true);
          faces.push({ person, descriptor: await engine.describe(image, file) });
        } catch (error) {
          if (!(error instanceof BiometricsError)) throw error;
          left.push({ file, code: error.code });
          io.print(`${file}: ${error.code}`);
        }
      }
      const figures = evaluateFaces(faces);
      if (flags.json) io.json({ ...figures, left });
      io.print(`${figures.pictures} pictures of ${figures.people} people, ${left.length} left out; ${figures.engine}`);
      io.print(
        `${figures.genuine} pairs of one person, ${figures.impostors} of two; equal error rate ${figures.eer.toFixed(2)} %`,
      );
      for (const { fmr, measured, fnmr } of figures.calibration)
        io.print(
          `  estimated FMR ≤ ${String(fmr).padEnd(5)}  measured ${measured.toFixed(4)}  same person missed ${Number.isNaN(fnmr) ? "–" : fnmr.toFixed(4)}`,
        );
    });
}

/** Pictures below a folder, by name. @throws `image/unreadable` */
async function picturesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true });
    return entries
      .filter((name) => /\.(jpe?g|png|webp|jp2|j2k)$/i.test(name))
      .sort()
      .map((name) => join(folder, name));
  } catch (cause) {
    throw new BiometricsError("image/unreadable", { file: folder }, { cause });
  }
}

/** Whom a picture shows, by its name: `anna__2.jpg` and `anna__3.jpg` are one person; or by its folder. */
function personOf(file: string, byFolder: boolean): string {
  if (byFolder) return file.replace(/[/\\][^/\\]*$/, "");
  return file.replace(/\.[^.]*$/, "").replace(/__.*$/, "");
}

/** @throws `image/unreadable` */
async function pictureFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new BiometricsError("image/unreadable", { file }, { cause });
  }
}

/** @throws `face/policy-wrong` */
async function policyOf(file: string | undefined): Promise<FaceLimits> {
  if (file === undefined) return faceLimits;
  try {
    return limitsOf(JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    if (cause instanceof BiometricsError) throw cause;
    throw new BiometricsError("face/policy-wrong", { place: "/" }, { cause });
  }
}
