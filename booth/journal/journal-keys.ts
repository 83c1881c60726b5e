/**
 * The keys that unwrap the journals' keys: the current one, and those before it while a session that was cut off still needs them. Replaced by the booth itself,
 * on its schedule, when the office asks, or by hand (`kabina booth rotate`); rehearsed first, cut off anywhere the next run goes on.
 */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RandomBytes } from "../../crypto/environment.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyStore, PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { KeyRing } from "../../crypto/keys/key-ring.ts";
import { WrappedSessionKey } from "../../crypto/keys/session-key.ts";
import { Journal, KEY_FILE } from "./journal.ts";

export interface JournalKeyTools {
  /** `<data>/booth/keys` */
  readonly store: KeyStore;
  /** `<data>/booth/sessions` */
  readonly folder: string;
  readonly random: RandomBytes;
}

export interface JournalKeyRotated {
  readonly before: string;
  readonly after: string;
  /** What the rehearsal has shown. */
  readonly shown: readonly string[];
}

const purpose = "booth-journal";

export class JournalKeys {
  readonly ring: KeyRing;
  readonly #tools: JournalKeyTools;

  private constructor(ring: KeyRing, tools: JournalKeyTools) {
    this.ring = ring;
    this.#tools = tools;
  }

  /** Throws as the store does. */
  static async open(tools: JournalKeyTools): Promise<JournalKeys> {
    return new JournalKeys(await KeyRing.of(tools.store, purpose), tools);
  }

  /** The current key, and when it was made; null where no file tells. */
  async standing(): Promise<{ readonly keyId: string; readonly madeAt: Date | null }> {
    const { keyId } = this.ring.current;
    const listed = (await this.#tools.store.list()).find((key) => key.purpose === purpose && key.keyId === keyId);
    return { keyId, madeAt: listed?.madeAt ?? null };
  }

  /** Replaces the key; journals that stand on the disk open as before. Throws `rotation/rehearsal-failed`: then the old one goes on. */
  async rotate(): Promise<JournalKeyRotated> {
    const { store } = this.#tools;
    const done = await this.#rehearsed(false);
    await store.adopt(purpose, []);
    await this.ring.renew();
    await this.release();
    return done;
  }

  /** Only shows that it would work; the trial key is destroyed. Throws `rotation/rehearsal-failed`. */
  rehearse(): Promise<JournalKeyRotated> {
    return this.#rehearsed(true);
  }

  /** Destroys former keys that no session on the disk needs any more; which. */
  async release(): Promise<readonly string[]> {
    const { store } = this.#tools;
    const needed = new Set((await this.#wrapped()).map(({ keyId }) => keyId));
    const over = (await store.former(purpose)).filter(({ keyId }) => !needed.has(keyId)).map(({ keyId }) => keyId);
    for (const keyId of over) await store.destroy(purpose, keyId);
    if (over.length > 0) await this.ring.renew();
    return over;
  }

  async #rehearsed(trial: boolean): Promise<JournalKeyRotated> {
    const { store } = this.#tools;
    const before = await store.load(purpose);
    const waits = (await store.list()).some((key) => key.purpose === purpose && key.state === "pending");
    const next = await store.prepare(purpose, before.algorithm);
    try {
      const shown = await this.#show(before, next);
      return { before: before.keyId, after: next.keyId, shown };
    } catch (cause) {
      const reason = isCoded(cause) ? cause.code : "unexpected";
      throw new KabinaError("rotation/rehearsal-failed", { kind: purpose, reason }, { cause });
    } finally {
      // One that waits for a rotation that was cut off stays.
      if (trial && !waits) await store.destroy(purpose, next.keyId);
    }
  }

  async #show(before: PrivateKeyHandle, next: PrivateKeyHandle): Promise<string[]> {
    const { random, folder: sessions } = this.#tools;
    const place = await mkdtemp(join(tmpdir(), "kabina-rehearsal-"));
    const both = new KeyRing([next, before]);
    try {
      for (const [session, key, stranger] of [
        ["old", before, next],
        ["new", next, before],
      ] as const) {
        const journal = await Journal.create(session, { folder: place, keys: new KeyRing([key]), random });
        await journal.append({ entry: { session }, blobs: new Map() });
        await journal.close();
        const found = await Journal.reopen(session, { folder: place, keys: both, random });
        await found?.journal.close();
        if (found?.records.length !== 1)
          throw new KabinaError("key/unwrap", { reason: `journal of the ${session} key` });
        if (await Journal.reopen(session, { folder: place, keys: new KeyRing([stranger]), random }))
          throw new KabinaError("key/unsuitable", { reason: "the new key is the old one" });
      }
      const shown = ["a journal of the old key opens", "a journal of the new key opens"];
      const known = [before, ...(await this.#tools.store.former(purpose))];
      const ring = new KeyRing([next, ...known]);
      // What is wrapped for a stranger's key opens with none of ours, before or after.
      const standing = (await this.#wrapped()).filter((one) => known.some(({ keyId }) => keyId === one.keyId));
      for (const { session } of standing) {
        if (!(await Journal.opens(session, { folder: sessions, keys: ring, random })))
          throw new KabinaError("key/unwrap", { reason: "a session on the disk" });
      }
      if (standing.length > 0) shown.push(`${standing.length} sessions on the disk open`);
      return shown;
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  }

  /** The sessions on the disk whose key is whole, and for which of our keys it is wrapped. */
  async #wrapped(): Promise<{ readonly session: string; readonly keyId: string }[]> {
    const { folder } = this.#tools;
    const found: { session: string; keyId: string }[] = [];
    for (const session of await readdir(folder).catch(() => [])) {
      const text = await readFile(join(folder, session, KEY_FILE), "utf8").catch(() => "");
      const wrapped = WrappedSessionKey.safeParse(parsed(text));
      if (wrapped.success) found.push({ session, keyId: wrapped.data.keyId });
    }
    return found;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
