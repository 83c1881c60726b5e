/** `kabina wsq …` */
import { readFile, writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { decodeGrey, encodeGreyPng } from "../image/codec.ts";
import { decodeWsq } from "./decode.ts";
import { encodeWsq, USUAL_RATE } from "./encode.ts";

interface Io {
  print(line: string): void;
  json(value: unknown): void;
}

export function registerWsq(program: Command, io: Io): void {
  const wsq = program.command("wsq").description("WSQ pictures (FBI IAFIS-IC-0110)");

  wsq
    .command("encode <in> <out>")
    .description("a grey picture to WSQ")
    .option("--rate <bits>", "bits per pixel asked of the rate model", String(USUAL_RATE))
    .option("--ppi <number>", "resolution of a picture that does not state one", "500")
    .option("--json", "print JSON for programs")
    .action(async (from: string, to: string, options: { rate: string; ppi: string; json?: boolean }) => {
      const image = await decodeGrey(await readFile(from), { ppi: Number(options.ppi) });
      const bytes = encodeWsq(image, Number(options.rate));
      await writeFile(to, bytes);
      const rate = (8 * bytes.length) / image.data.length;
      io.print(`${bytes.length} bytes, ${rate.toFixed(2)} bits per pixel`);
      if (options.json) io.json({ bytes: bytes.length, rate });
    });

  wsq
    .command("decode <in> <out>")
    .description("WSQ to a grey PNG")
    .option("--json", "print JSON for programs")
    .action(async (from: string, to: string, options: { json?: boolean }) => {
      const { image } = decodeWsq(await readFile(from));
      await writeFile(to, await encodeGreyPng(image));
      io.print(`${image.width}×${image.height} at ${image.ppi} ppi`);
      if (options.json) io.json({ width: image.width, height: image.height, ppi: image.ppi });
    });

  wsq
    .command("info <file>")
    .description("what the headers say")
    .option("--json", "print JSON for programs")
    .action(async (file: string, options: { json?: boolean }) => {
      const bytes = await readFile(file);
      const { image, frame, comments } = decodeWsq(bytes);
      const info = {
        ...frame,
        ppi: image.ppi,
        bytes: bytes.length,
        bitsPerPixel: (8 * bytes.length) / image.data.length,
        comments,
      };
      for (const [name, value] of Object.entries(info))
        io.print(`${name}: ${Array.isArray(value) ? value.join("; ") : value}`);
      if (options.json) io.json(info);
    });
}
