/**
 * The authority's office on the server: takes requests in, issues what an officer has compared, renews, takes back, and says of any
 * certificate whether it holds. What it decides is in the register, durable, before anybody hears of it.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  Authority,
  type Issuer,
  type IssuerKind,
  type IssueTools,
  issuerKinds,
  type LeafPurpose,
  responderName,
} from "../../crypto/authority/authority.ts";
import { backdatingMinutes } from "../../crypto/authority/profiles.ts";
import type { Extension } from "../../crypto/certificate/builder.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { subjectAltName } from "../../crypto/certificate/extensions.ts";
import { type CertificationRequest, readRequest } from "../../crypto/certificate/request.ts";
import type { RevocationReason } from "../../crypto/certificate/revocation-builder.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { listName, RekeyWanted } from "../../crypto/est/paths.ts";
import type { KeyStore } from "../../crypto/keys/key.ts";
import type { SuiteId } from "../../crypto/suites/names.ts";
import type { CertificateRecord, LatestCertificate, RegisterIssuer, RequestRecord } from "../register/records.ts";
import type { Register } from "../register/register.ts";
import { PKI_LIMITS } from "./limits.ts";
import { readLinks } from "./links.ts";

/** What the office certifies on request, and the names that may be asked for. */
const requestable: Readonly<Partial<Record<IssuerKind, { purpose: LeafPurpose; name: RegExp }>>> = {
  booths: { purpose: "booth-identity", name: /^[a-z0-9-]{1,64}$/ },
  sensors: { purpose: "sensor-capture", name: /^[A-Za-z0-9._:-]{1,64}$/ },
};

export interface Submission {
  readonly request: RequestRecord;
  /** The certificate and its issuer, once an officer has approved. */
  readonly chain: readonly Certificate[] | null;
}

export class CertificateOffice {
  readonly register: Register;
  readonly store: KeyStore;
  #authority: Authority;
  /** The register's version at the last look for authorities that have followed. */
  #followedAt = -1;
  readonly #folder: string;
  readonly #tools: IssueTools;
  /** What is being decided in this process, by request or name: two officers at once, or two renewals, are one after the other. */
  readonly #deciding = new Map<string, Promise<unknown>>();

  private constructor(folder: string, register: Register, authority: Authority, store: KeyStore, tools: IssueTools) {
    this.#folder = folder;
    this.register = register;
    this.#authority = authority;
    this.store = store;
    this.#tools = tools;
  }

  /** @param folder `<data>/authority`, whose issuing keys are in `store` */
  static async open(
    folder: string,
    store: KeyStore,
    register: Register,
    tools: IssueTools,
  ): Promise<CertificateOffice> {
    const authority = await openAuthority(folder, store, tools);
    const office = new CertificateOffice(folder, register, authority, store, tools);
    await office.#recordCopies(join(folder, "issued"));
    return office;
  }

  /** The root and the issuing authorities as they stand. */
  get authority(): Authority {
    return this.#authority;
  }

  /** Takes up authorities that another process has switched to (`kabina pki succession adopt`); whether there were any. */
  async follow(): Promise<boolean> {
    const version = this.register.version();
    if (version === this.#followedAt) return false;
    const now = await openAuthority(this.#folder, this.store, this.#tools);
    this.#followedAt = version;
    if (named(now) === named(this.#authority)) return false;
    this.#authority = now;
    return true;
  }

  /** Takes a request in. The same key asking again is the same request. Throws `request/…`, `certificate/revoked`. */
  async submit(der: Uint8Array, issuer: IssuerKind, address: string): Promise<Submission> {
    const { name, request } = await this.#readAsked(der, issuer);
    const known = this.register.requestOfKey(request.keyId);
    if (known) {
      if (known.name !== name || known.issuer !== issuer) throw new KabinaError("request/key-known", { name });
      if (known.state === "refused") throw new KabinaError("request/refused", { name });
      if (known.serial === null) return { request: known, chain: null };
      // What was issued and taken back since is not handed out again.
      if (this.register.standing(known.serial)?.revokedAt !== null)
        throw new KabinaError("certificate/revoked", { subject: name });
      return { request: known, chain: this.#chainOf(known.serial) };
    }
    if (this.register.certificatesOfKey(request.keyId).length > 0) throw new KabinaError("request/key-known", { name });
    const at = this.#tools.clock.now().toISOString();
    const id = request.keyId.slice(0, 12);
    return this.register.change(() => {
      this.#refuseTaken(name, issuer);
      const limits = { total: PKI_LIMITS.waitingRequests, address: PKI_LIMITS.waitingFromOneAddress };
      if (this.register.waiting().length >= limits.total || this.register.waitingFrom(address) >= limits.address)
        throw new KabinaError("request/too-many", { limit: limits.address });
      const asked = { id, keyId: request.keyId, issuer, name, der: Buffer.from(der), askedAt: at, address };
      this.register.addRequest(asked);
      this.#note(at, "server", "request.received", id, { name, issuer, keyId: request.keyId, address });
      return { request: this.register.request(id)!, chain: null };
    });
  }

  /**
   * Issues what was asked for. `compared`: the digits of the key's fingerprint that the officer read on the booth's screen.
   * Throws `request/unknown`, `request/decided`, `request/fingerprint-differs`, `request/name-taken`.
   */
  approve(id: string, by: string, compared: string, office: string | null = null): Promise<readonly Certificate[]> {
    return this.#once(id, async () => {
      const waiting = this.#waiting(id);
      const digits = compared.toLowerCase().replace(/[^0-9a-f]/g, "");
      if (digits.length < PKI_LIMITS.comparedDigits || !waiting.keyId.startsWith(digits))
        throw new KabinaError("request/fingerprint-differs", { digits: PKI_LIMITS.comparedDigits });
      this.#refuseTaken(waiting.name, waiting.issuer);
      const { request } = await this.#readAsked(waiting.der, waiting.issuer);
      const chain = await this.#sign(request, waiting.issuer, waiting.name);
      const [leaf] = chain as [Certificate];
      const at = this.#tools.clock.now().toISOString();
      const refusal = this.register.change(() => {
        const taken = this.holding(waiting.name, waiting.issuer).length > 0;
        this.register.addCertificate(leaf, waiting.issuer, office);
        this.#note(at, by, "certificate.issued", leaf.serialHex, issuedData(leaf, id));
        if (!taken && this.register.decide(id, "issued", by, at, leaf.serialHex)) return null;
        // Another process, or another request for the name, was first: what was signed here is on the record, and taken back at once.
        this.register.revoke(leaf.serialHex, at, "superseded", null);
        this.#note(at, by, "certificate.revoked", leaf.serialHex, { reason: "superseded", name: waiting.name });
        const decided = this.register.request(id)?.state !== "waiting";
        return new KabinaError(decided ? "request/decided" : "request/name-taken", { id, name: waiting.name });
      });
      if (refusal) throw refusal;
      return chain;
    });
  }

  /** Throws `request/unknown`, `request/decided`. */
  refuse(id: string, by: string): Promise<void> {
    return this.#once(id, async () => {
      const { name } = this.#waiting(id);
      const at = this.#tools.clock.now().toISOString();
      this.register.change(() => {
        if (!this.register.decide(id, "refused", by, at, null)) throw new KabinaError("request/decided", { id });
        this.#note(at, by, "request.refused", id, { name });
      });
    });
  }

  /**
   * Renews the certificate that a booth or a sensor holds; its key may be the same or a new one, its name stays. Throws
   * `request/…`, `certificate/revoked`.
   */
  async renew(
    held: Certificate,
    der: Uint8Array,
    issuer: IssuerKind,
    purpose: LeafPurpose = requestable[issuer]!.purpose,
  ): Promise<readonly Certificate[]> {
    const { name, request } = await this.#readAsked(der, issuer);
    // One after the other for a name: two requests at once are one renewal, or one and a refusal.
    return this.#once(`${issuer} ${name}`, () => this.#renew(held, name, request, issuer, purpose));
  }

  async #renew(
    held: Certificate,
    name: string,
    request: CertificationRequest,
    issuer: IssuerKind,
    purpose: LeafPurpose,
  ): Promise<readonly Certificate[]> {
    const from = held.serialHex;
    const record = this.register.standing(from);
    if (record?.issuer !== issuer || held.commonName !== name)
      throw new KabinaError("request/name-differs", { held: held.commonName ?? "", asked: name });
    if (record.revokedAt !== null) throw new KabinaError("certificate/revoked", { subject: name });
    const others = this.register.standingOfKey(request.keyId);
    if (others.some((other) => other.name !== name)) throw new KabinaError("request/key-known", { name });
    // A revoked key is not certified again, whatever certificate it comes with.
    if (others.some((other) => other.revokedAt !== null))
      throw new KabinaError("certificate/revoked", { subject: name });
    const now = this.#tools.clock.now();
    const latest = this.latest(name, issuer, purpose);
    const backdated = latest ? issuedAt(latest) : 0;
    if (now.getTime() - backdated < PKI_LIMITS.betweenRenewalsMs && latest?.keyId === request.keyId)
      return this.#chainOf(latest.serial);
    if (now.getTime() - backdated < PKI_LIMITS.betweenRenewalsMs) throw new KabinaError("request/too-soon", { name });
    const chain = await this.#sign(request, issuer, name, purpose);
    const [leaf] = chain as [Certificate];
    const at = now.toISOString();
    await this.register.changeTogether(() => {
      // Taken back while it was being signed: the new one must not survive the old.
      if (this.register.standing(from)?.revokedAt !== null)
        throw new KabinaError("certificate/revoked", { subject: name });
      this.register.addCertificate(leaf, issuer, record.office);
      this.#note(at, `booth:${name}`, "certificate.renewed", leaf.serialHex, issuedData(leaf, from));
    });
    return chain;
  }

  /**
   * Takes certificates back. `since`: from when nothing that they signed is to be believed. Throws `certificate/unknown`. Returns
   * those that were not revoked before.
   */
  revoke(serials: readonly string[], by: string, reason: RevocationReason, since: Date | null = null): string[] {
    const at = this.#tools.clock.now().toISOString();
    return this.register.change(() =>
      serials.filter((serial) => {
        const record = this.register.certificate(serial);
        if (!record) throw new KabinaError("certificate/unknown", { serial });
        if (!this.register.revoke(serial, at, reason, since?.toISOString() ?? null)) return false;
        const { name, issuer } = record;
        this.#note(at, by, "certificate.revoked", serial, {
          name,
          issuer,
          reason,
          since: since?.toISOString() ?? null,
        });
        return true;
      }),
    );
  }

  /** Whether a certificate is not to be believed for what it did at that moment. */
  readonly isRevoked = (certificate: Certificate, at: Date): boolean => {
    const since = this.register.revokedSince(certificate);
    return since !== null && at >= since;
  };

  /** The certificates of a name that hold now: neither revoked nor ended. */
  holding(name: string, issuer: IssuerKind): CertificateRecord[] {
    const now = this.#tools.clock.now().toISOString();
    return this.register
      .certificatesNamed(name)
      .filter((record) => record.issuer === issuer && record.revokedAt === null && record.notAfter > now);
  }

  /** Every booth that holds a certificate now, by name. */
  boothsHolding(): string[] {
    const responder = responderName("booths");
    return this.register.holders("booths", this.#tools.clock.now().toISOString()).filter((name) => name !== responder);
  }

  /** The certificate that a name was issued last for a purpose; undefined when it never was. */
  latest(name: string, issuer: IssuerKind, purpose: LeafPurpose): LatestCertificate | undefined {
    return this.register.latest(name, issuer, issuer === "booths" ? purpose === "booth-identity" : null);
  }

  /** An officer wants a booth to take a new key: it hears of it when it asks next. `suite`: the suite that the key is to be of. */
  askToRekey(booth: string, by: string, suite: SuiteId | null): void {
    if (this.holding(booth, "booths").length === 0) throw new KabinaError("drill/nothing-held", { booth });
    const at = this.#tools.clock.now().toISOString();
    this.register.change(() => this.#note(at, by, REKEY_ASKED, booth, { suite }));
  }

  /**
   * What an officer has asked a booth for and it has not done, or what is due after so many days by the schedule; null when nothing, or when it was certified too
   * lately to be certified again.
   */
  rekeyWanted(booth: string, days: number | null = null): RekeyWanted | null {
    const now = this.#tools.clock.now();
    const latest = this.latest(booth, "booths", "booth-identity");
    const issued = latest ? issuedAt(latest) : 0;
    if (now.getTime() - issued < PKI_LIMITS.betweenRenewalsMs) return null;
    const asked = this.register.eventsOf(booth).findLast(({ kind }) => kind === REKEY_ASKED);
    // A certificate's moments are whole seconds.
    if (asked && issued < Math.floor(Date.parse(asked.at) / 1000) * 1000)
      return RekeyWanted.parse({ at: asked.at, suite: asked.data.suite ?? null });
    const due = days !== null && now.getTime() >= issued + days * 24 * 60 * 60_000;
    return due ? { at: now.toISOString(), suite: null } : null;
  }

  issuer(kind: IssuerKind): Issuer {
    return this.authority.issuer(kind);
  }

  /** Certificates of the authorities that have issued for a kind, newest first: what they issued is believed. */
  authorities(kind: IssuerKind): readonly Certificate[] {
    return this.authority.lineage(kind).map(({ certificate }) => certificate);
  }

  /**
   * What whoever trusts one of this authority's roots needs to follow it (RFC 7030 §4.1.3): the authorities of a kind and the roots, newest first,
   * and the certificates by which a root vouches for the one before or after it.
   */
  async authoritiesTold(kind: IssuerKind): Promise<readonly Certificate[]> {
    return [...this.authorities(kind), ...this.authority.roots, ...(await readLinks(this.#folder))];
  }

  /** The list of the root that stands, or of the one with that key id: what of the issuing authorities was taken back. Throws `est/route-unknown`. */
  rootList(keyId?: string): Promise<Uint8Array> {
    return readFile(join(this.#folder, listName("root", keyId))).catch((cause: unknown) => {
      throw new KabinaError("est/route-unknown", {}, { cause });
    });
  }

  async #readAsked(der: Uint8Array, issuer: IssuerKind): Promise<{ name: string; request: CertificationRequest }> {
    const request = await readRequest(der);
    const name = request.commonName ?? "";
    if (!requestable[issuer]?.name.test(name)) throw new KabinaError("request/name-unfit", {});
    return { name, request };
  }

  #sign(
    request: CertificationRequest,
    issuer: IssuerKind,
    name: string,
    purpose: LeafPurpose = requestable[issuer]!.purpose,
  ): Promise<readonly Certificate[]> {
    const uri = issuer === "booths" ? `urn:kabina:booth:${name}` : `urn:kabina:sensor:${name}`;
    const extensions: Extension[] = [subjectAltName({ uri: [uri] })];
    return this.authority.issue(purpose, request, name, extensions);
  }

  /** One name, one holder: a second key gets it only when the first was taken back or has ended. */
  #refuseTaken(name: string, issuer: IssuerKind): void {
    if (this.holding(name, issuer).length > 0) throw new KabinaError("request/name-taken", { name });
  }

  #waiting(id: string): RequestRecord {
    const request = this.register.request(id);
    if (!request) throw new KabinaError("request/unknown", { id });
    if (request.state !== "waiting") throw new KabinaError("request/decided", { id });
    return request;
  }

  #chainOf(serial: string): readonly Certificate[] {
    const { der, issuer } = this.register.certificate(serial)!;
    const leaf = new Certificate(der);
    const above = this.authorities(issuer as IssuerKind);
    return [leaf, above.find((authority) => leaf.isSignedBy(authority)) ?? above[0]!];
  }

  #note(at: string, by: string, kind: string, subject: string, data: Record<string, string | number | null>): void {
    this.register.addEvent({ at, by, kind, subject, data });
  }

  async #once<T>(id: string, task: () => Promise<T>): Promise<T> {
    const before = this.#deciding.get(id) ?? Promise.resolve();
    const turn = before.then(task, task);
    this.#deciding.set(id, turn);
    try {
      return await turn;
    } finally {
      if (this.#deciding.get(id) === turn) this.#deciding.delete(id);
    }
  }

  /** Enters what was issued while there was no register: by a first start, or in a ceremony. */
  async #recordCopies(folder: string): Promise<void> {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".pem")).sort();
    const known = names.filter((name) => this.register.certificate(name.slice(0, -".pem".length)) === undefined);
    const at = this.#tools.clock.now().toISOString();
    const found = await Promise.all(
      known.map(async (name) => Certificate.fromPem(await readFile(join(folder, name), "utf8"))[0]!),
    );
    if (found.length === 0) return;
    this.register.change(() => {
      for (const certificate of found) {
        const issuer = this.#issuerOf(certificate);
        if (!issuer) continue;
        this.register.addCertificate(certificate, issuer);
        this.#note(at, "server", "certificate.recorded", certificate.serialHex, issuedData(certificate, null));
      }
    });
  }

  #issuerOf(certificate: Certificate): RegisterIssuer | undefined {
    if (this.authority.roots.some((root) => certificate.isSignedBy(root))) return "root";
    return issuerKinds.find((kind) => this.authorities(kind).some((authority) => certificate.isSignedBy(authority)));
  }
}

/** What the office signs is kept in the register; what was issued without it left a copy in `issued/`. */
const openAuthority = (folder: string, store: KeyStore, tools: IssueTools): Promise<Authority> =>
  Authority.open(folder, store, tools, { issuers: issuerKinds, keep: async () => {} });

/** The certificates of an authority's roots and issuers, as one text. */
const named = (authority: Authority): string =>
  [...authority.roots, ...issuerKinds.flatMap((kind) => authority.lineage(kind).map(({ certificate }) => certificate))]
    .map(({ sha256 }) => sha256)
    .join();

const BACKDATING_MS = backdatingMinutes * 60_000;
const REKEY_ASKED = "booth.rekey-asked";

const issuedAt = ({ notBefore }: LatestCertificate): number => Date.parse(notBefore) + BACKDATING_MS;

const issuedData = (certificate: Certificate, from: string | null) => ({
  name: certificate.commonName ?? "",
  keyId: certificate.keyId,
  sha256: certificate.sha256,
  notAfter: certificate.notAfter.toISOString(),
  from,
});
