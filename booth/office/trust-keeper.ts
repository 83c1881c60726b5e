/**
 * Keeps what the booth trusts, and is trusted by, up to date, by itself: renews its certificate when two thirds of its life are over,
 * takes in revocation lists and policy, and tells the office that it is there. Without a link it goes on with what it had; a courier's
 * folder (`kabina policy take`) is as good as a link.
 */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { nameOf } from "../../crypto/authority/authority.ts";
import { backdatingMinutes } from "../../crypto/authority/profiles.ts";
import {
  AUTHORITIES_TARGET,
  authoritiesListed,
  followTrust,
  type ListedKind,
  listedKinds,
  listNames,
  sameAuthorities,
} from "../../crypto/authority/succession.ts";
import { authoritiesOf, peerKinds, type Trust, writeTrust } from "../../crypto/authority/trust.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { validatePath } from "../../crypto/certificate/path.ts";
import { buildRequest } from "../../crypto/certificate/request.ts";
import { RevocationList } from "../../crypto/certificate/revocation-list.ts";
import { schemeOf } from "../../crypto/certificate/signature.ts";
import { decodeHotList, HOT_LIST_TARGET, type HotList } from "../../crypto/device/hot-list.ts";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import type { Clock } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { type BoothReport, listName, type RekeyWanted } from "../../crypto/est/paths.ts";
import { curves } from "../../crypto/keys/curve.ts";
import { speaksTls } from "../../crypto/keys/file-key.ts";
import type { KeyStore, PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { POLICY_TARGET, SessionPolicy } from "../../crypto/policy/session-policy.ts";
import { SLIP_ISSUERS_TARGET, takeSlipIssuers } from "../../crypto/slip/issuers.ts";
import { receivingUsage, suites } from "../../crypto/suites/registry.ts";
import { UpdateClient } from "../../crypto/updates/client.ts";
import type { JournalKeys } from "../journal/journal-keys.ts";
import type { OfficeLink } from "./office-link.ts";
import { isRefusal, keyRefused, noteRefusedKey, readRefusedKey } from "./refused-key.ts";
import type { RenewableKey } from "./renewable-key.ts";

export interface TrustKeeperTools {
  /** `<data>/booth` */
  readonly folder: string;
  readonly boothId: string;
  readonly software: string;
  readonly store: KeyStore;
  readonly identity: RenewableKey;
  /** What speaks TLS: the identity where it can, else `booth-tls`. */
  readonly tls: RenewableKey;
  /** The keys of the journals, where this booth has any. */
  readonly journal?: Pick<JournalKeys, "standing" | "rotate" | "release">;
  /** As it was when the booth started. */
  readonly trust: Trust;
  readonly clock: Clock;
  /** Undefined where the installation names no office: then only what a courier brings is taken in. */
  readonly link: OfficeLink | undefined;
  /** How the devices are, for the officer's page. */
  readonly devices?: () => NonNullable<BoothReport["devices"]>;
  /** What its tamper inputs say. */
  readonly tamper?: () => NonNullable<BoothReport["tamper"]>;
  readonly note: (kind: string, data: Record<string, string | number>) => void;
  /** The package sealed last, for the office to know that it exists. */
  readonly sealed?: () => BoothReport["sealed"];
  /** Another hot-list of devices is in force. */
  readonly onHotList?: () => void;
  /** The identity has another key or certificate now. */
  readonly onRenewed: () => void;
  /** Roots or authorities have followed others. */
  readonly onTrust?: (trust: Trust) => void;
  readonly onFault: (error: unknown) => void;
}

export const RENEWED = "booth.renewed";
/** A key without a certificate was replaced. */
export const KEY_REPLACED = "booth.key-replaced";

const limits = {
  /** Part of a certificate's life after which it is renewed. */
  renewAfter: 2 / 3,
  /** Milliseconds between two looks, and until the next after one that failed. */
  lookEveryMs: 5 * 60_000,
  afterFailureMs: 60_000,
  /** Days after which the journals' key is replaced, unless the office says otherwise. */
  journalDays: 365,
} as const;

export class TrustKeeper {
  readonly #tools: TrustKeeperTools;
  /** By the key id of the authority. */
  readonly #lists = new Map<string, RevocationList>();
  #trust: Trust;
  readonly #updates: UpdateClient;
  #policy: { readonly policy: SessionPolicy; readonly version: number } | undefined;
  #hotList: HotList | undefined;
  #slipIssuers: string | undefined;
  #recipients: readonly Certificate[];
  #rekey: RekeyWanted | null = null;
  #journalDays: number = limits.journalDays;
  /** The officer's wish that the journals' key has followed. */
  #journalAskedAt: string | null = null;
  #pinned = false;
  #awaiting: string | null = null;
  #refused: string | null = null;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #strangeSlipAt: number | undefined;
  #turning = false;
  /** Somebody has asked for another look during this one. */
  #again = false;

  private constructor(tools: TrustKeeperTools) {
    this.#tools = tools;
    this.#trust = tools.trust;
    this.#recipients = tools.trust.recipients;
    this.#updates = new UpdateClient(join(tools.folder, "updates"));
  }

  /** Takes up what was believed before; asks nobody yet. */
  static async open(tools: TrustKeeperTools): Promise<TrustKeeper> {
    const keeper = new TrustKeeper(tools);
    const root = await readFile(join(tools.folder, "trust", "updates-root.json")).catch(() => undefined);
    if (root) {
      await keeper.#updates.begin(root);
      keeper.#pinned = true;
    }
    await mkdir(join(tools.folder, "lists"), { recursive: true, mode: 0o700 });
    for (const name of await readdir(join(tools.folder, "lists"))) {
      const kind = listedKinds.find((one) => name.startsWith(one));
      const kept = kind && (await readFile(join(tools.folder, "lists", name)));
      if (kept) await keeper.#believe(kind, kept).catch(keeper.#ignoreOlder).catch(tools.onFault);
    }
    await keeper.#takeKept().catch(tools.onFault);
    keeper.#refused = await readRefusedKey(tools.folder);
    return keeper;
  }

  /** Looks at once and then now and then. */
  start(): void {
    void this.#turn();
  }

  /** Looks now rather than at the next turn: something happened that the office should hear of. */
  soon(): void {
    if (this.#turning) this.#again = true;
    else if (this.#timer !== undefined) {
      clearTimeout(this.#timer);
      void this.#turn();
    }
  }

  /** A slip of a key that is not known: perhaps the desk has another by now. Looks once a minute at most, whoever shows what. */
  strangeSlip(): void {
    const now = this.#tools.clock.monotonic();
    if (this.#strangeSlipAt !== undefined && now - this.#strangeSlipAt < limits.afterFailureMs) return;
    this.#strangeSlipAt = now;
    this.soon();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** The policy that the officers signed; undefined where none came. */
  get policy(): SessionPolicy | undefined {
    return this.#policy?.policy;
  }

  /** The devices that the officers have put on the hot-list; undefined where none came. Also when it is old: then it is told. */
  get hotList(): HotList | undefined {
    return this.#hotList;
  }

  /** Whom packages are encrypted for. */
  get recipients(): readonly Certificate[] {
    return this.#recipients;
  }

  /** Whether a certificate is on a list that was believed, for what it did at a moment. */
  readonly revoked = (certificate: Certificate, at: Date): boolean =>
    [...this.#lists.values()].some((list) => list.revokes(certificate, at));

  /** Fingerprint (SHA-256 of the public key, hex) of the key that waits for an officer's approval; null when none does. */
  get awaiting(): string | null {
    return this.#awaiting;
  }

  /** Fingerprint of the new key that an officer has refused; null when the booth may ask, or need not. */
  get refusedKey(): string | null {
    return this.#refused;
  }

  /** Why the booth may not work: its own certificate was taken back; and, where an officer refused its next key, that. */
  problem(): KabinaError | null {
    const own = this.#tools.identity.chain[0];
    if (!own || !this.revoked(own, this.#tools.clock.now())) return null;
    return this.#refused === null ? new KabinaError("booth/certificate-revoked") : keyRefused(this.#refused);
  }

  /** One look at everything; each part by itself, so that one that fails keeps no other back. Returns the first failure. */
  async look(): Promise<unknown> {
    const { link } = this.#tools;
    const failures: unknown[] = [];
    const part = async (task: () => Promise<void>) => {
      await task().catch((error: unknown) => void failures.push(error));
    };
    await part(() => this.#takeKept());
    if (link) {
      for (const [kind, name] of listNames(this.#trust))
        await part(async () => {
          const list = await link.list(name);
          if (list) await this.#believe(kind, list, () => this.#learn(link));
        });
      if (this.#pinned) await part(() => this.#fetchUpdates(link));
      await part(() => this.#report(link));
    }
    await part(() => this.#takeSlipIssuers());
    await part(() => this.#replaceJournalKeyWhenDue());
    if (link) {
      await part(() => this.#renewTlsWhenDue(link));
      await part(() => this.#renewWhenDue(link));
    }
    return failures[0];
  }

  async #turn(): Promise<void> {
    this.#turning = true;
    this.#again = false;
    const failure = await this.look();
    this.#turning = false;
    // No link is how a bus works all day: that is not a fault.
    if (failure && !(failure instanceof KabinaError && /unreachable$/.test(failure.code))) this.#tools.onFault(failure);
    if (this.#closed) return;
    const waitMs = failure ? limits.afterFailureMs : this.#again ? 0 : limits.lookEveryMs;
    this.#timer = setTimeout(() => void this.#turn(), waitMs);
    this.#timer.unref();
  }

  /** Takes a list in when an authority of its kind signed it and it is not older than the one that is believed. `learn`: asked of a stranger's, once. */
  async #believe(kind: ListedKind, der: Uint8Array, learn?: () => Promise<void>): Promise<void> {
    const { folder, note } = this.#tools;
    const list = new RevocationList(der);
    const signer = authoritiesListed(this.#trust, kind).find((authority) => isListOf(list, authority));
    if (!signer && learn) {
      await learn();
      return this.#believe(kind, der);
    }
    if (!signer) throw new KabinaError("revocation/foreign", { issuer: kind });
    const { keyId } = signer;
    const before = this.#lists.get(keyId);
    if (before && (list.number ?? 0n) < (before.number ?? 0n)) throw new KabinaError("revocation/older", { kind });
    if (before && list.number === before.number) return;
    this.#lists.set(keyId, list);
    await writeFileDurably(join(folder, "lists", listName(kind, keyId)), der, 0o600);
    note("trust.list-taken", { issuer: kind, number: String(list.number ?? ""), revoked: list.size });
  }

  /** Asks the office which roots and authorities there are. */
  async #learn(link: OfficeLink): Promise<void> {
    const told: Certificate[] = [];
    for (const kind of peerKinds) told.push(...(await link.authorities(kind)));
    await this.#follow(told);
  }

  /** Believes those that what is trusted leads to; whoever told of them need not be. */
  async #follow(told: readonly Certificate[]): Promise<void> {
    const { folder, clock, note, onTrust } = this.#tools;
    const at = clock.now();
    const trust = followTrust(
      this.#trust,
      told.filter((one) => !this.revoked(one, at)),
      at,
    );
    if (sameAuthorities(trust, this.#trust)) return;
    await writeTrust(join(folder, "trust"), { ...trust, recipients: this.#recipients });
    this.#trust = trust;
    note("trust.authorities-taken", {
      root: trust.root.sha256,
      booths: trust.booths.sha256,
      servers: trust.servers.sha256,
    });
    onTrust?.(trust);
  }

  async #fetchUpdates(link: OfficeLink): Promise<void> {
    await this.#updates.update(link.updates, [
      POLICY_TARGET,
      HOT_LIST_TARGET,
      AUTHORITIES_TARGET,
      SLIP_ISSUERS_TARGET,
      ...listNames(this.#trust).map(([, name]) => `lists/${name}`),
    ]);
    await this.#takeKept();
  }

  /** What is kept may have come over the link or with a courier: both are verified before they are kept. */
  async #takeKept(): Promise<void> {
    if (!this.#pinned) return;
    const authorities = await this.#updates.kept(AUTHORITIES_TARGET);
    if (authorities) await this.#follow(Certificate.fromPem(Buffer.from(authorities).toString("utf8")));
    for (const [kind, name] of listNames(this.#trust)) {
      const list = await this.#updates.kept(`lists/${name}`);
      if (list) await this.#believe(kind, list).catch(this.#ignoreOlder);
    }
    await this.#takeHotList();
    const content = await this.#updates.kept(POLICY_TARGET);
    const version = await this.#updates.version("targets");
    if (!content || version === undefined || version === this.#policy?.version) return;
    const parsed = SessionPolicy.safeParse(JSON.parse(Buffer.from(content).toString("utf8")));
    if (!parsed.success) throw new KabinaError("updates/refused", { reason: "the policy does not fit this software" });
    this.#policy = { policy: parsed.data, version };
    this.#tools.note("policy.taken", { version });
  }

  /** The officers' list of devices; one that is not in its form is told, and the one before stays in force. */
  async #takeHotList(): Promise<void> {
    const bytes = await this.#updates.kept(HOT_LIST_TARGET);
    if (!bytes) return;
    const list = decodeHotList(bytes);
    if (list.issuedAt === this.#hotList?.issuedAt) return;
    this.#hotList = list;
    this.#tools.note("hot-list.taken", { issued: list.issuedAt, entries: list.entries.length });
    this.#tools.onHotList?.();
  }

  /** The desk's keys: whose slips open a session. Taken once each: a desk in this data folder is quicker than the repository. */
  async #takeSlipIssuers(): Promise<void> {
    if (!this.#pinned) return;
    const bytes = await this.#updates.kept(SLIP_ISSUERS_TARGET);
    const text = bytes && Buffer.from(bytes).toString("utf8");
    if (text === undefined || text === this.#slipIssuers) return;
    const keys = await takeSlipIssuers(this.#tools.folder, text);
    this.#slipIssuers = text;
    if (keys !== null) this.#tools.note("slip.issuers-taken", { keys });
  }

  /** Whom to encrypt for: what the office says, when each is a recipient's that this installation's authority for servers has issued and not taken back. */
  async #takeRecipients(pem: readonly string[]): Promise<void> {
    const { folder, clock, note } = this.#tools;
    const told = pem.flatMap((text) => Certificate.fromPem(text));
    const at = clock.now();
    for (const leaf of told)
      validatePath({
        ...{ leaf, intermediates: [], anchors: authoritiesOf(this.#trust, "servers"), at, revoked: this.revoked },
        ...{ purpose: oids.kabinaPackageRecipient, usage: receivingUsage(leaf.publicKeyInfo) },
      });
    const ids = (all: readonly Certificate[]) => all.map(({ sha256 }) => sha256).join();
    if (told.length === 0 || ids(told) === ids(this.#recipients)) return;
    await writeTrust(join(folder, "trust"), { ...this.#trust, recipients: told });
    this.#recipients = told;
    note("trust.recipients-taken", { certificate: told[0]!.sha256 });
  }

  /** The link's list may be newer than the repository's. */
  readonly #ignoreOlder = (error: unknown): void => {
    if (!(error instanceof KabinaError && error.code === "revocation/older")) throw error;
  };

  /** At two thirds of its life, when an officer asked for it, or when it was taken back: then with a new key, which an officer compares. */
  async #renewWhenDue(link: OfficeLink): Promise<void> {
    const { identity, clock, store } = this.#tools;
    const own = identity.chain[0]!;
    const lost = this.problem() !== null;
    const wanted = this.#rekey;
    this.#refused = await readRefusedKey(this.#tools.folder);
    if (!lost && !wanted && !isDue(own, clock.now())) return;
    const asksAnew = lost || clock.now() > own.notAfter;
    if (asksAnew && this.#refused !== null) return;
    const algorithm = wanted?.suite ? suites[wanted.suite].signs : identity.algorithm;
    if (!(algorithm in curves) && !lost) await this.#ensureTls(link);
    const next = await store.prepare("booth-identity", algorithm);
    const request = await this.#request(next);
    const leaf = asksAnew ? await this.#enrol(link, request, next.keyId) : await link.renew(request);
    // Waiting for an officer, who compares it with the status page; the next look asks again.
    this.#awaiting = leaf ? null : next.keyId;
    if (!leaf) return;
    const issuer = await this.#issuerOf(leaf, link);
    if (leaf.keyId !== next.keyId || leaf.commonName !== this.#tools.boothId || !issuer)
      throw new KabinaError("office/answer-malformed");
    const adopted = await store.adopt("booth-identity", [leaf, issuer]);
    identity.replace(adopted);
    this.#tools.tls.replace(speaksTls(adopted) ? adopted : await store.load("booth-tls"));
    this.#rekey = null;
    this.#tools.onRenewed();
    this.#tools.note(RENEWED, { certificate: leaf.sha256, until: leaf.notAfter.toISOString() });
  }

  /**
   * A key whose certificate was taken back before it came here is given up: the next look asks with another. One that an officer refused is given up
   * too, and the booth asks no more until somebody at it confirms.
   */
  async #enrol(link: OfficeLink, request: Uint8Array, keyId: string): Promise<Certificate | undefined> {
    try {
      return await link.enrol(request);
    } catch (error) {
      const taken = error instanceof KabinaError && error.details.reason === "certificate/revoked";
      const refused = isRefusal(error);
      if (refused) await noteRefusedKey(this.#tools.folder, keyId);
      if (taken || refused) await this.#tools.store.destroy("booth-identity", keyId);
      if (!refused) throw error;
      this.#refused = keyId;
      this.#awaiting = null;
      this.#tools.note("booth.key-refused", { key: keyId });
      throw keyRefused(keyId, error);
    }
  }

  /** A key for TLS before the identity becomes one that cannot speak it. */
  async #ensureTls(link: OfficeLink): Promise<void> {
    if (!(await this.#tools.store.has("booth-tls"))) await this.#certifyTls(link);
  }

  async #renewTlsWhenDue(link: OfficeLink): Promise<void> {
    const { tls, clock } = this.#tools;
    if (tls.purpose !== "booth-tls" || this.problem()) return;
    const own = tls.chain[0]!;
    // An officer who wants a new key of the booth wants all of them.
    const wanted = this.#rekey !== null && own.notBefore.getTime() + BACKDATING_MS < wholeSeconds(this.#rekey.at);
    if (wanted || isDue(own, clock.now())) await this.#certifyTls(link);
  }

  /** On its schedule, and when an officer asked for new keys; what former sessions do not need any more goes. */
  async #replaceJournalKeyWhenDue(): Promise<void> {
    const { journal, clock, note } = this.#tools;
    if (!journal) return;
    const { madeAt } = await journal.standing();
    const askedAt = this.#rekey?.at ?? null;
    const asked = askedAt !== null && askedAt !== this.#journalAskedAt && !(madeAt && madeAt >= new Date(askedAt));
    const due = madeAt !== null && clock.now().getTime() >= madeAt.getTime() + this.#journalDays * DAY_MS;
    if (!asked && !due) return void (await journal.release());
    const { before, after } = await journal.rotate();
    this.#journalAskedAt = askedAt;
    note(KEY_REPLACED, { purpose: "booth-journal", before, after });
  }

  async #certifyTls(link: OfficeLink): Promise<void> {
    const { store, tls, boothId, note } = this.#tools;
    const before = await store.has("booth-tls");
    const next = before ? await store.prepare("booth-tls") : await store.generate("booth-tls");
    const leaf = await link.renewTls(await this.#request(next));
    const issuer = await this.#issuerOf(leaf, link);
    if (leaf.keyId !== next.keyId || leaf.commonName !== boothId || !issuer)
      throw new KabinaError("office/answer-malformed");
    const chain = [leaf, issuer];
    const certified = before ? await store.adopt("booth-tls", chain) : await store.certify("booth-tls", chain);
    if (tls.purpose === "booth-tls") {
      tls.replace(certified);
      this.#tools.onRenewed();
    }
    note("booth.tls-renewed", { certificate: leaf.sha256, until: leaf.notAfter.toISOString() });
  }

  /** The authority that issued this, which may have followed another just now. */
  async #issuerOf(leaf: Certificate, link: OfficeLink): Promise<Certificate | undefined> {
    const known = () => authoritiesOf(this.#trust, "booths").find((authority) => leaf.isSignedBy(authority));
    if (!known()) await this.#learn(link);
    return known();
  }

  #request(key: PrivateKeyHandle): Promise<Uint8Array> {
    return buildRequest(nameOf(this.#tools.boothId), key.publicKeyInfo, {
      scheme: schemeOf(key),
      sign: (data) => key.sign(data),
    });
  }

  async #report(link: OfficeLink): Promise<void> {
    if (this.problem()) return;
    const { clock, software } = this.#tools;
    const policyVersion = this.#policy?.version ?? null;
    const sealed = this.#tools.sealed?.() ?? null;
    const journal = await this.#tools.journal?.standing();
    const { recipients, rekey, journalDays } = await link.report({
      at: clock.now().toISOString(),
      software,
      policyVersion,
      sealed,
      devices: this.#tools.devices?.() ?? [],
      ...(this.#tools.tamper ? { tamper: this.#tools.tamper() } : {}),
      ...(journal ? { journal: { keyId: journal.keyId, madeAt: journal.madeAt?.toISOString() ?? null } } : {}),
    });
    this.#journalDays = journalDays ?? limits.journalDays;
    this.#rekey = rekey ?? null;
    if (recipients) await this.#takeRecipients(recipients);
  }
}

const DAY_MS = 24 * 60 * 60_000;
const BACKDATING_MS = backdatingMinutes * 60_000;
/** As a certificate states a moment. */
const wholeSeconds = (at: string): number => Math.floor(Date.parse(at) / 1000) * 1000;

/** Two thirds of its life are over. */
function isDue({ notBefore, notAfter }: Certificate, now: Date): boolean {
  const life = notAfter.getTime() - notBefore.getTime();
  return now.getTime() >= notBefore.getTime() + life * limits.renewAfter;
}

function isListOf(list: RevocationList, authority: Certificate): boolean {
  try {
    list.assertSignedBy(authority);
    return true;
  } catch {
    return false;
  }
}
