/**
 * Replaces a key of the server without losing anything: the next key is made and certified, a rehearsal shows that what the old one sealed
 * or signed still holds and that the new one works, and only then is it switched to, in one step. Cut off anywhere, the next run goes on.
 */
import { join } from "node:path";
import type { IssueTools, LeafPurpose } from "../../crypto/authority/authority.ts";
import { readTrust, writeTrust } from "../../crypto/authority/trust.ts";
import type { Extension } from "../../crypto/certificate/builder.ts";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { raw } from "../../crypto/der/writer.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyStore, PrivateKeyHandle } from "../../crypto/keys/key.ts";
import type { SuiteId } from "../../crypto/suites/names.ts";
import { type KeyAlgorithm, suites } from "../../crypto/suites/registry.ts";
import type { CertificateOffice } from "./office.ts";
import { rehearsals } from "./rehearsal.ts";
import { dueAt, usualSchedule } from "./schedule.ts";

/** The kinds of key that this server replaces, and the purpose of each. */
export const rotatingKinds = {
  receipt: "server-receipt",
  recipient: "server-recipient",
  audit: "server-audit",
  tls: "server-tls",
} as const satisfies Record<string, LeafPurpose>;
export type RotatingKind = keyof typeof rotatingKinds;

/** Steps in order; a test kills between any two. */
export const rotationSteps = ["prepared", "certified", "rehearsed", "adopted", "published"] as const;
export type RotationStep = (typeof rotationSteps)[number];

export interface RotationTools extends IssueTools {
  /** `<data>` */
  readonly data: string;
  readonly office: CertificateOffice;
  /** `<data>/server/keys` */
  readonly store: KeyStore;
  /** The suite that the recipient's key moves to; that of the key that is replaced when absent. */
  readonly suite?: SuiteId | undefined;
  /** Told after each step. */
  readonly onStep?: (step: RotationStep) => void | Promise<void>;
}

export interface Rotated {
  readonly kind: RotatingKind | "status" | "slips";
  readonly rehearsal: boolean;
  readonly before: string;
  readonly after: string;
  /** What the rehearsal has shown. */
  readonly shown: readonly string[];
}

/** The kinds whose key is due by the schedule. */
export async function dueKinds(store: KeyStore, now: Date, schedule = usualSchedule): Promise<RotatingKind[]> {
  const due: RotatingKind[] = [];
  for (const [kind, purpose] of Object.entries(rotatingKinds) as [RotatingKind, LeafPurpose][]) {
    const at = dueAt(purpose, { chain: (await store.load(purpose)).chain, madeAt: null }, schedule);
    if (at !== null && now >= at) due.push(kind);
  }
  return due;
}

/** Only shows that it would work: on a key that is destroyed at the end. Throws `rotation/rehearsal-failed`. */
export async function rehearseRotation(kind: RotatingKind, tools: RotationTools): Promise<Rotated> {
  const { store, office } = tools;
  const purpose = rotatingKinds[kind];
  const before = await store.load(purpose);
  const waits = await pendingOf(store, purpose);
  const next = await store.prepare(purpose, nextAlgorithm(kind, before, tools.suite));
  try {
    const chain = await office.authority.trial(purpose, next, namesOf(before));
    const shown = await rehearse(kind, before, await store.pending(purpose, chain), office, tools);
    return { kind, rehearsal: true, before: before.keyId, after: next.keyId, shown };
  } finally {
    // One that waits for a rotation that was cut off stays.
    if (waits === undefined) await store.destroy(purpose, next.keyId);
  }
}

/** Replaces the key. Throws `rotation/rehearsal-failed`: then the old one goes on. */
export async function rotateKey(kind: RotatingKind, by: string, tools: RotationTools): Promise<Rotated> {
  const { store, office, clock, onStep = () => {} } = tools;
  const purpose = rotatingKinds[kind];
  const before = await store.load(purpose);
  const next = await store.prepare(purpose, nextAlgorithm(kind, before, tools.suite));
  await onStep("prepared");
  const chain = await certify(purpose, before, next, by, tools);
  await onStep("certified");
  const shown = await rehearse(kind, before, await store.pending(purpose, chain), office, tools);
  await onStep("rehearsed");
  const after = await store.adopt(purpose, chain);
  await onStep("adopted");
  await publishRecipients(tools.data, store, clock.now());
  const at = clock.now().toISOString();
  const facts = { purpose, before: before.keyId, after: after.keyId, certificate: chain[0]!.sha256 };
  office.register.note(() =>
    office.register.addEvent({ at, by, kind: "key.rotated", subject: after.keyId, data: facts }),
  );
  await onStep("published");
  return { kind, rehearsal: false, before: before.keyId, after: after.keyId, shown };
}

/** Only whom packages are encrypted for has a suite of its own here. Throws `rotation/suite-unfit`. */
function nextAlgorithm(kind: RotatingKind, before: PrivateKeyHandle, suite: SuiteId | undefined): KeyAlgorithm {
  if (suite === undefined) return before.algorithm;
  if (kind !== "recipient") throw new KabinaError("rotation/suite-unfit", { kind });
  suites[suite].ready?.();
  return suites[suite].receives;
}

/**
 * Whom booths encrypt for: the current recipient; and while there are booths of another suite, the newest key before it that is of theirs. Done again it changes nothing; after a rotation that was cut off it makes up for the last
 * step.
 */
export async function publishRecipients(data: string, store: KeyStore, now: Date): Promise<void> {
  const [leaf] = (await store.load("server-recipient")).chain;
  const others = await ofOtherSuites(store, leaf, now);
  for (const place of ["server", "booth"]) {
    const folder = join(data, place, "trust");
    const trust = await readTrust(folder).catch(() => undefined);
    if (!leaf || !trust) continue;
    const recipients = [leaf, ...others];
    if (sha256s(trust.recipients) === sha256s(recipients)) continue;
    await writeTrust(folder, { ...trust, recipients });
  }
}

const sha256s = (all: readonly Certificate[]): string => all.map(({ sha256 }) => sha256).join();

/** Of the keys before the current one, the newest of each other algorithm that still holds. */
async function ofOtherSuites(store: KeyStore, current: Certificate | undefined, now: Date): Promise<Certificate[]> {
  const found = new Map<KeyAlgorithm | undefined, Certificate>();
  for (const { chain } of await store.former("server-recipient")) {
    const [leaf] = chain;
    const { keyAlgorithm } = leaf ?? {};
    if (leaf && leaf.notAfter > now && keyAlgorithm !== current?.keyAlgorithm && !found.has(keyAlgorithm))
      found.set(keyAlgorithm, leaf);
  }
  return [...found.values()];
}

async function certify(
  purpose: LeafPurpose,
  before: PrivateKeyHandle,
  next: PrivateKeyHandle,
  by: string,
  { office, clock }: RotationTools,
): Promise<readonly Certificate[]> {
  const issuer = office.issuer("servers").certificate;
  // Cut off after it was certified: that certificate serves.
  const known = office.register.certificatesOfKey(next.keyId).find(({ revokedAt }) => revokedAt === null);
  if (known) return [new Certificate(known.der), issuer];
  const name = before.chain[0]?.commonName ?? purpose;
  const chain = await office.authority.issue(purpose, next, name, namesOf(before));
  const [leaf] = chain as [Certificate];
  const at = clock.now().toISOString();
  office.register.change(() => {
    office.register.addCertificate(leaf, "servers");
    const data = { name, keyId: leaf.keyId, sha256: leaf.sha256, notAfter: leaf.notAfter.toISOString() };
    office.register.addEvent({ at, by, kind: "certificate.issued", subject: leaf.serialHex, data });
  });
  return chain;
}

/** The new certificate holds for the names that the old one held for. */
function namesOf({ chain: [leaf] }: PrivateKeyHandle): Extension[] {
  const names = leaf?.extensions.get(oids.subjectAltName);
  return names ? [{ oid: oids.subjectAltName, critical: names.critical, value: raw(names.value) }] : [];
}

async function pendingOf(store: KeyStore, purpose: LeafPurpose): Promise<string | undefined> {
  return (await store.list()).find((key) => key.purpose === purpose && key.state === "pending")?.keyId;
}

async function rehearse(
  kind: RotatingKind,
  before: PrivateKeyHandle,
  after: PrivateKeyHandle,
  office: CertificateOffice,
  tools: RotationTools,
): Promise<readonly string[]> {
  try {
    return await rehearsals[kind]({ before, after, office, clock: tools.clock, random: tools.random });
  } catch (cause) {
    const reason = cause instanceof KabinaError ? cause.code : "unexpected";
    throw new KabinaError("rotation/rehearsal-failed", { kind, reason }, { cause });
  }
}
