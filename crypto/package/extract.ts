/** Opens a package into a folder that did not exist before: all of its parts, or nothing. */
import { lstat, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { syncFolder } from "../durable-file.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { type OpenedPackage, type OpenOptions, openPackage } from "./open.ts";

const extensions: Readonly<Record<string, string>> = {
  "application/json": ".json",
  "image/jpeg": ".jpg",
  "image/png": ".png",
  "image/jp2": ".jp2",
  "image/svg+xml": ".svg",
};

const extensionOf = (mediaType: string): string =>
  extensions[mediaType] ?? (mediaType.endsWith("+json") ? ".json" : ".bin");

/**
 * Writes each part as `folder/<name><extension>` (folder 0700, files 0600), and `manifest.json`. Throws what `openPackage`
 * throws, and `package/folder-exists`.
 */
export async function extractPackage(path: string, folder: string, options: OpenOptions): Promise<OpenedPackage> {
  const target = resolve(folder);
  const taken = await lstat(target).then(
    () => true,
    () => false,
  );
  if (taken) throw new KabinaError("package/folder-exists", { path: folder });
  const unfinished = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  await mkdir(unfinished, { mode: 0o700 });
  try {
    const opened = await openPackage(path, options, ({ name, mediaType, plaintext }) =>
      writeFile(join(unfinished, `${name}${extensionOf(mediaType)}`), plaintext, { mode: 0o600, flag: "wx" }),
    );
    await writeFile(join(unfinished, "manifest.json"), opened.manifestBytes, { mode: 0o600, flag: "wx" });
    await rename(unfinished, target);
    await syncFolder(dirname(target));
    return opened;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}
