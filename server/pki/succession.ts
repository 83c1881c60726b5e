/**
 * The server's part when one issuing authority follows another: asks the root for the next, shows before the switch that what the old one issued
 * and what the new one will issue both hold, and then switches, kind by kind. Cut off anywhere, the next run goes on. docs/formats/pki.md §8.
 */
import { join } from "node:path";
import {
  type Issuer,
  type IssuerKind,
  type IssueTools,
  issuerKinds,
  issuerName,
  keepCopy,
  type LeafPurpose,
  nameOf,
  writeRoots,
} from "../../crypto/authority/authority.ts";
import {
  fileFingerprint,
  followTrust,
  issuesFor,
  readSuccessionFile,
  Succession,
  type SuccessionRequest,
} from "../../crypto/authority/succession.ts";
import { readTrust, writeTrust } from "../../crypto/authority/trust.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { judgePath, validatePath } from "../../crypto/certificate/path.ts";
import { buildRequest } from "../../crypto/certificate/request.ts";
import { buildRevocationList } from "../../crypto/certificate/revocation-builder.ts";
import { RevocationList } from "../../crypto/certificate/revocation-list.ts";
import { type Signer, schemeOf } from "../../crypto/certificate/signature.ts";
import { writeFileDurably } from "../../crypto/durable-file.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import { listName } from "../../crypto/est/paths.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { PKI_LIMITS } from "./limits.ts";
import { readLinks, writeLinks } from "./links.ts";
import type { CertificateOffice } from "./office.ts";
import { judgedByOpenssl } from "./openssl-judge.ts";

/** Steps in order; a test kills between any two. */
export const successionSteps = ["rehearsed", "told", "adopted", "noted"] as const;
export type SuccessionStep = (typeof successionSteps)[number];

export interface SuccessionTools extends IssueTools {
  /** `<data>` */
  readonly data: string;
  readonly office: CertificateOffice;
  readonly onStep?: (step: SuccessionStep) => void;
}

/** A certificate that each kind of authority issues, and what it must be good for. */
const sample: Readonly<Record<IssuerKind, readonly [LeafPurpose, string]>> = {
  booths: ["booth-identity", oids.kabinaPackageSigning],
  sensors: ["sensor-capture", oids.kabinaCaptureSigning],
  staff: ["operator", oids.kabinaStaffSigning],
  servers: ["server-receipt", oids.kabinaReceiptSigning],
};

/** The file that goes to the root: a request for each authority's next key, which is made and waits. */
export async function askForSuccession(
  kinds: readonly IssuerKind[],
  { office, clock }: SuccessionTools,
): Promise<{ readonly text: string; readonly sha256: string; readonly keys: Readonly<Record<string, string>> }> {
  const { register, authority, store } = office;
  const issuers: Partial<Record<IssuerKind, string>> = {};
  const keys: Record<string, string> = {};
  for (const kind of kinds) {
    const { key, certificate } = office.issuer(kind);
    const next = await store.prepare(`authority-${kind}`, key.algorithm);
    const before = Number(/ (\d{1,4})$/.exec(certificate.commonName ?? "")?.[1] ?? 1);
    const subject = nameOf(issuerName(kind, before + 1));
    issuers[kind] = Buffer.from(await buildRequest(subject, next.publicKeyInfo, signerOf(next))).toString("base64");
    keys[kind] = next.keyId;
  }
  const { number, taken } = register.note(() => ({
    number: register.nextListNumber("root"),
    taken: register.revoked("root"),
  }));
  const request: SuccessionRequest = {
    format: "kabina-succession-request/1",
    at: clock.now().toISOString(),
    roots: authority.roots.map((root) => root.toPem()),
    issuers,
    revoked: taken.map(({ serial, revokedAt, reason, invalidSince }) => ({
      ...{ serial, at: revokedAt!, reason: reason ?? "unspecified", since: invalidSince },
    })),
    listNumber: number,
  };
  const text = `${JSON.stringify(request)}\n`;
  return { text, sha256: fileFingerprint(text), keys };
}

/** What the root answered, checked: it is for the keys that wait here, under a root that stands here or that one of those vouches for. Throws `succession/…`, `certificate/…`. */
async function readAnswer(text: string, { office, clock }: SuccessionTools) {
  const given = readSuccessionFile(text, Succession);
  const at = clock.now();
  const certificates = (pems: readonly string[]) => pems.flatMap((one) => Certificate.fromPem(one));
  const [roots, links] = [certificates(given.roots), certificates(given.links)];
  const known = office.authority.roots;
  for (const root of roots) {
    if (known.some(({ sha256 }) => sha256 === root.sha256)) continue;
    const vouched = links.some(
      (link) =>
        link.keyId === root.keyId &&
        judgePath({ leaf: link, intermediates: [], anchors: known, at, usage: "keyCertSign" }).path,
    );
    if (!vouched || !root.isSignedBy(root)) throw new KabinaError("succession/root-foreign", { root: root.sha256 });
  }
  if (known.some((one) => !roots.some(({ sha256 }) => sha256 === one.sha256)))
    throw new KabinaError("succession/root-foreign", { root: roots[0]!.sha256 });
  const issuers = new Map<IssuerKind, Issuer>();
  for (const kind of issuerKinds) {
    const pem = given.issuers[kind];
    if (pem === undefined) continue;
    const certificate = Certificate.fromPem(pem)[0]!;
    validatePath({ leaf: certificate, intermediates: [], anchors: roots.slice(0, 1), at, usage: "keyCertSign" });
    if (issuesFor(certificate) !== kind || certificate.basicConstraints?.pathLength !== 0)
      throw new KabinaError("certificate/purpose", { subject: certificate.commonName ?? "" });
    issuers.set(kind, { certificate, key: await keyOf(kind, certificate, office) });
  }
  const lists = given.lists.map(({ root, der }) => ({ root, der: Buffer.from(der, "base64") }));
  for (const { root, der } of lists) {
    const signer = roots.find(({ keyId }) => keyId === root);
    if (!signer) throw new KabinaError("succession/root-foreign", { root });
    new RevocationList(der).assertSignedBy(signer);
  }
  return { roots, links, issuers, lists };
}

/** The key that waits for this certificate, or that has taken over before the last run was cut off. Throws `key/…`. */
async function keyOf(kind: IssuerKind, certificate: Certificate, office: CertificateOffice): Promise<PrivateKeyHandle> {
  const purpose = `authority-${kind}` as const;
  const current = await office.store.load(purpose);
  return current.keyId === certificate.keyId ? current : office.store.pending(purpose, [certificate]);
}

/**
 * Shows that certificates of the old and of the new authority hold: for whoever trusts what is trusted today, and for whoever has learnt what comes;
 * with each authority's own list; and by openssl's word where it is here. Changes nothing. Throws `rotation/rehearsal-failed`, `succession/…`.
 */
export async function rehearseSuccession(text: string, tools: SuccessionTools): Promise<readonly string[]> {
  const { office, clock } = tools;
  const { roots, links, issuers } = await readAnswer(text, tools);
  const shown: string[] = [];
  for (const [kind, next] of issuers)
    for (const [issuer, which] of [
      [office.issuer(kind), "old"],
      [next, "new"],
    ] as const)
      try {
        shown.push(`${kind}: a certificate of the ${which} authority holds${await proved(kind, issuer)}`);
      } catch (cause) {
        const reason = isCoded(cause) ? cause.code : "unexpected";
        throw new KabinaError("rotation/rehearsal-failed", { kind, reason }, { cause });
      }
  return shown;

  async function proved(kind: IssuerKind, issuer: Issuer): Promise<string> {
    const at = clock.now();
    const [purpose, oid] = sample[kind];
    const [leaf] = await office.authority.trial(purpose, issuer.key, [], issuer);
    const intermediates = [issuer.certificate, ...links];
    const thisUpdate = at;
    const nextUpdate = new Date(at.getTime() + PKI_LIMITS.listHours * 60 * 60_000);
    const fields = { issuer: issuer.certificate, thisUpdate, nextUpdate, number: 1, revocations: [] };
    const list = await buildRevocationList(fields, signerOf(issuer.key));
    let openssl: boolean | null = null;
    for (const anchors of [office.authority.roots, roots, roots.slice(0, 1)]) {
      validatePath({
        ...{ leaf, intermediates, anchors, at, purpose: oid, usage: "digitalSignature" },
        revoked: office.isRevoked,
      });
      new RevocationList(list).assertSignedBy(issuer.certificate);
      openssl = await judgedByOpenssl({ leaf, intermediates, anchors, list, at });
      if (openssl === false) throw new KabinaError("succession/openssl-differs", { kind });
    }
    return openssl === null ? "; openssl is not on this machine" : ", by openssl too";
  }
}

export interface Succeeded {
  readonly root: string;
  /** The new authorities' certificates, SHA-256, by kind. */
  readonly issuers: Readonly<Record<string, string>>;
  readonly shown: readonly string[];
}

/** Rehearses, and switches. `by`: the two officers. Throws as the rehearsal does: then the old authorities go on. */
export async function adoptSuccession(text: string, by: string, tools: SuccessionTools): Promise<Succeeded> {
  const { data, office, clock, onStep = () => {} } = tools;
  const { register, store } = office;
  const folder = join(data, "authority");
  const shown = await rehearseSuccession(text, tools);
  onStep("rehearsed");
  const { roots, links, issuers, lists } = await readAnswer(text, tools);
  const above = [...roots, ...links];
  const authorities = [...issuers.values()].map(({ certificate }) => certificate);
  // Whoever has to believe them is told first: that they are believed before they issue hurts nobody.
  await writeRoots(folder, roots);
  await writeLinks(folder, [...links, ...(await readLinks(folder))]);
  for (const { root, der } of lists) {
    const standing = root === roots[0]!.keyId;
    await writeFileDurably(join(folder, listName("root", standing ? undefined : root)), der);
  }
  await tellPlaces(data, [...authorities, ...above], clock.now());
  onStep("told");
  for (const [kind, { certificate }] of issuers) {
    await keepCopy(folder, certificate);
    if ((await store.load(`authority-${kind}`)).keyId !== certificate.keyId)
      await store.adopt(`authority-${kind}`, [certificate]);
  }
  onStep("adopted");
  const at = clock.now().toISOString();
  register.change(() => {
    for (const [kind, { certificate }] of issuers) {
      const { serialHex: subject, keyId, sha256 } = certificate;
      const before = office.issuer(kind).key.keyId;
      if (register.certificate(subject)) continue;
      register.addCertificate(certificate, "root");
      const data_ = { issuer: kind, before, keyId, sha256, notAfter: certificate.notAfter.toISOString() };
      register.addEvent({ at, by, kind: "authority.followed", subject, data: data_ });
    }
    for (const certificate of above) {
      if (register.certificate(certificate.serialHex)) continue;
      register.addCertificate(certificate, "root");
      const data_ = { name: certificate.commonName ?? "", keyId: certificate.keyId, sha256: certificate.sha256 };
      register.addEvent({ at, by, kind: "root.followed", subject: certificate.serialHex, data: data_ });
    }
  });
  onStep("noted");
  const prints = Object.fromEntries([...issuers].map(([kind, { certificate }]) => [kind, certificate.sha256]));
  return { root: roots[0]!.sha256, issuers: prints, shown };
}

/** What this machine's server, and its booth where it has one, believe from now on. */
async function tellPlaces(data: string, told: readonly Certificate[], at: Date): Promise<void> {
  for (const place of ["server", "booth"]) {
    const folder = join(data, place, "trust");
    const trust = await readTrust(folder).catch(() => undefined);
    if (trust) await writeTrust(folder, followTrust(trust, told, at));
  }
}

const signerOf = (key: PrivateKeyHandle): Signer => ({ scheme: schemeOf(key), sign: (data) => key.sign(data) });
