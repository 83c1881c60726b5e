/**
 * The opened parts of packages, at rest: each under AES-256-GCM with the data key of its case, which is wrapped for the
 * server's `server-recipient` key. Who erases a case's data key has erased its parts.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { unwrapSessionKey, WrappedSessionKey, wrapSessionKey } from "../../crypto/keys/session-key.ts";
import type { CaseRecord } from "./cases.ts";
import type { Database } from "./database.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface StoredPart {
  readonly name: string;
  readonly mediaType: string;
}

/** Encrypts the parts of one case as they are opened; `wrapped` goes into the case with them. */
export interface PartSealer {
  readonly wrapped: Buffer;
  seal(name: string, plaintext: Uint8Array): Buffer;
}

export class Parts {
  readonly #key: PrivateKeyHandle;
  readonly #random: RandomBytes;
  readonly #insert;
  readonly #list;
  readonly #find;
  readonly #drop;
  readonly #onDrop: ((caseId: string) => void)[] = [];

  constructor(database: Database, key: PrivateKeyHandle, random: RandomBytes) {
    this.#key = key;
    this.#random = random;
    this.#insert = database.prepare("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?)");
    this.#list = database.prepare<[string], StoredPart>(
      "SELECT name, media_type AS mediaType FROM part WHERE case_id = ? ORDER BY name",
    );
    this.#find = database.prepare<[string, string], { mediaType: string; sealed: Buffer }>(
      "SELECT media_type AS mediaType, sealed FROM part WHERE case_id = ? AND name = ?",
    );
    this.#drop = database.prepare("DELETE FROM part WHERE case_id = ?");
  }

  sealer(caseId: string): PartSealer {
    const key = this.#random(KEY_BYTES);
    const wrapped = wrapSessionKey(key, this.#key.publicKey, caseId, this.#random);
    return {
      wrapped: Buffer.from(JSON.stringify(wrapped)),
      seal: (name, plaintext) => this.#seal(key, caseId, name, plaintext),
    };
  }

  /** Encrypts further parts of a case under the data key that it has. */
  async resealer(of: CaseRecord): Promise<PartSealer["seal"]> {
    const key = await this.#dataKey(of);
    return (name, plaintext) => this.#seal(key, of.caseId, name, plaintext);
  }

  #seal(key: Uint8Array, caseId: string, name: string, plaintext: Uint8Array): Buffer {
    const nonce = this.#random(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(`${caseId}/${name}`));
    return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  async #dataKey(of: CaseRecord): Promise<Uint8Array> {
    if (!of.dataKey) throw new KabinaError("store/part-unknown", { part: "*" });
    const wrapped = WrappedSessionKey.parse(JSON.parse(of.dataKey.toString("utf8")));
    return unwrapSessionKey(wrapped, this.#key, of.caseId);
  }

  insert(caseId: string, part: StoredPart & { readonly sealed: Buffer }): void {
    this.#insert.run(caseId, part.name, part.mediaType, part.sealed);
  }

  drop(caseId: string): void {
    this.#drop.run(caseId);
    for (const tell of this.#onDrop) tell(caseId);
  }

  /** Whoever keeps something of a case in memory lets go of it when its parts go. */
  onDrop(tell: (caseId: string) => void): void {
    this.#onDrop.push(tell);
  }

  list(caseId: string): StoredPart[] {
    return this.#list.all(caseId);
  }

  /**
   * Decrypts one part, into memory only.
   * @throws KabinaError `store/part-unknown`, `store/part-damaged`, `key/unwrap`
   */
  async read(of: CaseRecord, name: string): Promise<{ mediaType: string; bytes: Buffer }> {
    const found = this.#find.get(of.caseId, name);
    if (!found) throw new KabinaError("store/part-unknown", { part: name });
    return { mediaType: found.mediaType, bytes: await this.unseal(of, name, found.sealed) };
  }

  /** Decrypts what a sealer of the case has made under that name. @throws KabinaError `store/part-damaged`, `key/unwrap` */
  async unseal(of: CaseRecord, name: string, sealed: Buffer): Promise<Buffer> {
    const key = await this.#dataKey(of);
    try {
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(`${of.caseId}/${name}`)).setAuthTag(sealed.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      throw new KabinaError("store/part-damaged", { part: name }, { cause });
    }
  }
}
