/**
 * The opened parts of packages, at rest: each under AES-256-GCM with a key of its case, prints with one and everything else with another,
 * which are wrapped for the server's `server-recipient` key. Who erases the key has erased the parts.
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyRing } from "../../crypto/keys/key-ring.ts";
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

/** Encrypts the parts of one case as they are opened; the wrapped keys go into the case with them, where they are new. */
export interface PartSealer {
  readonly newKeys: { readonly data: Buffer | null; readonly prints: Buffer | null };
  seal(name: string, plaintext: Uint8Array): Buffer;
}

type CaseKeys = Pick<CaseRecord, "caseId" | "dataKey" | "printsKey">;

/** Prints, of the sensor or the chip, and irises, and what is made of them: they may have to go before the rest. */
export const isPrint = (name: string): boolean => /^(finger-|template-|chip-dg[34]$)/.test(name);

export class Parts {
  readonly #keys: KeyRing;
  readonly #random: RandomBytes;
  readonly #insert;
  readonly #list;
  readonly #find;
  readonly #drop;
  readonly #dropOne;
  readonly #dropOrdered;
  readonly #erased;
  readonly #onDrop: ((caseId: string) => void)[] = [];

  constructor(database: Database, keys: KeyRing, random: RandomBytes) {
    this.#keys = keys;
    this.#random = random;
    this.#insert = database.prepare("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?)");
    this.#list = database.prepare<[string], StoredPart>(
      "SELECT name, media_type AS mediaType FROM part WHERE case_id = ? ORDER BY name",
    );
    this.#find = database.prepare<[string, string], { mediaType: string; sealed: Buffer }>(
      "SELECT media_type AS mediaType, sealed FROM part WHERE case_id = ? AND name = ?",
    );
    this.#drop = database.prepare("DELETE FROM part WHERE case_id = ?");
    this.#dropOne = database.prepare("DELETE FROM part WHERE case_id = ? AND name = ?");
    this.#dropOrdered = database.prepare("DELETE FROM ordered_file WHERE case_id = ?");
    this.#erased = database
      .prepare<[string, number], string>(
        "SELECT begun_at FROM erasure WHERE case_id = ? AND (scope = 'captures' OR (scope = 'prints' AND ?)) LIMIT 1",
      )
      .pluck();
  }

  /** For a package that is opened: with the keys that the case has, and new ones where it has none. */
  async sealer(of: CaseKeys): Promise<PartSealer> {
    const { caseId } = of;
    const make = () => {
      const key = this.#random(KEY_BYTES);
      const wrapped = wrapSessionKey(key, this.#keys.current.publicKeyInfo, caseId, this.#random);
      return { key, wrapped: Buffer.from(JSON.stringify(wrapped)) };
    };
    const old = async (wrapped: Buffer | null) =>
      wrapped ? { key: await this.#unwrap(wrapped, caseId), wrapped: null } : make();
    const [data, prints] = [await old(of.dataKey), await old(of.printsKey)];
    return {
      newKeys: { data: data.wrapped, prints: prints.wrapped },
      seal: (name, plaintext) => this.#seal(isPrint(name) ? prints.key : data.key, caseId, name, plaintext),
    };
  }

  /** Encrypts further parts of a case under the keys that it has. */
  async resealer(of: CaseKeys): Promise<PartSealer["seal"]> {
    const [data, prints] = [
      await this.#keyOf(of, ""),
      of.printsKey ? await this.#unwrap(of.printsKey, of.caseId) : null,
    ];
    return (name, plaintext) => this.#seal((isPrint(name) ? prints : null) ?? data, of.caseId, name, plaintext);
  }

  #seal(key: Uint8Array, caseId: string, name: string, plaintext: Uint8Array): Buffer {
    const nonce = this.#random(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(`${caseId}/${name}`));
    return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  }

  /** The key of a part; prints of a case from before are under the data key. */
  async #keyOf(of: CaseKeys, name: string): Promise<Uint8Array> {
    const wrapped = isPrint(name) ? (of.printsKey ?? of.dataKey) : of.dataKey;
    if (!wrapped) throw this.#absent(of.caseId, name);
    return this.#unwrap(wrapped, of.caseId);
  }

  async #unwrap(wrapped: Buffer, caseId: string): Promise<Uint8Array> {
    const read = WrappedSessionKey.parse(JSON.parse(wrapped.toString("utf8")));
    const [key] = await this.#keys.among([read.keyId]);
    return unwrapSessionKey(read, key ?? this.#keys.current, caseId);
  }

  /** A case's wrapped key, wrapped for the current key; undefined where it is already. For whoever replaces the wrapping key. */
  async rewrapped(wrapped: Buffer, caseId: string): Promise<Buffer | undefined> {
    const { current } = this.#keys;
    if (WrappedSessionKey.parse(JSON.parse(wrapped.toString("utf8"))).keyId === current.keyId) return undefined;
    const key = await this.#unwrap(wrapped, caseId);
    return Buffer.from(JSON.stringify(wrapSessionKey(key, current.publicKeyInfo, caseId, this.#random)));
  }

  /** Erased, which is said so, or never there. */
  #absent(caseId: string, name: string): KabinaError {
    const erased = this.#erased.get(caseId, isPrint(name) ? 1 : 0);
    return erased === undefined
      ? new KabinaError("store/part-unknown", { part: name || "*" })
      : new KabinaError("store/erased", { case: caseId, at: erased });
  }

  insert(caseId: string, part: StoredPart & { readonly sealed: Buffer }): void {
    this.#insert.run(caseId, part.name, part.mediaType, part.sealed);
  }

  /** Removes the prints only. */
  dropPrints(caseId: string): void {
    for (const { name } of this.list(caseId)) if (isPrint(name)) this.#dropOne.run(caseId, name);
    for (const tell of this.#onDrop) tell(caseId);
  }

  /** As it rests: encrypted. */
  sealed(caseId: string, name: string): Buffer | undefined {
    return this.#find.get(caseId, name)?.sealed;
  }

  drop(caseId: string): void {
    this.#drop.run(caseId);
    this.#dropOrdered.run(caseId);
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
   * @throws KabinaError `store/part-unknown`, `store/erased`, `store/part-damaged`, `key/unwrap`
   */
  async read(of: CaseRecord, name: string): Promise<{ mediaType: string; bytes: Buffer }> {
    const found = this.#find.get(of.caseId, name);
    if (!found) throw this.#absent(of.caseId, name);
    return { mediaType: found.mediaType, bytes: await this.unseal(of, name, found.sealed) };
  }

  /** Decrypts what a sealer of the case has made under that name. @throws KabinaError `store/part-damaged`, `key/unwrap` */
  async unseal(of: CaseRecord, name: string, sealed: Buffer): Promise<Buffer> {
    const key = await this.#keyOf(of, name);
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
