/** Country signing certificates that the booth trusts: `<data>/booth/trust/csca/*.der`. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

export async function readTrustedCsca(boothFolder: string): Promise<Uint8Array[]> {
  const folder = join(boothFolder, "trust", "csca");
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith(".der")).sort();
  return Promise.all(files.map(async (name) => new Uint8Array(await readFile(join(folder, name)))));
}
