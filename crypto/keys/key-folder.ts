/**
 * The files of a key folder: `<purpose>.key.json` (a record) and `<purpose>.crt.pem` (its certificates) of the current key, the same with
 * `.next` for a pending one and `.former-<key id>` for one that was replaced. Folder 0700, files 0600, checked at every use.
 */
import { link, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import canonicalize from "canonicalize";
import { Certificate } from "../certificate/certificate.ts";
import { syncFolder, writeFileDurably } from "../durable-file.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { type KeyListing, type KeyPurpose, type KeyState, keyPurposes } from "./key.ts";
import { checkPrivate, exists, readPrivateJson } from "./private-file.ts";
import { KeyRecord } from "./vault.ts";

/** One key as its files say. */
export interface StoredKey {
  readonly record: KeyRecord;
  readonly state: KeyState;
  readonly chain: readonly Certificate[];
  /** The stem of its file names. */
  readonly stem: string;
}

/** Hex digits of the key id in the name of a former key's files. */
const idDigits = 16;

export class KeyFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  has(purpose: KeyPurpose): Promise<boolean> {
    return exists(this.#key(purpose));
  }

  /** Throws `key/missing`, `key/damaged`, `key/permissions`, `key/certificate-mismatch`. */
  async current(purpose: KeyPurpose): Promise<StoredKey> {
    const record = await this.#record(purpose, purpose);
    await this.#finishAdoption(purpose, record);
    return { record, state: "current", chain: await this.#chain(purpose), stem: purpose };
  }

  async pending(purpose: KeyPurpose): Promise<StoredKey | undefined> {
    const stem = `${purpose}.next`;
    if (!(await exists(this.#key(stem)))) return undefined;
    return { record: await this.#record(stem, purpose), state: "pending", chain: [], stem };
  }

  /** Newest first. */
  async former(purpose: KeyPurpose): Promise<readonly StoredKey[]> {
    const current = (await this.has(purpose)) ? (await this.#record(purpose, purpose)).keyId : undefined;
    const found: (StoredKey & { readonly since: number })[] = [];
    for (const name of await readdir(this.path)) {
      if (!name.startsWith(`${purpose}.former-`) || !name.endsWith(".key.json")) continue;
      const stem = name.slice(0, -".key.json".length);
      const record = await this.#record(stem, purpose);
      if (record.keyId === current) continue; // an adoption was cut off: the key is still the current one
      const { mtimeMs } = await stat(this.#key(stem));
      found.push({ record, state: "former", chain: await this.#chain(stem), stem, since: mtimeMs });
    }
    return found.sort((a, b) => b.since - a.since);
  }

  /** Every key, without opening one. */
  async list(): Promise<readonly KeyListing[]> {
    const all: StoredKey[] = [];
    for (const purpose of keyPurposes) {
      if (await this.has(purpose)) all.push(await this.current(purpose));
      const pending = await this.pending(purpose);
      if (pending) all.push(pending);
      all.push(...(await this.former(purpose)));
    }
    const made = await Promise.all(all.map(({ stem }) => stat(this.#key(stem)).then(({ mtime }) => mtime)));
    return all.map(({ record, state, chain, stem }, index) => ({
      purpose: record.purpose,
      state,
      algorithm: record.algorithm,
      keyId: record.keyId,
      protection: record.format === "kabina-key/1" ? "file" : record.protection,
      place:
        record.format === "kabina-key/1" ? this.#key(stem) : `${record.token.label} (${record.token.serial.trim()})`,
      madeAt: made[index] ?? null,
      chain,
    }));
  }

  writeCurrent(record: KeyRecord): Promise<void> {
    return this.#write(record.purpose, record);
  }

  writePending(record: KeyRecord): Promise<void> {
    return this.#write(`${record.purpose}.next`, record);
  }

  writeChain(stem: string, chain: readonly Certificate[]): Promise<void> {
    return writeFileDurably(this.#crt(stem), chain.map((certificate) => certificate.toPem()).join(""), 0o600);
  }

  /** The pending key becomes the current one. Cut off anywhere, either the old or the new key is current, with its own certificates. */
  async adopt(purpose: KeyPurpose, chain: readonly Certificate[]): Promise<void> {
    const next = `${purpose}.next`;
    if (chain.length > 0) await this.writeChain(next, chain);
    if (await this.has(purpose)) {
      const { record } = await this.current(purpose);
      const former = `${purpose}.former-${record.keyId.slice(0, idDigits)}`;
      await linkOver(this.#key(purpose), this.#key(former));
      if (await exists(this.#crt(purpose))) await linkOver(this.#crt(purpose), this.#crt(former));
    }
    await rename(this.#key(next), this.#key(purpose)); // from here on the new key is current
    if (chain.length > 0) await rename(this.#crt(next), this.#crt(purpose));
    await syncFolder(this.path);
  }

  async remove(stem: string): Promise<void> {
    await rm(this.#crt(stem), { force: true });
    await rm(this.#key(stem), { force: true });
    await syncFolder(this.path);
  }

  /** An adoption that was cut off between its two renames left the new certificates under the pending name. */
  async #finishAdoption(purpose: KeyPurpose, record: KeyRecord): Promise<void> {
    const next = `${purpose}.next`;
    if (!(await exists(this.#crt(next))) || (await exists(this.#key(next)))) return;
    const [leaf] = await this.#chain(next);
    if (leaf?.keyId !== record.keyId) return;
    await rename(this.#crt(next), this.#crt(purpose));
    await syncFolder(this.path);
  }

  async #record(stem: string, purpose: KeyPurpose): Promise<KeyRecord> {
    const path = this.#key(stem);
    const record = await readPrivateJson(path, KeyRecord);
    if (record.purpose !== purpose) throw new KabinaError("key/damaged", { path });
    return record;
  }

  async #chain(stem: string): Promise<readonly Certificate[]> {
    const path = this.#crt(stem);
    if (!(await exists(path))) return [];
    await checkPrivate(path, "key/missing");
    return Certificate.fromPem(await readFile(path, "utf8"));
  }

  #write(stem: string, record: KeyRecord): Promise<void> {
    return writeFileDurably(this.#key(stem), `${canonicalize(record)}\n`, 0o600);
  }

  #key = (stem: string): string => join(this.path, `${stem}.key.json`);
  #crt = (stem: string): string => join(this.path, `${stem}.crt.pem`);
}

async function linkOver(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await link(from, to);
}
