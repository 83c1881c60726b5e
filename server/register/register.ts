/**
 * The server's register: every certificate with its life so far, requests, staff, proposals, and what happened. Each change is one durable commit
 * together with its event. Several processes may have it open (the server and `kabina pki …`).
 */
import { z } from "zod";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import type { RevocationReason } from "../../crypto/certificate/revocation-builder.ts";
import { DevicePattern } from "../../crypto/device/device.ts";
import { type Role, roles } from "../staff/roles.ts";
import { type Database, openDatabase } from "../store/database.ts";
import { ChangesTogether } from "./changes-together.ts";
import type {
  BoothSeen,
  CertificateRecord,
  CertificateSearch,
  CredentialRecord,
  LatestCertificate,
  NewEvent,
  PersonRecord,
  ProposalRecord,
  RegisterEvent,
  RegisterIssuer,
  RequestRecord,
  SealedHead,
  SignedProfile,
  Standing,
} from "./records.ts";
import { REGISTER_MIGRATIONS } from "./schema.ts";
import { CERTIFICATE, type EventRow, type PersonRow, prepareStatements } from "./statements.ts";

const mostListed = 1000;
/** Somebody was taken off, and what they did since a moment is doubted. */
export const STAFF_DOUBTED = "staff.doubted";
/** A policy should not have been, and what was captured under it since a moment is doubted. */
export const POLICY_DOUBTED = "policy.doubted";

export class Register {
  readonly database: Database;
  readonly #statements;
  /** Runs a change in a transaction, or within one in a savepoint. */
  readonly #transaction;
  #version = 0;
  readonly #together: ChangesTogether;

  constructor(path: string) {
    this.database = openDatabase(path, REGISTER_MIGRATIONS);
    this.#statements = prepareStatements(this.database);
    this.#transaction = this.database.transaction((change: () => unknown) => change());
    this.#together = new ChangesTogether({
      commit: (change) => this.change(change),
      nested: (change) => this.#transaction(change),
      standing: () => this.database.inTransaction,
    });
    this.#readOldRows();
  }

  /** Runs a change with its events; durable when it returns, and not done at all when it throws. */
  change<T>(change: () => T): T {
    this.#version++;
    return this.#transaction.immediate(change) as T;
  }

  /**
   * The same, in one commit with whatever else is asked for in the same turn of the event loop. Resolves when it is durable; a change that throws is
   * undone alone and rejects alone. It may be run twice, and so changes nothing but the register.
   */
  changeTogether<T>(change: () => T): Promise<T> {
    return this.#together.add(change);
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

const readEvent = (row: EventRow): RegisterEvent => ({ ...row, data: JSON.parse(row.data) as RegisterEvent["data"] });

const readPerson = (row: PersonRow): PersonRecord => ({
  ...row,
  roles: row.roles.split(" ").filter((role): role is Role => (roles as readonly string[]).includes(role)),
  demonstration: row.demonstration !== 0,
});
