/**
 * The ceremony that makes a root: scripted, witnessed, rehearsed first on keys that are destroyed, and written down in a transcript that
 * the root itself signs. The root's passphrase leaves the room in shares only.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Certificate } from "../certificate/certificate.ts";
import { oids } from "../certificate/oids.ts";
import { validatePath } from "../certificate/path.ts";
import { buildRevocationList, type Revocation } from "../certificate/revocation-builder.ts";
import { RevocationList } from "../certificate/revocation-list.ts";
import { schemeOf } from "../certificate/signature.ts";
import { syncFolder, writeFileDurably } from "../durable-file.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { FileKeyStore } from "../keys/file-store.ts";
import type { KeyStore, PrivateKeyHandle } from "../keys/key.ts";
import { ensurePassphrase } from "../keys/passphrase.ts";
import { Authority, type IssueTools, issuerKinds } from "./authority.ts";
import { passphraseFile } from "./provision.ts";
import { combineShares, type Share, splitSecret } from "./shares.ts";
import { Transcript } from "./transcript.ts";

export interface CeremonyOptions {
  /** Where the root's key goes; to be carried away afterwards. Must hold none. */
  readonly root: string;
  /** `<data>/authority`: where the issuing authorities' keys stay. Must hold none. */
  readonly authority: string;
  /** Where each share is written, a file each, and the transcript; must be empty. */
  readonly out: string;
  /** Who was there: two at least. */
  readonly witnesses: readonly string[];
  /** Shares of the root's passphrase, and how many of them are needed. */
  readonly shares: number;
  readonly quorum: number;
  /** Everything on keys of its own, which are destroyed at the end. */
  readonly rehearsal: boolean;
}

export interface Ceremony {
  readonly rehearsal: boolean;
  readonly root: string;
  readonly issuers: Readonly<Record<string, string>>;
  readonly transcript: string;
  readonly shares: readonly string[];
}

const leastWitnesses = 2;
/** Bytes of randomness in the root's passphrase. */
const passphraseEntropy = 32;
/** Days that the root's own revocation list holds: the root is fetched that often at least. */
const rootListDays = 365;
const day = 24 * 60 * 60_000; // ms

/** Throws `ceremony/witnesses`, `ceremony/not-empty`, `ceremony/check-failed`, `share/quorum`, `file/disk-full`. */
export async function holdCeremony(options: CeremonyOptions, tools: IssueTools): Promise<Ceremony> {
  expectWitnesses(options.witnesses);
  const folders = options.rehearsal
    ? { root: join(options.out, "rehearsal-root"), authority: join(options.out, "rehearsal-authority") }
    : { root: options.root, authority: options.authority };
  for (const folder of [options.out, folders.root, folders.authority]) await expectEmpty(folder);
  const script = new Transcript(
    [
      `${options.rehearsal ? "REHEARSAL of a key ceremony" : "Key ceremony"} of Kabina`,
      `witnesses: ${options.witnesses.join("; ")}`,
      `shares: ${options.quorum} of ${options.shares}`,
    ],
    tools.clock,
  );
  try {
    return await perform(options, folders, script, tools);
  } finally {
    if (options.rehearsal) {
      await rm(folders.root, { recursive: true, force: true });
      await rm(folders.authority, { recursive: true, force: true });
      for (const name of await readdir(options.out)) if (name.startsWith("share-")) await rm(join(options.out, name));
      await syncFolder(options.out);
    }
  }
}

async function perform(
  options: CeremonyOptions,
  folders: { readonly root: string; readonly authority: string },
  script: Transcript,
  tools: IssueTools,
): Promise<Ceremony> {
  const { passphrase, shares } = newPassphrase(options, tools);
  script.step(
    "passphrase of the root made",
    `${shares.length} shares, ${options.quorum} of them needed, set ${shares[0]!.set}`,
  );
  const rootKeys = await FileKeyStore.openOrCreate(join(folders.root, "keys"), passphrase, tools.random);
  const issuingKeys = await FileKeyStore.openOrCreate(
    join(folders.authority, "keys"),
    await ensurePassphrase(passphraseFile(folders.authority), tools.random),
    tools.random,
  );
  const authority = await Authority.open(folders.authority, issuingKeys, tools, {
    root: async () => rootKeys,
    issuers: issuerKinds,
  });
  const root = await rootKeys.load("authority-root");
  script.step(
    "root made",
    `certificate SHA-256 ${authority.root.sha256}, key ${root.keyId}, kept as ${root.protection}`,
  );
  for (const [kind, { certificate, key }] of authority.issuers)
    script.step(
      `authority for ${kind} made`,
      `certificate SHA-256 ${certificate.sha256}, key ${key.keyId}, kept as ${key.protection}`,
    );

  const { list, nextUpdate } = await signRootList(root, authority.root, 1, [], tools);
  await writeFileDurably(join(folders.authority, "root.crl"), list);
  script.step("root's revocation list signed", `SHA-256 ${sha256(list)}, empty, until ${nextUpdate.toISOString()}`);

  await checkResult(authority, list, tools);
  await checkShares(shares, options.quorum, join(folders.root, "keys"), tools);
  script.step("checked", "every authority leads to the root; any quorum of shares opens it, one share fewer does not");

  const files = await writeShares(shares, options.out);
  script.step("shares written", "a file each; give each to its keeper and remove it here");
  script.step(
    "ended",
    options.rehearsal ? "rehearsal: every key of it is destroyed now" : "carry the root's folder away now",
  );
  const transcript = join(options.out, "transcript.txt");
  await writeFileDurably(transcript, script.text);
  await writeFileDurably(`${transcript}.sig`, await root.sign(Buffer.from(script.text)));
  await writeFileDurably(join(options.out, "root.pem"), authority.root.toPem());
  const issuers = Object.fromEntries(
    [...authority.issuers].map(([kind, { certificate }]) => [kind, certificate.sha256]),
  );
  return {
    rehearsal: options.rehearsal,
    root: authority.root.sha256,
    issuers,
    transcript,
    shares: options.rehearsal ? [] : files,
  };
}

/** A root's own list: what of the issuing authorities was taken back. */
export async function signRootList(
  key: PrivateKeyHandle,
  issuer: Certificate,
  number: number,
  revocations: readonly Revocation[],
  { clock }: Pick<IssueTools, "clock">,
): Promise<{ readonly list: Uint8Array; readonly nextUpdate: Date }> {
  const thisUpdate = clock.now();
  const nextUpdate = new Date(thisUpdate.getTime() + rootListDays * day);
  const signer = { scheme: schemeOf(key), sign: (data: Uint8Array) => key.sign(data) };
  return {
    list: await buildRevocationList({ issuer, thisUpdate, nextUpdate, number, revocations }, signer),
    nextUpdate,
  };
}

/** A root's passphrase, which leaves the room in these shares only. */
export function newPassphrase(
  { shares, quorum }: Pick<CeremonyOptions, "shares" | "quorum">,
  { random }: Pick<IssueTools, "random">,
): { readonly passphrase: Buffer; readonly shares: readonly Share[] } {
  const passphrase = Buffer.from(Buffer.from(random(passphraseEntropy)).toString("base64url"));
  return { passphrase, shares: splitSecret(passphrase, shares, quorum, random) };
}

/** A file for each; their paths. */
export async function writeShares(shares: readonly Share[], out: string): Promise<string[]> {
  const files = shares.map(({ index, count }) => join(out, `share-${index}-of-${count}.json`));
  for (const [at, share] of shares.entries()) await writeFileDurably(files[at]!, `${JSON.stringify(share)}\n`, 0o600);
  return files;
}

/** Opens a root that was made in a ceremony, with a quorum of its shares. */
export function openRoot(
  folder: string,
  shares: readonly Share[],
  tools: Pick<IssueTools, "random">,
): Promise<KeyStore> {
  return FileKeyStore.open(join(folder, "keys"), combineShares(shares), tools.random);
}

async function checkResult(authority: Authority, list: Uint8Array, tools: IssueTools): Promise<void> {
  new RevocationList(list).assertSignedBy(authority.root);
  // A certificate of each kind is made for a key of no consequence, and led back to the root.
  const { key } = authority.issuer("booths");
  const purposes = {
    "booth-identity": oids.kabinaPackageSigning,
    "sensor-capture": oids.kabinaCaptureSigning,
    operator: oids.kabinaStaffSigning,
    "server-receipt": oids.kabinaReceiptSigning,
  } as const;
  for (const [purpose, oid] of Object.entries(purposes)) {
    const [leaf, issuer] = await authority.trial(purpose as keyof typeof purposes, key);
    validatePath({
      leaf,
      intermediates: [issuer],
      anchors: [authority.root],
      at: tools.clock.now(),
      purpose: oid,
      usage: "digitalSignature",
    });
  }
}

export async function checkShares(
  shares: readonly Share[],
  quorum: number,
  keys: string,
  tools: IssueTools,
): Promise<void> {
  const last = shares.slice(-quorum);
  await (await FileKeyStore.open(keys, combineShares(last), tools.random)).load("authority-root");
  try {
    combineShares(last.slice(1));
  } catch (error) {
    if (error instanceof KabinaError && error.code === "share/too-few") return;
    throw error;
  }
  throw new KabinaError("ceremony/check-failed", { what: "fewer shares than the quorum were taken" });
}

/** Throws `ceremony/witnesses`. */
export function expectWitnesses(witnesses: readonly string[]): void {
  if (new Set(witnesses).size < leastWitnesses) throw new KabinaError("ceremony/witnesses", { least: leastWitnesses });
}

/** Throws `ceremony/not-empty`. */
export async function expectEmpty(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0) throw new KabinaError("ceremony/not-empty", { path: folder });
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
