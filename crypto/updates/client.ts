/**
 * A booth's side of the repository: fetches what is new from the server or from a courier's folder, and believes only what the officers
 * it was told of have signed, nothing older than it has seen, and nothing that has expired (tuf-js carries the workflow of tuf-spec §5 out).
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Fetcher, Updater } from "tuf-js";
import { DownloadHTTPError } from "tuf-js/dist/error.js";
import { writeFileDurably } from "../durable-file.ts";
import { KabinaError } from "../errors/kabina-error.ts";

/** Reads a file of the repository; undefined when there is none of that name. Throws when the link fails. */
export type UpdateSource = (path: string, maxLength: number) => Promise<Uint8Array | undefined>;

const metadataBase = "https://updates.invalid/metadata";
const targetBase = "https://updates.invalid/targets";

export class UpdateClient {
  readonly #folder: string;

  /** @param folder where the client keeps what it believes; `begin` puts the first root there */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Pins the first root: given with the installation, never fetched. A root that is there stays. */
  async begin(firstRoot: Uint8Array): Promise<void> {
    await mkdir(join(this.#folder, "metadata"), { recursive: true, mode: 0o700 });
    await mkdir(join(this.#folder, "targets"), { recursive: true, mode: 0o700 });
    const path = join(this.#folder, "metadata", "root.json");
    if ((await readFile(path).catch(() => undefined)) === undefined) await writeFileDurably(path, firstRoot);
  }

  /**
   * Brings metadata and the named targets up to date; all that are there, verified. Throws `updates/refused` with what is wrong,
   * `updates/unreachable`; what was believed before then stands.
   */
  async update(source: UpdateSource, names: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    const { fetcher, failed } = fetcherOf(source, this.#folder);
    try {
      const updater = new Updater({
        metadataDir: join(this.#folder, "metadata"),
        metadataBaseUrl: metadataBase,
        targetDir: join(this.#folder, "targets"),
        targetBaseUrl: targetBase,
        fetcher,
      });
      await updater.refresh();
      for (const name of names) {
        const info = await updater.getTargetInfo(name);
        if (!info) continue;
        const file = join(this.#folder, "targets", encodeURIComponent(name));
        const path = (await updater.findCachedTarget(info, file)) ?? (await updater.downloadTarget(info, file));
        found.set(name, await readFile(path));
      }
    } catch (cause) {
      if (failed()) throw new KabinaError("updates/unreachable", {}, { cause });
      const reason = cause instanceof Error ? cause.message.slice(0, 160) : "?";
      throw new KabinaError("updates/refused", { reason }, { cause });
    }
    return found;
  }

  /** The version of a role that is believed; undefined before the first update. */
  async version(role: "root" | "targets" | "timestamp"): Promise<number | undefined> {
    const text = await readFile(join(this.#folder, "metadata", `${role}.json`), "utf8").catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as { signed: { version: number } }).signed.version;
  }

  /**
   * A target as it was last believed, without asking anybody: what an offline booth goes on with. Its hash is compared with the
   * metadata that is kept; undefined when there is none, or when it was changed.
   */
  async kept(name: string): Promise<Uint8Array | undefined> {
    const content = await readFile(join(this.#folder, "targets", encodeURIComponent(name))).catch(() => undefined);
    if (!content) return undefined;
    const hash = createHash("sha256").update(content).digest("hex");
    for (const role of ["targets", "lists"]) {
      const text = await readFile(join(this.#folder, "metadata", `${role}.json`), "utf8").catch(() => undefined);
      const targets =
        text &&
        (JSON.parse(text) as { signed: { targets: Record<string, { hashes: { sha256: string } }> } }).signed.targets;
      if (targets && targets[name]?.hashes.sha256 === hash) return content;
    }
    return undefined;
  }
}

/** A courier's folder: a copy of the repository's `metadata/` and `targets/`. */
export const folderSource =
  (folder: string): UpdateSource =>
  async (path) =>
    readFile(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });

/** Hands the library the source's files; `failed()` says whether the link was at fault, which the library's own errors hide. */
function fetcherOf(source: UpdateSource, folder: string): { fetcher: Fetcher; failed: () => boolean } {
  let failed = false;
  const bytes = async (url: string, maxLength: number): Promise<Buffer> => {
    const path = decodeURIComponent(new URL(url).pathname.slice(1));
    const content = await source(path, maxLength).catch((error: unknown) => {
      failed = true;
      throw error;
    });
    // What the library takes for "there is no newer root".
    if (content === undefined) throw new DownloadHTTPError(path, 404);
    if (content.length > maxLength) throw new Error(`${path} is larger than ${maxLength} bytes`);
    return Buffer.from(content);
  };
  const fetcher: Fetcher = {
    downloadBytes: bytes,
    async downloadFile(url, maxLength, handler) {
      const file = join(folder, "targets", `.${process.pid}.download`);
      await writeFile(file, await bytes(url, maxLength), { mode: 0o600 });
      return handler(file);
    },
  };
  return { fetcher, failed: () => failed };
}
