/**
 * The ceremony in which the root certifies the authorities that follow, and where asked makes the root that follows it. Opened with a quorum of
 * shares, before witnesses, in the order of a script, with a transcript that the root signs; rehearsed first on a root that is destroyed.
 */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Certificate } from "../certificate/certificate.ts";
import { validatePath } from "../certificate/path.ts";
import { type CertificationRequest, readRequest } from "../certificate/request.ts";
import type { Revocation } from "../certificate/revocation-builder.ts";
import { writeFileDurably } from "../durable-file.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { FileKeyStore } from "../keys/file-store.ts";
import type { KeyStore, PrivateKeyHandle } from "../keys/key.ts";
import { certify, type IssuerKind, type IssueTools, issuerKinds, issuerName, nameOf, rootName } from "./authority.ts";
import { checkShares, expectEmpty, expectWitnesses, newPassphrase, signRootList, writeShares } from "./ceremony.ts";
import { type CertificateProfile, profiles } from "./profiles.ts";
import {
  expectFingerprint,
  fileFingerprint,
  readSuccessionFile,
  type Succession,
  SuccessionRequest,
} from "./succession.ts";
import { Transcript } from "./transcript.ts";

export interface SuccessionCeremonyOptions {
  /** What the server asked for: the file, as carried. */
  readonly request: string;
  /** First digits of that file's SHA-256, as the server showed it; 16 at least. */
  readonly compared: string;
  /** The root's keys, opened with a quorum of shares; not asked for by a rehearsal. */
  readonly root: () => Promise<KeyStore>;
  /** Makes a root that follows: where its key goes, and its shares. */
  readonly next?: { readonly folder: string; readonly shares: number; readonly quorum: number } | undefined;
  /** Where the answer, transcript and shares go; must be empty. */
  readonly out: string;
  readonly witnesses: readonly string[];
  /** Everything under roots that are destroyed at the end. */
  readonly rehearsal: boolean;
}

export interface SuccessionCeremony {
  readonly rehearsal: boolean;
  /** SHA-256 of the root that stands from now on. */
  readonly root: string;
  readonly issuers: Readonly<Record<string, string>>;
  /** The file for the server, and the SHA-256 that is compared there; null in a rehearsal. */
  readonly answer: { readonly file: string; readonly sha256: string } | null;
  readonly transcript: string;
  readonly shares: readonly string[];
}

const day = 24 * 60 * 60_000; // ms

interface Root {
  readonly key: PrivateKeyHandle;
  readonly certificate: Certificate;
}

/** Throws `succession/…`, `ceremony/…`, `request/…`, `share/…`, `key/…`. */
export async function holdSuccession(
  options: SuccessionCeremonyOptions,
  tools: IssueTools,
): Promise<SuccessionCeremony> {
  const { out, next, witnesses, rehearsal } = options;
  expectWitnesses(witnesses);
  const request = readSuccessionFile(options.request, SuccessionRequest);
  const print = expectFingerprint(options.request, options.compared);
  const roots = request.roots.flatMap((text) => Certificate.fromPem(text));
  if (next && issuerKinds.some((kind) => request.issuers[kind] === undefined))
    throw new KabinaError("succession/all-issuers", {});
  const asked = await readAsked(request);
  await expectEmpty(out);
  if (next && !rehearsal) await expectEmpty(next.folder);
  const script = new Transcript(
    [
      `${rehearsal ? "REHEARSAL of a succession" : "Succession"} of Kabina's authorities`,
      `witnesses: ${witnesses.join("; ")}`,
      `asked for: file with SHA-256 ${print}`,
    ],
    tools.clock,
  );
  const scratch = join(out, "rehearsal");
  try {
    return await perform(options, { request, roots, asked, scratch, script }, tools);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function perform(
  options: SuccessionCeremonyOptions,
  {
    request,
    roots,
    asked,
    scratch,
    script,
  }: {
    readonly request: SuccessionRequest;
    readonly roots: readonly Certificate[];
    readonly asked: ReadonlyMap<IssuerKind, CertificationRequest>;
    readonly scratch: string;
    readonly script: Transcript;
  },
  tools: IssueTools,
): Promise<SuccessionCeremony> {
  const { rehearsal, out, next } = options;
  const old = rehearsal ? await makeRoot(join(scratch, "root"), tools) : await openedRoot(options, roots[0]!);
  script.step(
    rehearsal ? "root of the rehearsal made" : "root opened",
    `certificate SHA-256 ${old.certificate.sha256}`,
  );

  const shares = next ? newPassphrase(next, tools) : undefined;
  const folder = next && (rehearsal ? join(scratch, "next") : next.folder);
  const following = folder && shares ? await makeRoot(folder, tools, shares.passphrase) : undefined;
  const links: Certificate[] = [];
  if (following) {
    script.step("root that follows made", `certificate SHA-256 ${following.certificate.sha256}`);
    // Under the roots' one name: who knows either root finds the way to what the other has certified.
    const until = (end: Date): CertificateProfile => ({
      ...profiles["authority-root"],
      days: Math.floor((end.getTime() - tools.clock.now().getTime()) / day),
    });
    const { subject } = old.certificate;
    links.push(
      await certify(following.key, subject, until(old.certificate.notAfter), old, tools, []),
      await certify(old.key, subject, until(old.certificate.notAfter), following, tools, []),
    );
    script.step("new root vouched for by the old one", `certificate SHA-256 ${links[0]!.sha256}`);
    script.step("old root vouched for by the new one", `certificate SHA-256 ${links[1]!.sha256}`);
  }
  const issuer = following ?? old;
  const issuers = new Map<IssuerKind, Certificate>();
  for (const [kind, one] of asked) {
    const certificate = await certify(one, nameOf(one.commonName!), profiles[`authority-${kind}`], issuer, tools, []);
    issuers.set(kind, certificate);
    script.step(`authority for ${kind} certified`, `certificate SHA-256 ${certificate.sha256}, key ${one.keyId}`);
  }
  const lists: { root: string; der: string }[] = [];
  for (const root of following ? [following, old] : [old]) {
    const taken = root === old ? request.revoked.map(revocation) : [];
    const { list, nextUpdate } = await signRootList(root.key, root.certificate, request.listNumber, taken, tools);
    lists.push({ root: root.key.keyId, der: Buffer.from(list).toString("base64") });
    script.step("root's revocation list signed", `${taken.length} taken back, until ${nextUpdate.toISOString()}`);
  }
  check(rehearsal ? [old.certificate] : roots, following?.certificate, links, issuers, tools);
  if (shares && next) await checkShares(shares.shares, next.quorum, join(folder!, "keys"), tools);
  script.step("checked", "every authority leads to each root that is trusted from now on");

  let answer: SuccessionCeremony["answer"] = null;
  let files: readonly string[] = [];
  if (!rehearsal) {
    const given: Succession = {
      format: "kabina-succession/1",
      at: tools.clock.now().toISOString(),
      roots: [...(following ? [following.certificate] : []), ...roots].map((root) => root.toPem()),
      links: links.map((link) => link.toPem()),
      issuers: Object.fromEntries([...issuers].map(([kind, certificate]) => [kind, certificate.toPem()])),
      lists,
    };
    const text = `${JSON.stringify(given)}\n`;
    const file = join(out, "succession.json");
    await writeFileDurably(file, text);
    answer = { file, sha256: fileFingerprint(text) };
    if (shares) files = await writeShares(shares.shares, out);
    script.step("answer written", `SHA-256 ${answer.sha256}`);
  }
  script.step("ended", rehearsal ? "rehearsal: every key of it is destroyed now" : "carry the roots away now");
  const transcript = join(out, "transcript.txt");
  await writeFileDurably(transcript, script.text);
  await writeFileDurably(`${transcript}.sig`, await issuer.key.sign(Buffer.from(script.text)));
  await writeFileDurably(join(out, "root.pem"), issuer.certificate.toPem());
  const prints = Object.fromEntries([...issuers].map(([kind, { sha256 }]) => [kind, sha256]));
  return { rehearsal, root: issuer.certificate.sha256, issuers: prints, answer, transcript, shares: files };
}

/** Each asks under the name of its kind; whoever made the request holds the key. Throws `request/…`, `succession/malformed`. */
async function readAsked(request: SuccessionRequest): Promise<ReadonlyMap<IssuerKind, CertificationRequest>> {
  const asked = new Map<IssuerKind, CertificationRequest>();
  for (const kind of issuerKinds) {
    const der = request.issuers[kind];
    if (der === undefined) continue;
    const one = await readRequest(Buffer.from(der, "base64"));
    const generation = Number(/ (\d{1,4})$/.exec(one.commonName ?? "")?.[1]);
    if (one.commonName !== issuerName(kind, generation)) throw new KabinaError("succession/malformed", {});
    asked.set(kind, one);
  }
  if (asked.size === 0) throw new KabinaError("succession/malformed", {});
  return asked;
}

/** The root that the server's authorities stand under, and no other. Throws `succession/other-root`. */
async function openedRoot({ root }: SuccessionCeremonyOptions, certificate: Certificate): Promise<Root> {
  const key = await (await root()).load("authority-root");
  if (key.keyId !== certificate.keyId)
    throw new KabinaError("succession/other-root", { asked: certificate.sha256, here: key.chain[0]?.sha256 ?? "" });
  return { key, certificate };
}

async function makeRoot(folder: string, tools: IssueTools, passphrase: Uint8Array = tools.random(32)): Promise<Root> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keys = await FileKeyStore.openOrCreate(join(folder, "keys"), passphrase, tools.random);
  const key = await keys.generate("authority-root");
  const certificate = await certify(key, nameOf(rootName), profiles["authority-root"], { key }, tools, []);
  return { key: await keys.certify("authority-root", [certificate]), certificate };
}

const revocation = ({ serial, at, reason, since }: SuccessionRequest["revoked"][number]): Revocation => ({
  serialNumber: Buffer.from(serial, "hex"),
  revokedAt: new Date(at),
  reason,
  invalidSince: since === null ? undefined : new Date(since),
});

/** Whoever trusts the old root alone, and whoever trusts the new one alone, believes every new authority. Throws `ceremony/check-failed`. */
function check(
  roots: readonly Certificate[],
  following: Certificate | undefined,
  links: readonly Certificate[],
  issuers: ReadonlyMap<IssuerKind, Certificate>,
  { clock }: IssueTools,
): void {
  for (const anchor of following ? [following, ...roots] : roots.slice(0, 1))
    for (const [kind, leaf] of issuers)
      try {
        validatePath({ leaf, intermediates: links, anchors: [anchor], at: clock.now(), usage: "keyCertSign" });
      } catch (cause) {
        throw new KabinaError("ceremony/check-failed", { what: `authority for ${kind}` }, { cause });
      }
}
