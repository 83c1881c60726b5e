/**
 * A running server takes up by itself what another process has switched to (`kabina pki rotate`, `kabina pki succession adopt`): its keys, the authorities of
 * its office, whom it believes. Doors show the new key to whoever connects next; connections that stand go on, and so does what is being uploaded over them.
 */
import type { ServerIdentity } from "./keys.ts";
import type { Pki } from "./pki/pki.ts";

const LOOK_EVERY_MS = 3000;

export interface FollowTools {
  readonly identity: ServerIdentity;
  readonly pki: Pick<Pki, "office" | "status"> | undefined;
  /** Something was taken up; `what`: the purposes of keys, `authorities`, `trust`. */
  readonly onFollowed: (what: readonly string[]) => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

export class FollowWatch {
  readonly #tools: FollowTools;
  #authority: object | undefined;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();

  constructor(tools: FollowTools) {
    this.#tools = tools;
    this.#authority = tools.pki?.office.authority;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Looks once. What cannot be read now, because it is being written, is read at the next look. */
  look(): Promise<void> {
    this.#work = this.#work.then(() => this.#look()).catch(this.#tools.onFault);
    return this.#work;
  }

  async #look(): Promise<void> {
    const { identity, pki, onFollowed } = this.#tools;
    await pki?.office.follow();
    const { keys, trust } = (await identity.follow?.()) ?? { keys: [], trust: false };
    // The updates desk may have been the first to take the authorities up.
    const others = pki !== undefined && pki.office.authority !== this.#authority;
    const status = (await pki?.status.follow()) === true;
    const what = [
      ...keys,
      ...(status ? ["authority-status"] : []),
      ...(others ? ["authorities"] : []),
      ...(trust ? ["trust"] : []),
    ];
    if (what.length === 0) return;
    await onFollowed(what);
    this.#authority = pki?.office.authority;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#work;
  }
}
