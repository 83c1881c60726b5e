/** The server's part of policy and updates: serves the repository, and keeps revocation lists, snapshot and timestamp fresh in it. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { peerKinds } from "../../crypto/authority/trust.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { listName } from "../../crypto/est/paths.ts";
import { exists } from "../../crypto/keys/private-file.ts";
import { publishSlipIssuers, SLIP_ISSUERS_LIST, toldIssuersPath } from "../../crypto/slip/issuers.ts";
import { type OnlineKeys, UpdateRepository } from "../../crypto/updates/repository.ts";
import type { CertificateOffice } from "./office.ts";
import { onlineKeys } from "./role-rotation.ts";
import type { CertificateStatusDesk } from "./status.ts";

const LOOK_EVERY_MS = 5000;
/** What a client may ask for: nothing that leads out of the folder. */
const servable = /^(metadata\/[a-z0-9.]{1,80}\.json|targets\/(lists\/)?[0-9a-f]{64}\.[a-z0-9.-]{1,80})$/;

export class UpdatesDesk {
  readonly repository: UpdateRepository;
  /** The server's keys that the newest root names. */
  online: OnlineKeys;
  readonly #folder: string;
  readonly #status: CertificateStatusDesk;
  readonly #office: CertificateOffice;
  readonly #clock: Clock;
  #version = -1;
  /** Whose slips are good, as the desk said it last. */
  #slipIssuers = "";
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(
    folder: string,
    online: OnlineKeys,
    status: CertificateStatusDesk,
    office: CertificateOffice,
    clock: Clock,
  ) {
    this.#folder = folder;
    this.repository = new UpdateRepository(folder, clock);
    this.online = online;
    this.#status = status;
    this.#office = office;
    this.#clock = clock;
  }

  /** @param folder `<data>/authority/updates` */
  static async open(
    folder: string,
    office: CertificateOffice,
    status: CertificateStatusDesk,
    clock: Clock,
  ): Promise<UpdatesDesk> {
    const online = await onlineKeys(office.store, new UpdateRepository(folder, clock));
    return new UpdatesDesk(folder, online, status, office, clock);
  }

  /** Looks every few seconds: a revocation by any process is in the repository within them. */
  start(onFault: (error: unknown) => void): void {
    clearInterval(this.#timer); // where two doors open on one office
    this.#timer = setInterval(() => void this.refresh().catch(onFault), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Takes up the keys of a root that another process has published. */
  async follow(): Promise<void> {
    const named = await this.repository.onlineKeyIds();
    const { snapshot, timestamp, lists } = this.online;
    const own = { snapshot: snapshot.keyId, timestamp: timestamp.keyId, lists: lists.keyId };
    const stale = (Object.keys(own) as (keyof OnlineKeys)[]).some((role) => named[role] && named[role] !== own[role]);
    if (stale) this.online = await onlineKeys(this.#office.store, this.repository);
  }

  /** Brings the lists in and signs what is due; nothing where no repository was begun. */
  refresh(): Promise<boolean> {
    const turn = this.#work.then(async () => {
      if (!(await this.repository.begun())) return false;
      await this.follow();
      // Lists are signed by the authorities that stand.
      await this.#office.follow();
      const version = this.#office.register.version();
      await this.#sayFirst();
      const slipIssuers = await readFile(toldIssuersPath(dirname(this.#folder)), "utf8").catch(() => "");
      const lists: Record<string, Uint8Array> = version === this.#version ? {} : await this.#listed();
      if (slipIssuers !== this.#slipIssuers) lists[SLIP_ISSUERS_LIST] = Buffer.from(slipIssuers);
      const signed = await this.repository.refresh(this.online, lists);
      this.#version = version;
      this.#slipIssuers = slipIssuers;
      return signed;
    });
    this.#work = turn.catch(() => undefined);
    return turn;
  }

  /** A desk that made slips before booths were told of its key tells them now. */
  async #sayFirst(): Promise<void> {
    const { store } = this.#office;
    const authority = dirname(this.#folder);
    if (this.#version !== -1 || (await exists(toldIssuersPath(authority))) || !(await store.has("slip-issuer"))) return;
    await publishSlipIssuers(dirname(authority), store, this.#clock.now());
  }

  /** Revocation lists, and the authorities themselves for booths that only a courier reaches. */
  async #listed(): Promise<Record<string, Uint8Array>> {
    const told = new Map<string, string>();
    for (const kind of peerKinds)
      for (const one of await this.#office.authoritiesTold(kind)) told.set(one.sha256, one.toPem());
    const roots = this.#office.authority.roots.map(async ({ keyId }, age) => {
      const name = listName("root", age === 0 ? undefined : keyId);
      return [name, await this.#office.rootList(age === 0 ? undefined : keyId).catch(() => undefined)] as const;
    });
    const signed = (await Promise.all(roots)).flatMap(([name, list]) => (list ? [[name, list] as const] : []));
    return {
      ...(await this.#status.revocationLists()),
      ...Object.fromEntries(signed),
      "authorities.pem": Buffer.from([...told.values()].join("")),
    };
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
