/** `kabina face …` */
import { readFile, writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { BiometricsError } from "../errors.ts";
import { decodeImage, encodePng } from "../image/codec.ts";
import { assessPortrait } from "./assessment.ts";
import { FaceEngine } from "./engine.ts";
import { explainFace } from "./explain.ts";
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

export function registerFace(program: Command, io: Io): void {
  const face = program.command("face").description("Portraits: detection, measures, the passport's cut");
  face
    .command("assess <files...>")
    .description("Judge portraits by every measure; the exit code is 1 when a file cannot be read")
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
          if (flags.json) io.json({ file, faces, pass, score, hint, measures, substitutes: substituteMeasures });
          io.print(`${file}: ${faces} face(s), score ${score}, ${pass ? "passes" : `first: ${hint}`}`);
          for (const [name, one] of Object.entries(measures))
            io.print(
              `  ${one.pass ? " " : "✗"} ${name.padEnd(28)} ${String(one.value).padStart(3)}  raw ${one.raw === null ? "–" : Math.round(one.raw * 1e4) / 1e4}${one.hint === null ? "" : `  ${one.hint}`}`,
            );
        } catch (error) {
          if (!(error instanceof BiometricsError)) throw error;
          if (flags.json) io.json({ file, error: { code: error.code, details: error.details } });
          io.print(`${file}: ${error.code}`);
          io.exit(1);
        }
      }
    });

  face
    .command("explain <file>")
    .description("Draw what was found and how each measure came out: one HTML page")
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
    .description("Cut the passport portrait (35 × 45 mm); .jp2 or .jpg for the chip (at most 20 KB), .png at full size")
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
