/**
 * The server's register: every certificate with its life so far, requests, staff, proposals, and what happened. Each change is one durable commit
 * together with its event. Several processes may have it open (the server and `kabina pki …`).
 */
import { z } from "zod";
import type { IssuerKind } from "../../crypto/authority/authority.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import type { RevocationReason } from "../../crypto/certificate/revocation-builder.ts";
import { DevicePattern } from "../../crypto/device/device.ts";
import { type Role, roles } from "../staff/roles.ts";
import type { Database } from "../store/database.ts";
import { openDatabase } from "../store/database.ts";
import { REGISTER_MIGRATIONS } from "./schema.ts";

/** An issuing authority, or the root, which issues those. */
export type RegisterIssuer = IssuerKind | "root";

export interface CertificateRecord {
  readonly serial: string;
  readonly issuer: RegisterIssuer;
  /** Key id of the authority that issued it. */
  readonly authority: string;
  readonly sha256: string;
  readonly keyId: string;
  readonly name: string;
  readonly office: string | null;
  readonly der: Buffer;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly revokedAt: string | null;
  readonly reason: RevocationReason | null;
  readonly invalidSince: string | null;
}

export type Standing = Pick<CertificateRecord, "name" | "issuer" | "office" | "revokedAt">;
export type LatestCertificate = Pick<CertificateRecord, "serial" | "keyId" | "notBefore">;

export interface RequestRecord {
  readonly id: string;
  readonly keyId: string;
  readonly issuer: IssuerKind;
  readonly name: string;
  readonly der: Buffer;
  readonly askedAt: string;
  readonly address: string;
  readonly state: "waiting" | "issued" | "refused";
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly serial: string | null;
}

export interface RegisterEvent {
  readonly sequence: number;
  readonly at: string;
  /** Who did it: a person's id, `booth:<id>`, `cli:<user>`, `server`. */
  readonly by: string;
  /** Dotted words: `certificate.issued`. */
  readonly kind: string;
  /** What it happened to: a serial number, a request's id, a person's id. */
  readonly subject: string;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}
export type NewEvent = Omit<RegisterEvent, "sequence">;

export interface BoothSeen {
  readonly booth: string;
  readonly at: string;
  readonly serial: string | null;
  readonly policyVersion: number | null;
  /** The booth's clock less the server's. */
  readonly clockOffsetMs: number | null;
  readonly report: string | null;
}

/** What an officer signed for a booth: from then on it is of that office, and may use those devices. */
export interface SignedProfile {
  readonly booth: string;
  readonly at: string;
  readonly by: string;
  readonly content: {
    readonly office: { readonly id: string; readonly name: string };
    /** Null: any. */
    readonly devices: readonly DevicePattern[] | null;
  };
}

export interface SealedHead {
  readonly manifestSha256: string;
  readonly booth: string;
  readonly chain: string;
  readonly counter: number;
  readonly heardAt: string;
}

export interface PersonRecord {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly state: "active" | "disabled";
  /** Signs in with one-time links that the server's owner reads; for demonstrations only. */
  readonly demonstration: boolean;
}

export interface CredentialRecord {
  /** A passkey's credential id, a certificate's SHA-256, or the SHA-256 of a one-time code. */
  readonly id: string;
  readonly person: string;
  readonly kind: "passkey" | "certificate" | "one-time";
  /** JSON: public values only. */
  readonly content: string;
  readonly addedAt: string;
  readonly usedAt: string | null;
}

export interface ProposalRecord {
  readonly id: string;
  readonly kind: string;
  readonly content: string;
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly state: "waiting" | "approved" | "refused" | "done" | "failed" | "expired";
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly outcome: string | null;
}

export interface CertificateSearch {
  /** Part of the name, of the serial number or of a fingerprint. */
  readonly text?: string | undefined;
  readonly issuer?: RegisterIssuer | undefined;
  /** Only what ends before this instant and is not revoked. */
  readonly endsBefore?: string | undefined;
  readonly revoked?: boolean | undefined;
  readonly limit?: number | undefined;
}

const CERTIFICATE =
  "serial, issuer, authority, sha256, key_id AS keyId, name, office, der, not_before AS notBefore, not_after AS notAfter, revoked_at AS revokedAt, reason, invalid_since AS invalidSince FROM certificate";
const STANDING = "name, issuer, office, revoked_at AS revokedAt FROM certificate";
const LATEST =
  "serial, key_id AS keyId, not_before AS notBefore FROM certificate WHERE name = :name AND issuer = :issuer";
interface LatestWanted {
  readonly name: string;
  readonly issuer: RegisterIssuer;
  readonly signs: number;
}
const REQUEST =
  "id, key_id AS keyId, issuer, name, der, asked_at AS askedAt, address, state, decided_by AS decidedBy, decided_at AS decidedAt, serial FROM request";
const mostListed = 1000;
/** Somebody was taken off, and what they did since a moment is doubted. */
export const STAFF_DOUBTED = "staff.doubted";
/** A policy should not have been, and what was captured under it since a moment is doubted. */
export const POLICY_DOUBTED = "policy.doubted";

/** A change that waits for the end of this turn of the event loop. It may be done twice, the first time undone. */
interface Together {
  readonly change: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class Register {
  readonly database: Database;
  readonly #statements;
  /** Runs a change in a transaction, or within one in a savepoint. */
  readonly #transaction;
  #version = 0;
  /** Changes that wait for the end of this turn of the event loop. */
  #together: Together[] = [];

  constructor(path: string) {
    this.database = openDatabase(path, REGISTER_MIGRATIONS);
    this.#statements = prepare(this.database);
    this.#transaction = this.database.transaction((change: () => unknown) => change());
    this.#readOldRows();
  }

  /** Runs a change with its events; durable when it returns, and not done at all when it throws. */
  change<T>(change: () => T): T {
    this.#version++;
    return this.#transaction.immediate(change) as T;
  }

  /**
   * The same, in one commit with whatever else is asked for in the same turn of the event loop: a commit costs a write to the disk, and many booths
   * renew at once. Resolves when it is durable; a change that throws is undone alone and rejects alone. It may be run twice, and so changes nothing but
   * the register.
   */
  changeTogether<T>(change: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#together.length === 0) setImmediate(() => this.#commitTogether());
      this.#together.push({ change, resolve: (value) => resolve(value as T), reject });
    });
  }

  #commitTogether(): void {
    const waiting = this.#together;
    this.#together = [];
    try {
      const values = this.change(() => waiting.map(({ change }) => change()));
      for (const [at, { resolve }] of waiting.entries()) resolve(values[at]);
    } catch (error) {
      if (waiting.length > 1) this.#commitApart(waiting);
      else waiting[0]?.reject(error);
    }
  }

  /** One of them threw: all are undone, and done again, each in a savepoint of its own. */
  #commitApart(waiting: readonly Together[]): void {
    const settle: (() => void)[] = [];
    try {
      this.change(() => {
        for (const { change, resolve, reject } of waiting)
          try {
            const value = this.#transaction(change); // nested: a savepoint
            settle.push(() => resolve(value));
          } catch (error) {
            if (!this.database.inTransaction) throw error; // the disk is full: SQLite has undone all of it
            settle.push(() => reject(error));
          }
      });
    } catch (error) {
      for (const { reject } of waiting) reject(error);
      return;
    }
    for (const tell of settle) tell();
  }

  /** The same for what changes no certificate's standing: `version` stays. */
  note<T>(change: () => T): T {
    return this.#transaction.immediate(change) as T;
  }

  /** Another number after every change, by this process or another: what was signed ahead may then be out of date. */
  version(): number {
    return this.#version * 2 ** 24 + this.#statements.dataVersion.get()!;
  }

  close(): void {
    this.database.close();
  }

  /** What was entered before the register told who issued a certificate and whether it signs packages says so in itself. */
  #readOldRows(): void {
    const old = this.#statements.old.all();
    if (old.length === 0) return;
    this.note(() => {
      for (const { serial, der } of old) {
        const certificate = new Certificate(der);
        this.#statements.readOld.run(authorityOf(certificate), signsPackages(certificate), serial);
      }
    });
  }

  addCertificate(certificate: Certificate, issuer: RegisterIssuer, office: string | null = null): void {
    this.#statements.addCertificate.run({
      serial: certificate.serialHex,
      issuer,
      authority: authorityOf(certificate),
      signsPackages: signsPackages(certificate),
      sha256: certificate.sha256,
      keyId: certificate.keyId,
      name: certificate.commonName ?? "",
      office,
      der: Buffer.from(certificate.der),
      notBefore: certificate.notBefore.toISOString(),
      notAfter: certificate.notAfter.toISOString(),
    });
  }

  certificate(serial: string): CertificateRecord | undefined {
    return this.#statements.certificate.get(serial);
  }

  /** How a certificate stands, without its bytes. */
  standing(serial: string): Standing | undefined {
    return this.#statements.standing.get(serial);
  }

  /** The certificates of a key, without their bytes. */
  standingOfKey(keyId: string): Standing[] {
    return this.#statements.standingOfKey.all(keyId);
  }

  /**
   * The certificate that a name was issued last; undefined when it never was. A booth's key for TLS may sign no packages, which tells its certificates
   * from those of its identity; null takes either.
   */
  latest(name: string, issuer: RegisterIssuer, signing: boolean | null): LatestCertificate | undefined {
    const of = signing === null ? this.#statements.latest : this.#statements.latestOf;
    return of.get({ name, issuer, signs: signing ? 1 : 0 });
  }

  certificatesNamed(name: string): CertificateRecord[] {
    return this.#statements.certificatesNamed.all(name);
  }

  certificatesOfKey(keyId: string): CertificateRecord[] {
    return this.#statements.certificatesOfKey.all(keyId);
  }

  search(search: CertificateSearch): CertificateRecord[] {
    const conditions: string[] = [];
    const values: Record<string, string | number> = { limit: Math.min(search.limit ?? mostListed, mostListed) };
    if (search.text !== undefined && search.text !== "") {
      conditions.push(
        "(instr(name, :text) OR instr(serial, lower(:text)) OR instr(sha256, lower(:text)) OR instr(key_id, lower(:text)))",
      );
      values.text = search.text;
    }
    if (search.issuer !== undefined) {
      conditions.push("issuer = :issuer");
      values.issuer = search.issuer;
    }
    if (search.endsBefore !== undefined) {
      conditions.push("not_after < :endsBefore AND revoked_at IS NULL");
      values.endsBefore = search.endsBefore;
    }
    if (search.revoked !== undefined) conditions.push(`revoked_at IS ${search.revoked ? "NOT " : ""}NULL`);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
    const sql = `SELECT ${CERTIFICATE} ${where} ORDER BY not_before DESC, serial LIMIT :limit`;
    return this.database.prepare<[Record<string, string | number>], CertificateRecord>(sql).all(values);
  }

  /** False when it was revoked before: the first revocation stands. */
  revoke(serial: string, at: string, reason: RevocationReason, invalidSince: string | null): boolean {
    return this.#statements.revoke.run({ serial, at, reason, invalidSince }).changes > 0;
  }

  revoked(issuer: RegisterIssuer): CertificateRecord[] {
    return this.#statements.revoked.all(issuer);
  }

  certificateOf(sha256: string): CertificateRecord | undefined {
    return this.#statements.certificateOf.get(sha256);
  }

  /** The names that hold a certificate at a moment. */
  holders(issuer: RegisterIssuer, at: string): string[] {
    return this.#statements.holders.all(issuer, at);
  }

  /** What one authority has taken back of what it issued. */
  revokedBy(authority: string): CertificateRecord[] {
    return this.#statements.revokedBy.all(authority);
  }

  /** From when on a certificate is not believed: the suspected moment, else that of its revocation; null of one that was not taken back. */
  readonly revokedSince = (certificate: Certificate): Date | null => {
    const record = this.certificate(certificate.serialHex);
    return record?.revokedAt ? new Date(record.invalidSince ?? record.revokedAt) : null;
  };

  addRequest(request: Pick<RequestRecord, "id" | "keyId" | "issuer" | "name" | "der" | "askedAt" | "address">): void {
    this.#statements.addRequest.run(request);
  }

  request(id: string): RequestRecord | undefined {
    return this.#statements.request.get(id);
  }

  requestOfKey(keyId: string): RequestRecord | undefined {
    return this.#statements.requestOfKey.get(keyId);
  }

  waiting(): RequestRecord[] {
    return this.#statements.waiting.all();
  }

  waitingFrom(address: string): number {
    return this.#statements.waitingFrom.get(address) ?? 0;
  }

  /** False when somebody else was first. */
  decide(id: string, state: "issued" | "refused", by: string, at: string, serial: string | null): boolean {
    return this.#statements.decide.run({ id, state, by, at, serial }).changes > 0;
  }

  addEvent(event: NewEvent): void {
    this.#statements.addEvent.run({ ...event, data: JSON.stringify(event.data) });
  }

  eventsOf(subject: string): RegisterEvent[] {
    return this.#statements.eventsOf.all(subject).map(readEvent);
  }

  /** From when on what a person did is doubted, the earliest that was named; by person. */
  doubtedStaff(): ReadonlyMap<string, Date> {
    const since = new Map<string, Date>();
    for (const { subject, data } of this.#statements.eventsOfKind.all(STAFF_DOUBTED).map(readEvent)) {
      const at = new Date(String(data.since));
      if (at < (since.get(subject) ?? at) || !since.has(subject)) since.set(subject, at);
    }
    return since;
  }

  /** Policies that two officers have found should not have been, by the hash that packages name: since when, the earliest that was named. */
  doubtedPolicies(): ReadonlyMap<string, { readonly version: number; readonly since: Date }> {
    const found = new Map<string, { version: number; since: Date }>();
    for (const { subject, data } of this.#statements.eventsOfKind.all(POLICY_DOUBTED).map(readEvent)) {
      const since = new Date(String(data.since));
      const known = found.get(subject);
      if (!known || since < known.since) found.set(subject, { version: Number(data.version), since });
    }
    return found;
  }

  /** When the officers' targets of each version came into force. */
  publishedAt(): ReadonlyMap<number, string> {
    const rows = this.#statements.published.all().map(readEvent);
    return new Map(rows.map(({ at, data }) => [Number(data.version), at]));
  }

  eventsAfter(sequence: number, limit = mostListed): RegisterEvent[] {
    return this.#statements.eventsAfter.all(sequence, limit).map(readEvent);
  }

  /** The next number of an issuer's revocation list; counted in the same commit. */
  nextListNumber(issuer: RegisterIssuer): number {
    return this.#statements.nextListNumber.get(issuer)!;
  }

  persons(): PersonRecord[] {
    return this.#statements.persons.all().map(readPerson);
  }

  person(id: string): PersonRecord | undefined {
    const row = this.#statements.person.get(id);
    return row && readPerson(row);
  }

  /** Adds a person, or changes name, roles and state of one who is there. */
  setPerson(person: PersonRecord): void {
    this.#statements.setPerson.run({
      ...person,
      roles: person.roles.join(" "),
      demonstration: person.demonstration ? 1 : 0,
    });
  }

  credential(id: string): CredentialRecord | undefined {
    return this.#statements.credential.get(id);
  }

  credentialsOf(person: string): CredentialRecord[] {
    return this.#statements.credentialsOf.all(person);
  }

  addCredential(credential: Omit<CredentialRecord, "usedAt">): void {
    this.#statements.addCredential.run(credential);
  }

  useCredential(id: string, at: string, content: string): void {
    this.#statements.useCredential.run(at, content, id);
  }

  /** False when it was gone: what may be used once is used by whoever removes it. */
  removeCredential(id: string): boolean {
    return this.#statements.removeCredential.run(id).changes > 0;
  }

  proposal(id: string): ProposalRecord | undefined {
    return this.#statements.proposal.get(id);
  }

  /** The newest first. */
  proposals(limit = mostListed): ProposalRecord[] {
    return this.#statements.proposals.all(limit);
  }

  addProposal(proposal: Pick<ProposalRecord, "id" | "kind" | "content" | "proposedBy" | "proposedAt">): void {
    this.#statements.addProposal.run(proposal);
  }

  /** False when it was no longer in the state `from`: somebody else was first. */
  moveProposal(
    id: string,
    from: ProposalRecord["state"],
    to: Pick<ProposalRecord, "state" | "decidedBy" | "decidedAt" | "outcome">,
  ): boolean {
    return this.#statements.moveProposal.run({ ...to, id, from }).changes > 0;
  }

  sawBooth(seen: BoothSeen): void {
    this.#statements.sawBooth.run(seen);
  }

  boothsSeen(): BoothSeen[] {
    return this.#statements.boothsSeen.all();
  }

  /** Puts a profile on the record, with an event that says whether it moves the booth. */
  signedProfile({ booth, at, by, content: { office, devices } }: SignedProfile): void {
    const before = this.#statements.profileOf.get(booth, at);
    this.#statements.addProfile.run({
      ...{ booth, at, by, office: office.id, officeName: office.name },
      devices: devices === null ? null : JSON.stringify(devices),
    });
    const moved = before !== undefined && before.office !== office.id;
    const data = { office: office.id, from: moved ? before.office : null, devices: devices?.length ?? null };
    this.addEvent({ at, by, kind: moved ? "booth.moved" : "profile.signed", subject: booth, data });
  }

  /** The devices that a booth's profile allowed at a moment; null: any, or no profile is on record. */
  allowedDevices(booth: string, at: string): readonly DevicePattern[] | null {
    const devices = this.#statements.profileOf.get(booth, at)?.devices;
    return devices == null ? null : z.array(DevicePattern).parse(JSON.parse(devices));
  }

  /** A booth has said which package it sealed last; the first time counts. */
  heardHead(head: SealedHead): void {
    this.#statements.heardHead.run(head);
  }

  /** When a booth first said that it had sealed this manifest; undefined when it never did. */
  headHeardAt(manifestSha256: string): string | undefined {
    return this.#statements.headHeardAt.get(manifestSha256);
  }
}

const signsPackages = (certificate: Certificate): number =>
  certificate.extendedKeyUsage.includes(oids.kabinaPackageSigning) ? 1 : 0;

const authorityOf = (certificate: Certificate): string =>
  Buffer.from(certificate.authorityKeyIdentifier ?? []).toString("hex");

type EventRow = Omit<RegisterEvent, "data"> & { readonly data: string };
const readEvent = (row: EventRow): RegisterEvent => ({ ...row, data: JSON.parse(row.data) as RegisterEvent["data"] });

type PersonRow = Omit<PersonRecord, "roles" | "demonstration"> & {
  readonly roles: string;
  readonly demonstration: number;
};
const readPerson = (row: PersonRow): PersonRecord => ({
  ...row,
  roles: row.roles.split(" ").filter((role): role is Role => (roles as readonly string[]).includes(role)),
  demonstration: row.demonstration !== 0,
});

const CREDENTIAL = "id, person, kind, content, added_at AS addedAt, used_at AS usedAt FROM credential";
const PROPOSAL =
  "id, kind, content, proposed_by AS proposedBy, proposed_at AS proposedAt, state, decided_by AS decidedBy, decided_at AS decidedAt, outcome FROM proposal";

function prepare(database: Database) {
  return {
    persons: database.prepare<[], PersonRow>("SELECT * FROM person ORDER BY id"),
    person: database.prepare<[string], PersonRow>("SELECT * FROM person WHERE id = ?"),
    setPerson: database.prepare(
      `INSERT INTO person VALUES (:id, :name, :roles, :state, :demonstration)
       ON CONFLICT DO UPDATE SET name = :name, roles = :roles, state = :state, demonstration = :demonstration`,
    ),
    credential: database.prepare<[string], CredentialRecord>(`SELECT ${CREDENTIAL} WHERE id = ?`),
    credentialsOf: database.prepare<[string], CredentialRecord>(
      `SELECT ${CREDENTIAL} WHERE person = ? ORDER BY added_at`,
    ),
    addCredential: database.prepare(
      "INSERT INTO credential (id, person, kind, content, added_at) VALUES (:id, :person, :kind, :content, :addedAt)",
    ),
    useCredential: database.prepare("UPDATE credential SET used_at = ?, content = ? WHERE id = ?"),
    removeCredential: database.prepare("DELETE FROM credential WHERE id = ?"),
    proposal: database.prepare<[string], ProposalRecord>(`SELECT ${PROPOSAL} WHERE id = ?`),
    proposals: database.prepare<[number], ProposalRecord>(
      `SELECT ${PROPOSAL} ORDER BY state = 'waiting' DESC, proposed_at DESC LIMIT ?`,
    ),
    addProposal: database.prepare(
      `INSERT INTO proposal (id, kind, content, proposed_by, proposed_at, state)
       VALUES (:id, :kind, :content, :proposedBy, :proposedAt, 'waiting')`,
    ),
    moveProposal: database.prepare(
      `UPDATE proposal SET state = :state, decided_by = :decidedBy, decided_at = :decidedAt, outcome = :outcome
       WHERE id = :id AND state = :from`,
    ),
    dataVersion: database.prepare<[], number>("PRAGMA data_version").pluck(),
    addCertificate: database.prepare(
      `INSERT INTO certificate (serial, issuer, authority, signs_packages, sha256, key_id, name, office, der, not_before, not_after)
       VALUES (:serial, :issuer, :authority, :signsPackages, :sha256, :keyId, :name, :office, :der, :notBefore, :notAfter)
       ON CONFLICT DO NOTHING`,
    ),
    standing: database.prepare<[string], Standing>(`SELECT ${STANDING} WHERE serial = ?`),
    standingOfKey: database.prepare<[string], Standing>(`SELECT ${STANDING} WHERE key_id = ?`),
    latest: database.prepare<[LatestWanted], LatestCertificate>(`SELECT ${LATEST} ORDER BY not_before DESC LIMIT 1`),
    latestOf: database.prepare<[LatestWanted], LatestCertificate>(
      `SELECT ${LATEST} AND signs_packages = :signs ORDER BY not_before DESC LIMIT 1`,
    ),
    certificate: database.prepare<[string], CertificateRecord>(`SELECT ${CERTIFICATE} WHERE serial = ?`),
    certificateOf: database.prepare<[string], CertificateRecord>(`SELECT ${CERTIFICATE} WHERE sha256 = ?`),
    published: database.prepare<[], EventRow>("SELECT * FROM event WHERE kind = 'policy.published' ORDER BY sequence"),
    addProfile: database.prepare(
      "INSERT OR REPLACE INTO booth_profile VALUES (:booth, :at, :by, :office, :officeName, :devices)",
    ),
    profileOf: database.prepare<[string, string], { office: string; devices: string | null }>(
      "SELECT office, devices FROM booth_profile WHERE booth = ? AND at <= ? ORDER BY at DESC LIMIT 1",
    ),
    heardHead: database.prepare(
      "INSERT INTO sealed_head VALUES (:manifestSha256, :booth, :chain, :counter, :heardAt) ON CONFLICT DO NOTHING",
    ),
    headHeardAt: database
      .prepare<[string], string>("SELECT heard_at FROM sealed_head WHERE manifest_sha256 = ?")
      .pluck(),
    certificatesNamed: database.prepare<[string], CertificateRecord>(
      `SELECT ${CERTIFICATE} WHERE name = ? ORDER BY not_before DESC`,
    ),
    certificatesOfKey: database.prepare<[string], CertificateRecord>(`SELECT ${CERTIFICATE} WHERE key_id = ?`),
    revoke: database.prepare(
      "UPDATE certificate SET revoked_at = :at, reason = :reason, invalid_since = :invalidSince WHERE serial = :serial AND revoked_at IS NULL",
    ),
    holders: database
      .prepare<[string, string], string>(
        "SELECT DISTINCT name FROM certificate WHERE issuer = ? AND revoked_at IS NULL AND not_after > ? ORDER BY name",
      )
      .pluck(),
    revokedBy: database.prepare<[string], CertificateRecord>(
      `SELECT ${CERTIFICATE} WHERE authority = ? AND revoked_at IS NOT NULL ORDER BY revoked_at`,
    ),
    old: database.prepare<[], { serial: string; der: Buffer }>(
      "SELECT serial, der FROM certificate WHERE signs_packages IS NULL",
    ),
    readOld: database.prepare("UPDATE certificate SET authority = ?, signs_packages = ? WHERE serial = ?"),
    revoked: database.prepare<[string], CertificateRecord>(
      `SELECT ${CERTIFICATE} WHERE issuer = ? AND revoked_at IS NOT NULL ORDER BY revoked_at`,
    ),
    addRequest: database.prepare(
      `INSERT INTO request (id, key_id, issuer, name, der, asked_at, address, state)
       VALUES (:id, :keyId, :issuer, :name, :der, :askedAt, :address, 'waiting')`,
    ),
    request: database.prepare<[string], RequestRecord>(`SELECT ${REQUEST} WHERE id = ?`),
    requestOfKey: database.prepare<[string], RequestRecord>(`SELECT ${REQUEST} WHERE key_id = ?`),
    waiting: database.prepare<[], RequestRecord>(`SELECT ${REQUEST} WHERE state = 'waiting' ORDER BY asked_at`),
    waitingFrom: database
      .prepare<[string], number>("SELECT count(*) FROM request WHERE state = 'waiting' AND address = ?")
      .pluck(),
    decide: database.prepare(
      "UPDATE request SET state = :state, decided_by = :by, decided_at = :at, serial = :serial WHERE id = :id AND state = 'waiting'",
    ),
    addEvent: database.prepare(
      "INSERT INTO event (at, by, kind, subject, data) VALUES (:at, :by, :kind, :subject, :data)",
    ),
    eventsOf: database.prepare<[string], EventRow>("SELECT * FROM event WHERE subject = ? ORDER BY sequence"),
    eventsOfKind: database.prepare<[string], EventRow>("SELECT * FROM event WHERE kind = ? ORDER BY sequence"),
    eventsAfter: database.prepare<[number, number], EventRow>(
      "SELECT * FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?",
    ),
    nextListNumber: database
      .prepare<[string], number>(
        "INSERT INTO list_number VALUES (?, 1) ON CONFLICT DO UPDATE SET number = number + 1 RETURNING number",
      )
      .pluck(),
    sawBooth: database.prepare(
      `INSERT INTO booth_seen VALUES (:booth, :at, :serial, :policyVersion, :clockOffsetMs, :report)
       ON CONFLICT DO UPDATE SET at = :at, serial = :serial, policy_version = :policyVersion,
         clock_offset_ms = :clockOffsetMs, report = :report`,
    ),
    boothsSeen: database.prepare<[], BoothSeen>(
      "SELECT booth, at, serial, policy_version AS policyVersion, clock_offset_ms AS clockOffsetMs, report FROM booth_seen ORDER BY booth",
    ),
  };
}
