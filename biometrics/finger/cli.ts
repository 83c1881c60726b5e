/** `kabina finger …` */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { BiometricsError } from "../errors.ts";
import { encodeGreyPng } from "../image/codec.ts";
import { today } from "../records/an2-finger.ts";
import { PRINT_FORMATS, printsAs } from "../records/opened-record.ts";
import { printOfTemplate } from "../records/recorded-print.ts";
import { type EvaluationFigures, evaluate } from "./evaluation.ts";
import { explainFinger } from "./explain.ts";
import { EXTRACTOR_VERSION, extractStages } from "./extract.ts";
import { readFingerImage, readFingerTemplate } from "./file.ts";
import { MEASURED_TO } from "./limits.ts";
import { matchPrepared } from "./match.ts";
import { type FingerPosition, fingerPositions } from "./position.ts";
import { prepare } from "./prepared.ts";
import { assessFinger, type FingerReason } from "./quality.ts";
import { withRidgeCounts } from "./ridge-count.ts";
import { readSamples } from "./samples.ts";
import { fuse } from "./score.ts";
import { segmentSlap } from "./slap.ts";
import { cropFinger } from "./slap-crop.ts";

interface Io {
  readonly clock: { monotonic(): number; now(): Date };
  print(line: string): void;
  json(value: unknown): void;
}
interface Options {
  readonly json?: boolean;
  readonly ppi?: string;
}

export function registerFinger(program: Command, io: Io): void {
  const finger = program.command("finger").description("finger pictures, templates and comparisons");
  const verb = (usage: string, description: string) =>
    finger
      .command(usage)
      .description(description)
      .option("--json", "print JSON for programs")
      .option("--ppi <number>", "resolution of the pictures, over what they state (500 when they state none)");
  const ppi = (options: Options) => (options.ppi === undefined ? undefined : Number(options.ppi));

  verb("quality <files...>", "score of each picture, its measures and what to do better").action(
    async (files: string[], options: Options) => {
      const results = [];
      for (const file of files) {
        const result = assessFinger(await readFingerImage(file, ppi(options)));
        results.push({ file, ...result });
        io.print(`${file}: ${qualityLine({ quality: result.score, reasons: result.reasons })}`);
        for (const [name, value] of Object.entries(result.measures))
          io.print(`  ${name} ${Math.round(value * 1000) / 1000}`);
      }
      if (options.json) io.json(results);
    },
  );

  verb("template <in> <out>", "minutiae of a picture as a record, with ridge counts, cores and deltas")
    .option("--format <format>", `one of ${PRINT_FORMATS.join(", ")}`, "iso2005")
    .option("--position <name>", `which finger: ${Object.keys(fingerPositions).join(", ")}`)
    .action(async (from: string, to: string, options: Options & { format: string; position?: FingerPosition }) => {
      const format = PRINT_FORMATS.find((known) => known === options.format);
      if (format === undefined) throw new BiometricsError("record/field", { field: "--format", value: options.format });
      const position = options.position === undefined ? 0 : fingerPositions[options.position];
      if (position === undefined)
        throw new BiometricsError("record/field", { field: "--position", value: String(options.position) });
      const image = await readFingerImage(from, ppi(options));
      const template = withRidgeCounts(extractStages(image));
      const { score: quality, reasons } = assessFinger(image);
      const print = printOfTemplate(template, { position, quality });
      const bytes = printsAs([print], format, { date: today(io.clock.now()), agency: "KABINA", number: "1" });
      await writeFile(to, bytes);
      const count = (kind: "core" | "delta") => template.singularPoints.filter((p) => p.kind === kind).length;
      const made = {
        minutiae: template.minutiae.length,
        ridgeCounts: template.ridgeCounts?.length ?? 0,
        cores: count("core"),
        deltas: count("delta"),
        bytes: bytes.length,
        quality,
        reasons,
      };
      io.print(
        `${made.minutiae} minutiae, ${made.ridgeCounts} ridge counts, ${made.cores} core(s), ${made.deltas} delta(s), ${made.bytes} bytes; quality ${qualityLine(made)}`,
      );
      if (options.json) io.json({ ...made, version: template.version });
    });

  verb(
    "match <a> <b> [more...]",
    "score of two prints (10 · -log10 of the false-match rate); more pairs of fingers add up",
  ).action(async (a: string, b: string, more: string[], options: Options) => {
    if (more.length % 2 !== 0) throw new BiometricsError("finger/odd-pairs", { files: 2 + more.length });
    const files = [a, b, ...more];
    const scores: number[] = [];
    for (let k = 0; k < files.length; k += 2) {
      const first = await readFingerTemplate(files[k]!, ppi(options));
      const second = await readFingerTemplate(files[k + 1]!, ppi(options));
      scores.push(matchPrepared(prepare(first), prepare(second)).score);
    }
    const score = fuse(scores);
    const odds =
      score > MEASURED_TO
        ? "beyond what was measured"
        : `one impostor in ${Math.round(10 ** (score / 10))} scores as high`;
    io.print(`${score.toFixed(1)} (${odds})`);
    if (options.json) io.json({ score, scores, version: EXTRACTOR_VERSION });
  });

  verb("search <gallery> <probe>", "the most alike prints of a folder, best first")
    .option("--limit <number>", "how many (10)")
    .action(async (gallery: string, probe: string, options: Options & { limit?: string }) => {
      const searched = prepare(await readFingerTemplate(probe, ppi(options)));
      const hits = [];
      for (const file of (await readdir(gallery)).sort()) {
        const { score } = matchPrepared(searched, prepare(await readFingerTemplate(join(gallery, file), ppi(options))));
        hits.push({ file, score });
      }
      hits.sort((p, q) => q.score - p.score).splice(Number(options.limit ?? 10));
      for (const hit of hits) io.print(`${hit.score.toFixed(1)}  ${hit.file}`);
      if (options.json) io.json(hits);
    });

  verb("evaluate <folder>", "error rates over a folder of databases (<database>/<finger>_<impression>.png)").action(
    async (folder: string, options: Options) => {
      const { databases, pooled } = await evaluate(readSamples(folder), processorMilliseconds);
      for (const [name, figures] of [...Object.entries(databases), ["pooled", pooled] as const])
        io.print(line(name, figures));
      if (options.json) io.json({ ...databases, pooled });
    },
  );

  verb("segment <file> <folder>", "the fingers of a slap, each upright in a picture of its own").action(
    async (file: string, folder: string, options: Options) => {
      const image = await readFingerImage(file, ppi(options));
      const slap = segmentSlap(image);
      await mkdir(folder, { recursive: true });
      const fingers = [];
      for (const [i, found] of slap.fingers.entries()) {
        const name = `${found.position ?? `finger-${i + 1}`}.png`;
        const cut = cropFinger(image, found);
        await writeFile(join(folder, name), await encodeGreyPng(cut));
        const { score: quality, reasons } = assessFinger(cut);
        fingers.push({ file: name, ...found, quality, reasons });
        io.print(`${name}: turned ${Math.round(found.rotation)}°, quality ${qualityLine({ quality, reasons })}`);
      }
      io.print(`hand: ${slap.hand ?? "unclear"}; missing: ${slap.missing.join(", ") || "none"}`);
      if (options.json) io.json({ hand: slap.hand ?? null, missing: slap.missing, fingers });
    },
  );

  verb("explain <file>", "writes every stage of the extraction as pictures and one page")
    .requiredOption("--out <folder>", "where to")
    .action(async (file: string, options: Options & { out: string }) => {
      await mkdir(options.out, { recursive: true });
      const files = await explainFinger(await readFingerImage(file, ppi(options)));
      for (const { name, bytes } of files) await writeFile(join(options.out, name), bytes);
      io.print(`wrote ${join(options.out, "index.html")}`);
      if (options.json) io.json({ files: files.map((f) => join(options.out, f.name)) });
    });
}

/** A photograph has places like minutiae too, and dark blobs like fingers: this says that it is none. */
function qualityLine({ quality, reasons }: { quality: number; reasons: readonly FingerReason[] }): string {
  return reasons.length > 0 ? `${quality} (${reasons.join(", ")})` : String(quality);
}

/** Time the processor spent on this process: what a busy machine does meanwhile does not count. */
function processorMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function line(name: string, f: EvaluationFigures): string {
  const rates = `EER ${f.eer.toFixed(2)} %, FNMR at FMR 1e-2 / 1e-3 / 1e-4: ${f.fnmr_at_fmr_1e2.toFixed(2)} / ${f.fnmr_at_fmr_1e3.toFixed(2)} / ${f.fnmr_at_fmr_1e4.toFixed(2)} %`;
  const speed = `${f.extract_ms.toFixed(1)} ms to extract, ${Math.round(f.matches_per_second)} matches/s`;
  const two = `two fingers: EER ${f.two_fingers.eer.toFixed(2)} %, at 1e-3 ${f.two_fingers.fnmr_at_fmr_1e3.toFixed(2)} %`;
  return `${name}: ${f.genuine} genuine, ${f.impostors} impostor pairs. ${rates}; ${two}; ${speed}`;
}
