/** The certificate authority of an installation: a root, and under it one issuer for booths and one for servers. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buildCertificate, type Extension, encodeName, serialNumberFrom } from "../certificate/builder.ts";
import type { Certificate } from "../certificate/certificate.ts";
import { authorityKeyIdentifier, subjectKeyIdentifier } from "../certificate/extensions.ts";
import { oids } from "../certificate/oids.ts";
import { writeFileDurably } from "../durable-file.ts";
import type { Clock, RandomBytes } from "../environment.ts";
import type { KeyStore, PrivateKeyHandle } from "../keys/key.ts";
import { backdatingMinutes, profiles } from "./profiles.ts";

type IssuerPurpose = "authority-root" | "authority-booths" | "authority-servers";
export type LeafPurpose = Exclude<keyof typeof profiles, IssuerPurpose>;

const minute = 60 * 1000; // ms
const day = 24 * 60 * minute;

export interface IssueTools {
  readonly clock: Clock;
  readonly random: RandomBytes;
}

interface Issuer {
  readonly key: PrivateKeyHandle;
  readonly certificate: Certificate;
}

export class Authority {
  readonly root: Certificate;
  /** Issues for booths. */
  readonly booths: Certificate;
  /** Issues for servers. */
  readonly servers: Certificate;
  readonly #issuers: { readonly booths: Issuer; readonly servers: Issuer };
  readonly #folder: string;
  readonly #tools: IssueTools;

  private constructor(folder: string, tools: IssueTools, root: Issuer, booths: Issuer, servers: Issuer) {
    this.#folder = folder;
    this.#tools = tools;
    this.root = root.certificate;
    this.booths = booths.certificate;
    this.servers = servers.certificate;
    this.#issuers = { booths, servers };
  }

  /** Opens the authority whose keys are in `store` and makes what it lacks; `folder/issued` keeps a copy of every certificate. */
  static async open(folder: string, store: KeyStore, tools: IssueTools): Promise<Authority> {
    await mkdir(join(folder, "issued"), { recursive: true, mode: 0o700 });
    const root = await ensureIssuer(folder, store, tools, "authority-root", "Kabina root authority");
    const booths = await ensureIssuer(folder, store, tools, "authority-booths", "Kabina authority for booths", root);
    const servers = await ensureIssuer(folder, store, tools, "authority-servers", "Kabina authority for servers", root);
    return new Authority(folder, tools, root, booths, servers);
  }

  /** Certifies a public key for a purpose; returns the chain to store with it: the leaf, then its issuer. */
  async issue(
    purpose: LeafPurpose,
    key: Pick<PrivateKeyHandle, "publicKey" | "keyId">,
    commonName: string,
    extensions: readonly Extension[] = [],
  ): Promise<readonly Certificate[]> {
    const issuer = purpose === "booth-identity" ? this.#issuers.booths : this.#issuers.servers;
    const subject = nameOf(commonName);
    const certificate = await certify(key, subject, profiles[purpose], issuer, this.#tools, extensions);
    await keepCopy(this.#folder, certificate);
    return [certificate, issuer.certificate];
  }
}

/** The key of a purpose, made when the store lacks it. */
export async function ensureKey(store: KeyStore, purpose: PrivateKeyHandle["purpose"]): Promise<PrivateKeyHandle> {
  return (await store.has(purpose)) ? store.load(purpose) : store.generate(purpose);
}

async function ensureIssuer(
  folder: string,
  store: KeyStore,
  tools: IssueTools,
  purpose: IssuerPurpose,
  commonName: string,
  above?: Issuer,
): Promise<Issuer> {
  const key = await ensureKey(store, purpose);
  if (key.chain[0]) return { key, certificate: key.chain[0] };
  const certificate = await certify(key, nameOf(commonName), profiles[purpose], above ?? { key }, tools, []);
  await keepCopy(folder, certificate);
  return { key: await store.certify(purpose, [certificate]), certificate };
}

/** Without an issuer's certificate the certificate is its own issuer: a root. */
async function certify(
  key: Pick<PrivateKeyHandle, "publicKey" | "keyId">,
  subject: Uint8Array,
  profile: { readonly days: number; readonly extensions: readonly Extension[] },
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
      publicKeyInfo: key.publicKey.export({ format: "der", type: "spki" }),
      extensions: [
        ...profile.extensions,
        subjectKeyIdentifier(Buffer.from(key.keyId, "hex")),
        authorityKeyIdentifier(Buffer.from(issuer.key.keyId, "hex")),
        ...extensions,
      ],
    },
    { scheme: { kind: "ecdsa", digest: "sha256" }, sign: (data) => issuer.key.sign(data) },
  );
}

const nameOf = (commonName: string): Uint8Array =>
  encodeName([
    [oids.organization, "Kabina"],
    [oids.commonName, commonName],
  ]);

const keepCopy = (folder: string, certificate: Certificate): Promise<void> =>
  writeFileDurably(join(folder, "issued", `${certificate.serialHex}.pem`), certificate.toPem());
