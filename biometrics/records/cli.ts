/** `kabina record …` */
import { readFile, writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { BiometricsError } from "../errors.ts";
import { assessPortrait } from "../face/assessment.ts";
import { faceLimits } from "../face/limits.ts";
import { recordedPortrait } from "../face/recorded-portrait.ts";
import { decodeGrey, decodeImage, encodeGreyPng } from "../image/codec.ts";
import { isPgm, readPgm, writePgm } from "../image/pgm.ts";
import { decodeWsq, isWsq } from "../wsq/decode.ts";
import { encodeWsq } from "../wsq/encode.ts";
import { type TransactionHead, today } from "./an2-finger.ts";
import type { CardForm } from "./card-minutiae.ts";
import { FACE_FORMATS, type FaceFormat, facesAs, isFaceBearing, openFace } from "./opened-face.ts";
import {
  isRecord,
  type OpenedRecord,
  openRecord,
  PICTURE_RECORDS,
  type PictureRecord,
  PRINT_FORMATS,
  type PrintFormat,
  picturesAs,
  printsAs,
} from "./opened-record.ts";
import type { RecordedFace } from "./recorded-face.ts";
import { greyOf, pictureOfGrey } from "./recorded-picture.ts";
import { faceSummaryOf, summaryOf } from "./summary.ts";

interface Io {
  readonly clock: { now(): Date; monotonic(): number };
  print(line: string): void;
  json(value: unknown): void;
}

const PICTURE_FILES = ["png", "wsq", "pgm"] as const;
const CARD_FORMS: readonly string[] = ["card-normal", "card-compact"];
const USUAL_PPI = 500;

interface ConvertOptions {
  readonly to: string;
  readonly as?: string;
  readonly view?: string;
  readonly ppi?: string;
  readonly agency: string;
  readonly number: string;
  readonly json?: boolean;
}

export function registerRecord(program: Command, io: Io): void {
  const record = program
    .command("record")
    .description(
      "finger and face records (ISO/IEC 19794-2, -4 and -5, 39794-2, -4 and -5, ANSI 378, ANSI/NIST-ITL, DG2)",
    );

  record
    .command("inspect <file>")
    .description("what a record holds")
    .option("--as <form>", `read it as a list for a card: ${CARD_FORMS.join(" or ")}`)
    .option("--json", "print JSON for programs")
    .action(async (file: string, options: { as?: string; json?: boolean }) => {
      const bytes = await readFile(file);
      const card = cardForm(options.as);
      const summary = card === undefined && isFaceBearing(bytes) ? faceSummaryOf(bytes) : summaryOf(bytes, card);
      io.print(`${summary.format}, ${summary.views.length} view(s)`);
      for (const line of [...(summary.records ?? []), ...summary.views]) {
        io.print(
          `  ${Object.entries(line)
            .map(([name, value]) => `${name} ${value}`)
            .join(", ")}`,
        );
      }
      if (options.json) io.json(summary);
    });

  record
    .command("convert <in> <out>")
    .description("a record, or a picture of a finger or face, to another format")
    .requiredOption(
      "--to <format>",
      `minutiae: ${PRINT_FORMATS.join(", ")}; pictures: ${[...PICTURE_RECORDS, ...PICTURE_FILES].join(", ")}; portraits: ${FACE_FORMATS.join(", ")}`,
    )
    .option("--as <form>", `read it as a list for a card: ${CARD_FORMS.join(" or ")}`)
    .option("--view <number>", "only this view, the first is 1")
    .option("--ppi <number>", "resolution of a picture that does not state one (500)")
    .option("--agency <name>", "who sends a transaction", "KABINA")
    .option("--number <text>", "a transaction's own number", "1")
    .option("--json", "print JSON for programs")
    .action(async (from: string, to: string, options: ConvertOptions) => {
      const read = await readFile(from);
      if ((FACE_FORMATS as readonly string[]).includes(options.to)) {
        const portrait = facesAs(await facesOf(read, () => io.clock.monotonic()), options.to as FaceFormat);
        await writeFile(to, portrait);
        io.print(`wrote ${to}, ${portrait.length} bytes`);
        if (options.json) io.json({ file: to, bytes: portrait.length });
        return;
      }
      const opened = onlyView(await openAny(read, options), options.view);
      const head = {
        date: today(io.clock.now()),
        agency: options.agency,
        number: options.number,
      };
      const bytes = await converted(opened, options.to, head);
      await writeFile(to, bytes);
      io.print(`wrote ${to}, ${bytes.length} bytes`);
      if (options.json) io.json({ file: to, bytes: bytes.length });
    });
}

/** The portraits of a record; or of a bare picture, with what the engine sees in it. */
async function facesOf(bytes: Uint8Array, now: () => number): Promise<readonly RecordedFace[]> {
  if (isFaceBearing(bytes)) return openFace(bytes).faces;
  const { FaceEngine } = await import("../face/engine.ts");
  const image = await decodeImage(bytes);
  const engine = await FaceEngine.open(faceLimits.detection);
  return [recordedPortrait(bytes, image, assessPortrait(image, engine.look(image, now)))];
}

function cardForm(form: string | undefined): CardForm | undefined {
  if (form === undefined || CARD_FORMS.includes(form)) return form as CardForm | undefined;
  throw new BiometricsError("record/field", { field: "--as", value: form });
}

async function openAny(bytes: Uint8Array, options: ConvertOptions): Promise<OpenedRecord> {
  const card = cardForm(options.as);
  if (card !== undefined || isRecord(bytes)) return openRecord(bytes, card);
  const ppi = Number(options.ppi ?? USUAL_PPI);
  const bare = { position: 0, impressionType: 0, quality: undefined };
  if (isWsq(bytes)) {
    const { image } = decodeWsq(bytes, ppi);
    const { width, height } = image;
    const picture = { ...bare, width, height, ppi: image.ppi, depth: 8, coding: "wsq" as const, data: bytes };
    return { format: "wsq", prints: [], pictures: [picture] };
  }
  const image = isPgm(bytes) ? readPgm(bytes, ppi) : await decodeGrey(bytes, { ppi });
  return { format: "picture", prints: [], pictures: [pictureOfGrey(image)] };
}

function onlyView(opened: OpenedRecord, view: string | undefined): OpenedRecord {
  if (view === undefined) return opened;
  const at = Number(view) - 1;
  const all = [...opened.prints, ...opened.pictures];
  if (all[at] === undefined) throw new BiometricsError("record/field", { field: "--view", value: view });
  const prints = opened.prints.slice(at, at + 1);
  const first = opened.prints.length;
  return { ...opened, prints, pictures: at < first ? [] : opened.pictures.slice(at - first, at - first + 1) };
}

async function converted(opened: OpenedRecord, to: string, head: TransactionHead): Promise<Uint8Array> {
  const { prints, pictures } = opened;
  const isPrint = (PRINT_FORMATS as readonly string[]).includes(to);
  const isPicture = (PICTURE_RECORDS as readonly string[]).includes(to);
  if (isPrint && (prints.length > 0 || !isPicture)) return printsAs(prints, to as PrintFormat, head);
  if (isPicture) return picturesAs(pictures, to as PictureRecord, head);
  const [picture] = pictures;
  if (!(PICTURE_FILES as readonly string[]).includes(to))
    throw new BiometricsError("record/field", { field: "--to", value: to });
  if (picture === undefined) throw new BiometricsError("record/no-picture");
  // A picture that already is what is asked for is handed out as it is, not decoded and encoded again.
  if (picture.coding === to) return picture.data;
  const image = await greyOf(picture);
  return to === "png" ? encodeGreyPng(image) : to === "wsq" ? encodeWsq(image) : writePgm(image);
}
