/**
 * The outbox on the disk: for each package `<packageId>.kab` (the sealed bytes) and `<packageId>.json` (its entry). A package is
 * in the outbox from the moment its `.kab` has its name; the entry can be made again from the package, so there is no
 * moment at which a power cut loses one.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { readHead } from "../../crypto/delivery/head.ts";
import { DELIVERY_LIMITS } from "../../crypto/delivery/limits.ts";
import { makeOffer, type Offer } from "../../crypto/delivery/offer.ts";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import { type PlacedStretch, placedStretches } from "../../crypto/package/body-scan.ts";
import { decodeManifest } from "../../crypto/package/manifest.ts";
import { OutboxEntry } from "./entry.ts";
import type { PackageIdentity } from "./outbox.ts";

const PACKAGE = /^([0-9a-f-]{36})\.kab$/;
const ENTRY = /^([0-9a-f-]{36})\.json$/;
/** What a crash in the middle of a copy or of an entry leaves behind. */
const LEFTOVER = /\.(copy|tmp)$/;

const NOTICE_MARK = "notices";
const NoticeMark = z.object({ after: z.int().nonnegative() });

export class OutboxFolder {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads what is there after a start, makes whole what a crash left half done, and removes leftovers. */
  async open(now: Date): Promise<OutboxEntry[]> {
    await mkdir(this.#path, { recursive: true, mode: 0o700 });
    const names = await readdir(this.#path);
    const packages = new Set(names.map((name) => PACKAGE.exec(name)?.[1]).filter((id) => id !== undefined));
    const entries = new Map<string, OutboxEntry>();
    for (const name of names) {
      const id = ENTRY.exec(name)?.[1];
      const entry = id === undefined ? undefined : await this.#readEntry(id);
      if (entry) entries.set(entry.packageId, entry);
      if (LEFTOVER.test(name)) await rm(join(this.#path, name), { force: true });
    }
    for (const id of packages) {
      if (!entries.has(id)) entries.set(id, await this.#adopt(id, now));
    }
    return [...entries.values()];
  }

  /** Whether the package's bytes are still here. */
  has(packageId: string): Promise<boolean> {
    return stat(this.packagePath(packageId)).then(
      () => true,
      () => false,
    );
  }

  packagePath(packageId: string): string {
    return join(this.#path, `${packageId}.kab`);
  }

  /** Takes a sealed package over. When this resolves the package and its name are on the disk. */
  async take(packagePath: string, identity: PackageIdentity, now: Date): Promise<OutboxEntry> {
    const target = this.packagePath(identity.packageId);
    try {
      await makeDurable(packagePath);
      await rename(packagePath, target).catch(async (error) => {
        if ((error as { code?: unknown }).code !== "EXDEV") throw error;
        // Another disk: copied under a name that is no package's, then renamed; the original goes last.
        await copyFile(packagePath, `${target}.copy`);
        await makeDurable(`${target}.copy`);
        await rename(`${target}.copy`, target);
      });
      await makeDurable(this.#path);
      await rm(packagePath, { force: true });
    } catch (error) {
      await rm(`${target}.copy`, { force: true });
      throw (error as { code?: unknown }).code === "ENOSPC"
        ? new KabinaError("outbox/disk-full", {}, { cause: error })
        : error;
    }
    const entry = await this.#describe(target, identity, now);
    await this.#tryWrite(entry);
    return entry;
  }

  /** Removes a package offered for adding that is here already; never the one that is here. */
  async drop(packagePath: string, packageId: string): Promise<void> {
    if (resolve(packagePath) !== resolve(this.packagePath(packageId))) await rm(packagePath, { force: true });
  }

  async write(entry: OutboxEntry): Promise<void> {
    const path = join(this.#path, `${entry.packageId}.json`);
    await writeFileDurably(path, JSON.stringify(OutboxEntry.parse(entry)), 0o600);
  }

  /** The number of the last decision notice that was taken in; 0 before the first. */
  async lastNotice(): Promise<number> {
    try {
      return NoticeMark.parse(JSON.parse(await readFile(join(this.#path, NOTICE_MARK), "utf8"))).after;
    } catch {
      // Without it they are asked for from the first on; taking one in twice changes nothing.
      return 0;
    }
  }

  writeLastNotice(after: number): Promise<void> {
    return writeFileDurably(join(this.#path, NOTICE_MARK), JSON.stringify({ after }), 0o600);
  }

  /** Removes a package's bytes; its entry stays. Only ever called for an entry whose receipt has been verified and written. */
  async purge(packageId: string): Promise<void> {
    await rm(this.packagePath(packageId), { force: true });
    await makeDurable(this.#path);
  }

  /** Removes the entry of a package delivered long ago. */
  async forget(packageId: string): Promise<void> {
    await rm(join(this.#path, `${packageId}.json`), { force: true });
  }

  /** SHA-256 of a file, hexadecimal. */
  async hash(path: string): Promise<string> {
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return hash.digest("hex");
  }

  /**
   * The offer of a package, from its bytes as they are now.
   * @throws KabinaError `outbox/package-damaged` when they are not the bytes that were added, `outbox/package-lost`
   */
  async offer(entry: OutboxEntry): Promise<Offer> {
    const path = this.packagePath(entry.packageId);
    try {
      const offer = await makeOffer(createReadStream(path), await readHeadBytes(path));
      if (offer.sha256.toString("hex") === entry.sha256) return offer;
    } catch (error) {
      if ((error as { code?: unknown }).code === "ENOENT") throw new KabinaError("outbox/package-lost");
      if (!(error instanceof KabinaError)) throw error;
    }
    throw new KabinaError("outbox/package-damaged");
  }

  /** The stretches of a package that the server cannot write by itself: its parts. */
  async stretchesToSend({ packageId }: OutboxEntry): Promise<readonly PlacedStretch[]> {
    const head = readHead(await readHeadBytes(this.packagePath(packageId)));
    const manifest = decodeManifest(head?.manifest ?? Buffer.alloc(0));
    return placedStretches(manifest, head?.bytes ?? 0).filter(({ known }) => known === undefined);
  }

  async #readEntry(packageId: string): Promise<OutboxEntry | undefined> {
    try {
      const entry = OutboxEntry.parse(JSON.parse(await readFile(join(this.#path, `${packageId}.json`), "utf8")));
      return entry.packageId === packageId ? entry : undefined;
    } catch {
      // Unreadable: it is made again from the package.
      return undefined;
    }
  }

  /** A package whose entry was not yet written, or was damaged: described again from its own manifest. */
  async #adopt(packageId: string, now: Date): Promise<OutboxEntry> {
    const path = this.packagePath(packageId);
    let identity: PackageIdentity = { packageId, createdAt: now.toISOString() };
    let damaged = false;
    try {
      const head = readHead(await readHeadBytes(path));
      const manifest = decodeManifest(head?.manifest ?? Buffer.alloc(0));
      damaged = manifest.packageId !== packageId;
      identity = { packageId, createdAt: manifest.createdAt };
    } catch {
      damaged = true;
    }
    const entry = await this.#describe(path, identity, now);
    const adopted: OutboxEntry = damaged
      ? { ...entry, state: "quarantined", nextTryAt: null, lastError: "outbox/package-damaged" }
      : entry;
    await this.#tryWrite(adopted);
    return adopted;
  }

  /** The package is safe without its entry, which can be made again from it: a full disk must not stand in the way of delivering. */
  async #tryWrite(entry: OutboxEntry): Promise<void> {
    try {
      await this.write(entry);
    } catch (error) {
      if (!isCoded(error) || error.code !== "file/disk-full") throw error;
    }
  }

  async #describe(path: string, identity: PackageIdentity, now: Date): Promise<OutboxEntry> {
    return {
      format: "kabina-outbox-entry/1",
      packageId: identity.packageId,
      createdAt: identity.createdAt,
      addedAt: now.toISOString(),
      size: (await stat(path)).size,
      sha256: await this.hash(path),
      state: "waiting",
      offered: false,
      sentBytes: 0,
      attempts: 0,
      nextTryAt: now.toISOString(),
      lastError: null,
      receivedAt: null,
      receipt: null,
      decision: null,
    };
  }
}

/** The package's head, read without the rest of it. */
async function readHeadBytes(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const start = Buffer.alloc(Math.min((await file.stat()).size, DELIVERY_LIMITS.headBytes));
    await file.read(start, 0, start.length, 0);
    const head = readHead(start);
    if (!head) throw new KabinaError("delivery/head-malformed", { entry: "manifest.p7s" });
    return start.subarray(0, head.bytes);
  } finally {
    await file.close();
  }
}

/** fsync of a file or a folder. */
async function makeDurable(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
