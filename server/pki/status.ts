/**
 * What the authority says of its certificates: revocation lists, and answers to questions (OCSP). Both are signed ahead and kept while
 * nothing has changed; a revocation by any process is seen at the next question.
 */
import {
  type Authority,
  ensureKey,
  type Issuer,
  type IssuerKind,
  type IssueTools,
  issuerKinds,
  responderName,
} from "../../crypto/authority/authority.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { buildRevocationList, type Revocation } from "../../crypto/certificate/revocation-builder.ts";
import type { Signer } from "../../crypto/certificate/signature.ts";
import {
  buildAnswer,
  type CertificateId,
  type CertificateStatus,
  issuerHashes,
  readQuestion,
  refusalAnswer,
  type StatusQuestion,
} from "../../crypto/certificate/status-protocol.ts";
import { listName } from "../../crypto/est/paths.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import type { CertificateRecord } from "../register/records.ts";
import { PKI_LIMITS } from "./limits.ts";
import type { CertificateOffice } from "./office.ts";

const hour = 60 * 60_000; // ms

interface IssuingAuthority {
  readonly kind: IssuerKind;
  readonly issuer: Issuer;
}

interface SignedList {
  readonly der: Uint8Array;
  readonly number: number;
  readonly version: number;
  readonly renewAtMs: number;
}

export class CertificateStatusDesk {
  readonly #office: CertificateOffice;
  readonly #tools: IssueTools;
  #key: PrivateKeyHandle;
  /** By the issuing authority's key id. */
  readonly #responders = new Map<string, Promise<Certificate>>();
  readonly #lists = new Map<string, Promise<SignedList>>();
  /** The authorities by what questions name them, and whose they are: others may have followed since. */
  #known: { readonly of: Authority; readonly byName: ReadonlyMap<string, IssuingAuthority> };
  /** Answers signed ahead, by what was asked. */
  readonly #answers = new Map<string, { readonly der: Uint8Array; readonly untilMs: number }>();
  #answersVersion = -1;

  private constructor(office: CertificateOffice, key: PrivateKeyHandle, tools: IssueTools) {
    this.#office = office;
    this.#key = key;
    this.#tools = tools;
    this.#known = byName(office.authority);
  }

  static async open(office: CertificateOffice, tools: IssueTools): Promise<CertificateStatusDesk> {
    return new CertificateStatusDesk(office, await ensureKey(office.store, PURPOSE), tools);
  }

  /** Takes up the key that another process has switched to; whether there was one. */
  async follow(): Promise<boolean> {
    const { store } = this.#office;
    const listed = (await store.list()).find(({ purpose, state }) => purpose === PURPOSE && state === "current");
    if (listed === undefined || listed.keyId === this.#key.keyId) return false;
    this.#key = await store.load(PURPOSE);
    this.#responders.clear();
    this.#answers.clear();
    return true;
  }

  get #authorities(): ReadonlyMap<string, IssuingAuthority> {
    const { authority } = this.#office;
    if (this.#known.of !== authority) this.#known = byName(authority);
    return this.#known.byName;
  }

  /** The current revocation list of the authority that issues for a kind now, or of one that it followed, DER. */
  async revocationList(kind: IssuerKind, issuer = this.#office.issuer(kind)): Promise<Uint8Array> {
    const now = this.#tools.clock.now().getTime();
    const version = this.#office.register.version();
    const { keyId } = issuer.key;
    const kept = await this.#lists.get(keyId)?.catch(() => undefined);
    if (kept && kept.version === version && now < kept.renewAtMs) return kept.der;
    const signing = this.#signList({ kind, issuer }, version);
    this.#lists.set(keyId, signing);
    return (await signing).der;
  }

  /** Every list, by its file's name: an authority that was followed by another goes on to say what it has taken back. */
  async revocationLists(): Promise<Record<string, Uint8Array>> {
    const lists: Record<string, Uint8Array> = {};
    for (const kind of issuerKinds)
      for (const [age, issuer] of this.#office.authority.lineage(kind).entries())
        lists[listName(kind, age === 0 ? undefined : issuer.key.keyId)] = await this.revocationList(kind, issuer);
    return lists;
  }

  /** Answers a question; what cannot be read is refused as RFC 6960 §2.3 says. */
  async answer(question: Uint8Array): Promise<Uint8Array> {
    let read: StatusQuestion;
    try {
      read = readQuestion(question);
    } catch {
      return refusalAnswer("malformedRequest");
    }
    const asked = new Set(read.asked.map((id) => this.#authorities.get(nameOfIssuer(hashesOf(id)))?.issuer.key.keyId));
    const authority = read.asked[0] && this.#authorities.get(nameOfIssuer(hashesOf(read.asked[0])));
    // Certificates of one issuer a question: the answer is signed for that issuer.
    if (asked.size !== 1 || authority === undefined) return refusalAnswer("unauthorized");
    if (read.nonce) return this.#sign(authority, read);
    return this.#kept(authority, read);
  }

  async #kept(authority: IssuingAuthority, question: StatusQuestion): Promise<Uint8Array> {
    const now = this.#tools.clock.now().getTime();
    const version = this.#office.register.version();
    if (version !== this.#answersVersion) {
      this.#answers.clear();
      this.#answersVersion = version;
    }
    const key = question.asked.map(({ der }) => Buffer.from(der).toString("latin1")).join("");
    const kept = this.#answers.get(key);
    if (kept && now < kept.untilMs) return kept.der;
    const der = await this.#sign(authority, question);
    const oldest = this.#answers.size >= PKI_LIMITS.answersKept ? this.#answers.keys().next().value : undefined;
    if (oldest !== undefined) this.#answers.delete(oldest);
    this.#answers.set(key, { der, untilMs: now + (PKI_LIMITS.answerHours * hour) / 2 });
    return der;
  }

  async #sign(authority: IssuingAuthority, { asked, nonce }: StatusQuestion): Promise<Uint8Array> {
    const responder = await this.#responder(authority);
    const producedAt = this.#tools.clock.now();
    const answers = asked.map((id) => ({ id: id.der, status: this.#statusOf(authority, id) }));
    const nextUpdate = new Date(producedAt.getTime() + PKI_LIMITS.answerHours * hour);
    return buildAnswer({ responder, chain: [responder], producedAt, nextUpdate, answers, nonce }, signerOf(this.#key));
  }

  #statusOf({ issuer }: IssuingAuthority, id: CertificateId): CertificateStatus {
    const record = this.#office.register.certificate(Buffer.from(id.serialNumber).toString("hex"));
    if (record?.authority !== issuer.key.keyId) return { kind: "unknown" };
    return record.revokedAt === null ? { kind: "good" } : { kind: "revoked", revocation: revocationOf(record) };
  }

  /** The responder's certificate for an issuer, made anew well before it ends. */
  async #responder(authority: IssuingAuthority): Promise<Certificate> {
    const { keyId } = authority.issuer.key;
    // None outlives its authority: near that one's end the last responder is as good as a new one.
    const ends = authority.issuer.certificate.notAfter.getTime();
    const left = Math.min(this.#tools.clock.now().getTime() + PKI_LIMITS.responderRenewedMs, ends);
    const kept = await this.#responders.get(keyId)?.catch(() => undefined);
    if (kept && kept.notAfter.getTime() >= left) return kept;
    const certifying = this.#certifyResponder(authority, left);
    this.#responders.set(keyId, certifying);
    return certifying;
  }

  async #certifyResponder({ kind, issuer }: IssuingAuthority, left: number): Promise<Certificate> {
    const { register, authority } = this.#office;
    const name = responderName(kind);
    const known = register
      .certificatesNamed(name)
      .find((record) => record.keyId === this.#key.keyId && record.authority === issuer.key.keyId);
    if (known && known.revokedAt === null && Date.parse(known.notAfter) >= left) return new Certificate(known.der);
    const certificate = await authority.issueResponder(kind, this.#key, issuer);
    const at = this.#tools.clock.now().toISOString();
    register.change(() => {
      register.addCertificate(certificate, kind);
      const data = {
        name,
        keyId: certificate.keyId,
        sha256: certificate.sha256,
        notAfter: certificate.notAfter.toISOString(),
      };
      register.addEvent({ at, by: "server", kind: "certificate.issued", subject: certificate.serialHex, data });
    });
    return certificate;
  }

  async #signList({ kind, issuer }: IssuingAuthority, version: number): Promise<SignedList> {
    const { register } = this.#office;
    const { key, certificate } = issuer;
    const thisUpdate = this.#tools.clock.now();
    const life = PKI_LIMITS.listHours * hour;
    // The number is counted beside what is listed, so that a higher number never says less.
    const { number, revocations } = register.note(() => ({
      number: register.nextListNumber(kind),
      revocations: register.revokedBy(key.keyId).map(revocationOf),
    }));
    const nextUpdate = new Date(thisUpdate.getTime() + life);
    const fields = { issuer: certificate, thisUpdate, nextUpdate, number, revocations };
    const der = await buildRevocationList(fields, signerOf(key));
    return { der, number, version, renewAtMs: thisUpdate.getTime() + life * PKI_LIMITS.listRenewedAfter };
  }
}

function byName(of: Authority): { readonly of: Authority; readonly byName: ReadonlyMap<string, IssuingAuthority> } {
  const found = new Map<string, IssuingAuthority>();
  for (const kind of issuerKinds)
    for (const issuer of of.lineage(kind))
      for (const hash of ["sha1", "sha256"] as const)
        found.set(nameOfIssuer(issuerHashes(issuer.certificate, hash)), { kind, issuer });
  return { of, byName: found };
}

const PURPOSE = "authority-status";

export function revocationOf(record: CertificateRecord): Revocation {
  return {
    serialNumber: Buffer.from(record.serial, "hex"),
    revokedAt: new Date(record.revokedAt!),
    reason: record.reason ?? "unspecified",
    invalidSince: record.invalidSince === null ? undefined : new Date(record.invalidSince),
  };
}

const signerOf = (key: PrivateKeyHandle): Signer => ({
  scheme: { kind: "ecdsa", digest: "sha256" },
  sign: (data) => key.sign(data),
});
const hashesOf = (id: CertificateId) => ({ name: id.issuerNameHash, key: id.issuerKeyHash });
const nameOfIssuer = ({ name, key }: { name: Uint8Array; key: Uint8Array }): string =>
  `${Buffer.from(name).toString("hex")} ${Buffer.from(key).toString("hex")}`;
