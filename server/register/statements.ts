/** The register's statements, prepared once; the tables are in `schema.ts`. */
import type { Database } from "../store/database.ts";
import type {
  BoothSeen,
  CertificateRecord,
  CredentialRecord,
  LatestCertificate,
  PersonRecord,
  ProposalRecord,
  RegisterEvent,
  RegisterIssuer,
  RequestRecord,
  Standing,
} from "./records.ts";

export const CERTIFICATE =
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
const CREDENTIAL = "id, person, kind, content, added_at AS addedAt, used_at AS usedAt FROM credential";
const PROPOSAL =
  "id, kind, content, proposed_by AS proposedBy, proposed_at AS proposedAt, state, decided_by AS decidedBy, decided_at AS decidedAt, outcome FROM proposal";

export type EventRow = Omit<RegisterEvent, "data"> & { readonly data: string };
export type PersonRow = Omit<PersonRecord, "roles" | "demonstration"> & {
  readonly roles: string;
  readonly demonstration: number;
};

export function prepareStatements(database: Database) {
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
