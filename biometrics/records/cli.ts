/** `kabina record …` */
import { readFile, writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { BiometricsError } from "../errors.ts";
import { encodeGreyPng } from "../image/codec.ts";
import { encodeWsq } from "../wsq/encode.ts";
import { isTransaction, readTransaction, textOf } from "./an2.ts";
import type { FingerImageRecord } from "./image-record.ts";
import { FINGER_IMAGE_BLOCK, readFingerImage39794 } from "./iso39794.ts";
import type { MinutiaeFormat } from "./minutiae-view.ts";
import { pictureOf, pictureRecord } from "./picture-record.ts";
import { type FingerRecord, readFingerRecord, writeFingerRecord } from "./record.ts";
import { recordOf, templateOf } from "./template-record.ts";

interface Io {
  print(line: string): void;
  json(value: unknown): void;
}

export function registerRecord(program: Command, io: Io): void {
  const record = program
    .command("record")
    .description("finger records (ISO/IEC 19794-2 and -4, 39794-4, ANSI 378, ANSI/NIST-ITL)");

  record
    .command("inspect <file>")
    .description("what a record holds")
    .option("--json", "print JSON for programs")
    .action(async (file: string, options: { json?: boolean }) => {
      const summary = summaryOf(await readFile(file));
      io.print(`${summary.format}, ${summary.views.length} view(s)`);
      for (const view of summary.views) {
        io.print(
          `  ${Object.entries(view)
            .map(([name, value]) => `${name} ${value}`)
            .join(", ")}`,
        );
      }
      if (options.json) io.json(summary);
    });

  record
    .command("convert <in> <out>")
    .description("a record to another format")
    .requiredOption("--to <format>", "iso2005, iso2011 or ansi378 (minutiae); iso2005, iso2011, wsq or png (pictures)")
    .action(async (from: string, to: string, options: { to: string }) => {
      await writeFile(to, await convert(readFingerRecord(await readFile(from)), options.to));
      io.print(`wrote ${to}`);
    });
}

function summaryOf(bytes: Uint8Array): { kind: string; format: string; views: object[] } {
  if (isTransaction(bytes)) {
    const { records } = readTransaction(bytes);
    const views = records.map((r) =>
      r.encoding === "tagged"
        ? { type: r.type, fields: r.fields.length, length: textOf(r, 1) ?? "" }
        : { type: r.type, impression: r.impressionType, width: r.width, height: r.height, bytes: r.data.length },
    );
    return { kind: "transaction", format: "ansi-nist-itl", views };
  }
  if (bytes[0] === FINGER_IMAGE_BLOCK) {
    const { kind, generation, year, representations } = readFingerImage39794(bytes);
    const views = representations.map(({ data, ...codes }) => ({ ...codes, bytes: data.length }));
    return { kind, format: `iso39794-4 version ${generation} (${year})`, views };
  }
  return summarise(readFingerRecord(bytes));
}

function summarise(record: FingerRecord) {
  const views =
    record.kind === "minutiae"
      ? record.views.map((v) => ({
          position: v.position,
          impression: v.impressionType,
          quality: v.quality,
          width: v.width,
          height: v.height,
          ppi: Math.round(v.resolutionX * 2.54),
          minutiae: v.minutiae.length,
          extendedBytes: v.extended.length,
        }))
      : record.views.map((v) => ({
          position: v.position,
          impression: v.impressionType,
          quality: v.quality,
          width: v.width,
          height: v.height,
          ppi: v.sampling.units === 2 ? Math.round(v.sampling.imageX * 2.54) : v.sampling.imageX,
          coding: v.sampling.coding,
          bytes: v.data.length,
        }));
  return { kind: record.kind, format: record.format, views };
}

async function convert(record: FingerRecord, to: string): Promise<Uint8Array> {
  const view = record.views[0];
  if (view === undefined) throw new BiometricsError("record/field", { field: "views", value: 0 });
  const finger = { position: view.position, quality: view.quality, impressionType: view.impressionType };
  if (record.kind === "minutiae" && ["iso2005", "iso2011", "ansi378"].includes(to)) {
    return writeFingerRecord(recordOf(templateOf(record, record.views[0]!), to as MinutiaeFormat, finger));
  }
  if (record.kind === "finger-image") {
    const image = await pictureOf(record.views[0]!);
    if (to === "png") return encodeGreyPng(image);
    if (to === "wsq") return encodeWsq(image);
    const coding = record.views[0]!.sampling.coding === "wsq" ? "wsq" : "raw";
    if (to === "iso2005" || to === "iso2011") {
      const format: FingerImageRecord["format"] = `iso19794-4-${to === "iso2005" ? "2005" : "2011"}`;
      return writeFingerRecord(pictureRecord(image, format, coding, finger));
    }
  }
  throw new BiometricsError("record/field", { field: "--to", value: to });
}
