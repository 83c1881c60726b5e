/** The server's part of policy and updates: serves the repository, and keeps revocation lists, snapshot and timestamp fresh in it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureKey, issuerKinds } from "../../crypto/authority/authority.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyStore } from "../../crypto/keys/key.ts";
import { type OnlineKeys, UpdateRepository } from "../../crypto/updates/repository.ts";
import type { Register } from "../register/register.ts";
import type { CertificateStatusDesk } from "./status.ts";

const LOOK_EVERY_MS = 5000;
/** What a client may ask for: nothing that leads out of the folder. */
const servable = /^(metadata\/[a-z0-9.]{1,80}\.json|targets\/(lists\/)?[0-9a-f]{64}\.[a-z0-9.-]{1,80})$/;

export class UpdatesDesk {
  readonly repository: UpdateRepository;
  readonly online: OnlineKeys;
  readonly #folder: string;
  readonly #status: CertificateStatusDesk;
  readonly #register: Register;
  #version = -1;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(
    folder: string,
    online: OnlineKeys,
    status: CertificateStatusDesk,
    register: Register,
    clock: Clock,
  ) {
    this.#folder = folder;
    this.repository = new UpdateRepository(folder, clock);
    this.online = online;
    this.#status = status;
    this.#register = register;
  }

  /** @param folder `<data>/authority/updates` */
  static async open(
    folder: string,
    store: KeyStore,
    status: CertificateStatusDesk,
    register: Register,
    clock: Clock,
  ): Promise<UpdatesDesk> {
    const online = {
      snapshot: await ensureKey(store, "updates-snapshot"),
      timestamp: await ensureKey(store, "updates-timestamp"),
      lists: await ensureKey(store, "updates-lists"),
    };
    return new UpdatesDesk(folder, online, status, register, clock);
  }

  /** Looks every few seconds: a revocation by any process is in the repository within them. */
  start(onFault: (error: unknown) => void): void {
    this.#timer = setInterval(() => void this.refresh().catch(onFault), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Brings the lists in and signs what is due; nothing where no repository was begun. */
  refresh(): Promise<boolean> {
    const turn = this.#work.then(async () => {
      if (!(await this.repository.begun())) return false;
      const version = this.#register.version();
      const lists: Record<string, Uint8Array> = {};
      if (version !== this.#version)
        for (const kind of issuerKinds) lists[`${kind}.crl`] = await this.#status.revocationList(kind);
      const signed = await this.repository.refresh(this.online, lists);
      this.#version = version;
      return signed;
    });
    this.#work = turn.catch(() => undefined);
    return turn;
  }

  /** A file of the repository. Throws `est/route-unknown`. */
  async serve(path: string): Promise<Uint8Array> {
    if (!servable.test(path)) throw new KabinaError("est/route-unknown");
    return readFile(join(this.#folder, path)).catch((cause: unknown) => {
      throw new KabinaError("est/route-unknown", {}, { cause });
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#work;
  }
}
