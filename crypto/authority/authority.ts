/** The certificate authority of an installation: a root, and under it an issuer each for booths, sensors, staff and servers. */

import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildCertificate, type Extension, encodeName, serialNumberFrom } from "../certificate/builder.ts";
import { Certificate } from "../certificate/certificate.ts";
import { authorityKeyIdentifier, subjectKeyIdentifier } from "../certificate/extensions.ts";
import { oids } from "../certificate/oids.ts";
import { schemeOf } from "../certificate/signature.ts";
import { writeFileDurably } from "../durable-file.ts";
import type { Clock, RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { KeyStore, PrivateKeyHandle } from "../keys/key.ts";
import type { PinSource } from "../pkcs11/token.ts";
import type { KeyAlgorithm } from "../suites/registry.ts";
import { backdatingMinutes, type CertificateProfile, profileFor, profiles, responderProfile } from "./profiles.ts";

/** What an issuing authority is for. Each has its own key: whoever steals one makes certificates of that kind only. */
export const issuerKinds = ["booths", "sensors", "staff", "servers"] as const;
export type IssuerKind = (typeof issuerKinds)[number];
type IssuerPurpose = "authority-root" | `authority-${IssuerKind}`;
export type LeafPurpose = Exclude<keyof typeof profiles, IssuerPurpose>;

/** Who issues what. */
export const issuerOf: Readonly<Record<LeafPurpose, IssuerKind>> = {
  "booth-identity": "booths",
  "booth-tls": "booths",
  "sensor-capture": "sensors",
  operator: "staff",
  "server-tls": "servers",
  "server-receipt": "servers",
  "server-recipient": "servers",
  "server-audit": "servers",
};

const minute = 60 * 1000; // ms
const day = 24 * 60 * minute;

export interface IssueTools {
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** The PIN of tokens, where keys are made in one. */
  readonly pin?: PinSource | undefined;
}

export interface Issuer {
  readonly key: PrivateKeyHandle;
  readonly certificate: Certificate;
}

export interface AuthorityOptions {
  /** Where the root's key is, asked for only when it must sign; the issuers' own store when left out. */
  readonly root?: () => Promise<KeyStore>;
  /** Keeps every certificate that is issued from now on, before it is handed out; a copy in `folder/issued` when left out. */
  readonly keep?: (certificate: Certificate) => Promise<void>;
  /** Issuing authorities to have; those for booths and servers when left out. */
  readonly issuers?: readonly IssuerKind[];
}

export class Authority {
  /** Newest first: a root that followed another stands beside it. */
  readonly roots: readonly Certificate[];
  readonly #issuers: ReadonlyMap<IssuerKind, Issuer>;
  readonly #former: ReadonlyMap<IssuerKind, readonly Issuer[]>;
  readonly #keep: (certificate: Certificate) => Promise<void>;
  readonly #tools: IssueTools;

  private constructor(
    keep: (certificate: Certificate) => Promise<void>,
    tools: IssueTools,
    roots: readonly Certificate[],
    issuers: ReadonlyMap<IssuerKind, Issuer>,
    former: ReadonlyMap<IssuerKind, readonly Issuer[]>,
  ) {
    this.#keep = keep;
    this.#tools = tools;
    this.roots = roots;
    this.#issuers = issuers;
    this.#former = former;
  }

  /** The root that stands. */
  get root(): Certificate {
    return this.roots[0]!;
  }

  /**
   * Opens the authority whose issuing keys are in `store` and makes what it lacks; `folder/issued` keeps a copy of every
   * certificate, `folder/root.pem` the root's: with that and every issuer there, the root's key is not touched.
   */
  static async open(
    folder: string,
    store: KeyStore,
    tools: IssueTools,
    options: AuthorityOptions = {},
  ): Promise<Authority> {
    await mkdir(join(folder, "issued"), { recursive: true, mode: 0o700 });
    let opened: Promise<Issuer> | undefined;
    const root = () => (opened ??= openRoot(folder, store, tools, options.root));
    const known = await readRoots(folder);
    const roots = known.length > 0 ? known : [(await root()).certificate];
    const issuers = new Map<IssuerKind, Issuer>();
    const former = new Map<IssuerKind, readonly Issuer[]>();
    for (const kind of options.issuers ?? (["booths", "servers"] as const)) {
      const purpose = `authority-${kind}` as const;
      issuers.set(kind, await ensureIssuer(folder, store, tools, purpose, issuerName(kind), root));
      former.set(kind, await formerIssuers(store, purpose));
    }
    const keep = options.keep ?? ((certificate) => keepCopy(folder, certificate));
    return new Authority(keep, tools, roots, issuers, former);
  }

  /** The issuing authority of a kind. Throws `authority/issuer-absent`. */
  issuer(kind: IssuerKind): Issuer {
    const issuer = this.#issuers.get(kind);
    if (!issuer) throw new KabinaError("authority/issuer-absent", { kind });
    return issuer;
  }

  get issuers(): ReadonlyMap<IssuerKind, Issuer> {
    return this.#issuers;
  }

  /** The issuing authority of a kind and those that it followed, newest first: what they issued holds, and they say what of it was taken back. */
  lineage(kind: IssuerKind): readonly Issuer[] {
    return [this.issuer(kind), ...(this.#former.get(kind) ?? [])];
  }

  /** The certificate of the authority that issues for booths. */
  get booths(): Certificate {
    return this.issuer("booths").certificate;
  }

  /** The certificate of the authority that issues for servers. */
  get servers(): Certificate {
    return this.issuer("servers").certificate;
  }

  /** Certifies a public key for a purpose; returns the chain to store with it: the leaf, then its issuer. */
  async issue(
    purpose: LeafPurpose,
    key: Pick<PrivateKeyHandle, "publicKeyInfo" | "keyId">,
    commonName: string,
    extensions: readonly Extension[] = [],
  ): Promise<readonly Certificate[]> {
    const issuer = this.issuer(issuerOf[purpose]);
    const certificate = await this.#certify(
      key,
      commonName,
      profileFor(purpose, key.publicKeyInfo),
      issuer,
      extensions,
    );
    return [certificate, issuer.certificate];
  }

  /** A certificate that is not kept and whose key nobody uses: to see that what would be issued holds. `issuer`: one that is to take over. */
  async trial(
    purpose: LeafPurpose,
    key: Pick<PrivateKeyHandle, "publicKeyInfo" | "keyId">,
    extensions: readonly Extension[] = [],
    issuer = this.issuer(issuerOf[purpose]),
  ): Promise<[Certificate, Certificate]> {
    const profile = profileFor(purpose, key.publicKeyInfo);
    return [await certify(key, nameOf("trial"), profile, issuer, this.#tools, extensions), issuer.certificate];
  }

  /** Certifies the key that answers questions about an issuer's certificates (RFC 6960 §4.2.2.2). */
  issueResponder(
    kind: IssuerKind,
    key: Pick<PrivateKeyHandle, "publicKeyInfo" | "keyId">,
    issuer = this.issuer(kind),
  ): Promise<Certificate> {
    return this.#certify(key, responderName(kind), responderProfile, issuer, []);
  }

  /** A responder's certificate that is not kept, as `trial`. */
  trialResponder(key: Pick<PrivateKeyHandle, "publicKeyInfo" | "keyId">, issuer: Issuer): Promise<Certificate> {
    return certify(key, nameOf("trial"), responderProfile, issuer, this.#tools, []);
  }

  async #certify(
    key: Pick<PrivateKeyHandle, "publicKeyInfo" | "keyId">,
    commonName: string,
    profile: CertificateProfile,
    issuer: Issuer,
    extensions: readonly Extension[],
  ): Promise<Certificate> {
    const certificate = await certify(key, nameOf(commonName), profile, issuer, this.#tools, extensions);
    await this.#keep(certificate);
    return certificate;
  }
}

/** The key of a purpose, made when the store lacks it (P-256 unless told otherwise). */
export async function ensureKey(
  store: KeyStore,
  purpose: PrivateKeyHandle["purpose"],
  algorithm?: KeyAlgorithm,
): Promise<PrivateKeyHandle> {
  return (await store.has(purpose)) ? store.load(purpose) : store.generate(purpose, algorithm);
}

export const responderName = (kind: IssuerKind): string => `Kabina status of ${kind}`;

/** The name of the issuing authority that comes `generation`-th: each its own, so that lists and questions are told apart by issuer. */
export const issuerName = (kind: IssuerKind, generation = 1): string =>
  `Kabina authority for ${kind}${generation === 1 ? "" : ` ${generation}`}`;

/** Of every root: one that follows another has its name, so that each may vouch for the other without counting in a path (RFC 5280 §6.1.4 l). */
export const rootName = "Kabina root authority";

const rootFile = "root.pem";

/** The roots of an authority's folder, newest first; empty where none was made. */
async function readRoots(folder: string): Promise<readonly Certificate[]> {
  const text = await readFile(join(folder, rootFile), "utf8").catch(() => undefined);
  return text === undefined ? [] : Certificate.fromPem(text);
}

export const writeRoots = (folder: string, roots: readonly Certificate[]): Promise<void> =>
  writeFileDurably(join(folder, rootFile), roots.map((root) => root.toPem()).join(""));

async function formerIssuers(store: KeyStore, purpose: `authority-${IssuerKind}`): Promise<readonly Issuer[]> {
  const former = await store.former(purpose);
  return former.flatMap((key) => (key.chain[0] ? [{ key, certificate: key.chain[0] }] : []));
}

/** The root with its key; made where there is none yet, which a rehearsed ceremony does beforehand (`kabina pki ceremony`). */
async function openRoot(
  folder: string,
  store: KeyStore,
  tools: IssueTools,
  elsewhere: AuthorityOptions["root"],
): Promise<Issuer> {
  const purpose = "authority-root";
  const keys = elsewhere === undefined || (await store.has(purpose)) ? store : await elsewhere();
  const [known] = await readRoots(folder);
  if (known && !(await keys.has(purpose))) throw new KabinaError("authority/root-absent", {});
  const key = await ensureKey(keys, purpose);
  let certificate = key.chain[0];
  let handle = key;
  if (!certificate) {
    certificate = await certify(key, nameOf(rootName), profiles[purpose], { key }, tools, []);
    await keepCopy(folder, certificate);
    handle = await keys.certify(purpose, [certificate]);
  }
  if (known && known.sha256 !== certificate.sha256) throw new KabinaError("authority/root-absent", {});
  if (!known) await writeFileDurably(join(folder, rootFile), certificate.toPem());
  return { key: handle, certificate };
}

async function ensureIssuer(
  folder: string,
  store: KeyStore,
  tools: IssueTools,
  purpose: `authority-${IssuerKind}`,
  commonName: string,
  root: () => Promise<Issuer>,
): Promise<Issuer> {
  const key = await ensureKey(store, purpose);
  if (key.chain[0]) return { key, certificate: key.chain[0] };
  const certificate = await certify(key, nameOf(commonName), profiles[purpose], await root(), tools, []);
  await keepCopy(folder, certificate);
  return { key: await store.certify(purpose, [certificate]), certificate };
}

/** Without an issuer's certificate the certificate is its own issuer: a root. */
export async function certify(
  key: Pick<PrivateKeyHandle, "publicKeyInfo" | "keyId">,
  subject: Uint8Array,
  profile: CertificateProfile,
  issuer: { readonly key: PrivateKeyHandle; readonly certificate?: Certificate },
  tools: IssueTools,
  extensions: readonly Extension[],
): Promise<Certificate> {
  const now = Math.floor(tools.clock.now().getTime() / 1000) * 1000;
  const notAfter = new Date(now + profile.days * day);
  const last = issuer.certificate?.notAfter ?? notAfter;
  return buildCertificate(
    {
      serialNumber: serialNumberFrom(tools.random(16)),
      issuer: issuer.certificate?.subject ?? subject,
      subject,
      notBefore: new Date(now - backdatingMinutes * minute),
      notAfter: notAfter < last ? notAfter : last,
      publicKeyInfo: key.publicKeyInfo,
      extensions: [
        ...profile.extensions,
        subjectKeyIdentifier(Buffer.from(key.keyId, "hex")),
        authorityKeyIdentifier(Buffer.from(issuer.key.keyId, "hex")),
        ...extensions,
      ],
    },
    { scheme: schemeOf(issuer.key), sign: (data) => issuer.key.sign(data) },
  );
}

/** The name of a certificate or a request: the installation's organization, then the name. */
export const nameOf = (commonName: string): Uint8Array =>
  encodeName([
    [oids.organization, "Kabina"],
    [oids.commonName, commonName],
  ]);

export const keepCopy = (folder: string, certificate: Certificate): Promise<void> =>
  writeFileDurably(join(folder, "issued", `${certificate.serialHex}.pem`), certificate.toPem());
