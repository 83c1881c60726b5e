/**
 * Sealing: the session's record and pictures become one package, which is on the disk whole or not at all, and is then the
 * outbox's. Done twice (after a power cut) it makes one package: its number was fixed when the session began.
 */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import type { HotList } from "../../crypto/device/hot-list.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { PART_MEDIA_TYPES } from "../../crypto/package/enrolment.ts";
import type { Place } from "../../crypto/package/manifest.ts";
import { type SealPart, type SealRequest, sealPackageToFile } from "../../crypto/package/seal.ts";
import { policyHash } from "../../crypto/policy/policy-hash.ts";
import { recipientsFor } from "../../crypto/suites/registry.ts";
import { deviceKinds } from "../../devices/port.ts";
import type { BoothDevices } from "../capture/devices.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Activity, Stage } from "../session/activity.ts";
import type { SessionContext } from "../session/context.ts";
import type { SlipBook } from "../slip/book.ts";
import { enrolmentRecord } from "./enrolment-record.ts";
import type { SealPlace } from "./seal-chain.ts";
import { SEALED } from "./sealed-entries.ts";

export interface SealingTools {
  /** `<data>/booth/sealing`: where a package is made before the outbox takes it. */
  readonly folder: string;
  readonly boothId: string;
  readonly stands: Place;
  readonly signer: PrivateKeyHandle;
  readonly recipients: readonly Certificate[];
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly outbox: Pick<Outbox, "add" | "get">;
  readonly slips: SlipBook;
  readonly devices: BoothDevices;
  /** Where a package stands in the booth's line of packages, and the evidence of its time. */
  place(packageId: string): SealPlace;
  boothExceptions(): readonly string[];
  /** The hot-list of devices that the booth goes by. */
  hotList(): Pick<HotList, "issuedAt" | "expires"> | null;
  /** What belongs into the audit log. */
  audit(kind: string, data: Readonly<Record<string, string | number>>): void;
}

const DAY_MS = 24 * 3600 * 1000;

export function sealing(tools: SealingTools): Activity {
  return async (stage) => {
    const { session } = stage;
    const slow = setTimeout(() => {
      void stage.emit({ type: "seal.slow", code: "seal/slow", details: {} }).catch(() => {});
    }, session.policy.sealSlowMs);
    try {
      if (tools.outbox.get(session.packageId) === undefined) await sealOnce(tools, stage);
      await stage.emit({ type: "seal.done", qrText: qrText(session.packageId) });
    } catch (error) {
      if (stage.signal.aborted) return;
      const { code, details } = failureOf(error);
      await stage.emit({ type: "seal.failed", code, details });
    } finally {
      clearTimeout(slow);
    }
  };
}

/** What the code on the receipt says: the package's number and nothing else. */
export const qrText = (packageId: string): string => `kabina:package:${packageId}`;

async function sealOnce(tools: SealingTools, stage: Stage): Promise<void> {
  const { session } = stage;
  const path = packagePath(tools.folder, session.packageId);
  await mkdir(tools.folder, { recursive: true, mode: 0o700 });
  await discardUnfinished(tools.folder, session.packageId);
  const show = (phase: "building" | "encrypting" | "storing", progress: number) =>
    stage.live(({ seal }) => Object.assign(seal, { phase, progress }));
  show("building", 0.1);
  const now = tools.clock.now();
  const { record, parts } = enrolmentRecord(session, {
    finishedAt: now,
    devices: deviceKinds.flatMap((kind) => tools.devices[kind].info ?? []),
    hotList: listOf(tools),
    boothExceptions: tools.boothExceptions(),
  });
  // A key that is renewed meanwhile seals the next package.
  const { signer, clock, random } = tools;
  const recipients = recipientsFor(signer.algorithm, tools.recipients);
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const contents: SealPart[] = [
    { name: "enrolment", mediaType: PART_MEDIA_TYPES.enrolment, content: json(record), recipients },
    ...parts.map(({ name, mediaType, blob }) => ({ name, mediaType, content: stage.blob(blob), recipients })),
  ];
  if (record.signature.part !== null)
    contents.push({
      name: "signature",
      mediaType: PART_MEDIA_TYPES.signature,
      content: json(session.signature),
      recipients,
    });
  show("encrypting", 0.4);
  const bytes = contents.reduce((sum, { content }) => sum + (content as Uint8Array).length, 0);
  const place = tools.place(session.packageId);
  const request: SealRequest = {
    packageId: session.packageId,
    boothId: tools.boothId,
    place: tools.stands,
    time: place.evidence,
    policyHash: policyHash(session.policy),
    sessionId: session.id,
    notAfter: new Date(now.getTime() + session.policy.packageDays * DAY_MS),
    least: session.policy.suite,
    parts: contents,
  };
  const sealed = await sealPackageToFile(path, request, { signer, clock, random }, (written) =>
    show("encrypting", 0.4 + 0.4 * Math.min(1, written / bytes)),
  );
  show("storing", 0.8);
  // Before the outbox has it: no place in the line serves two packages, whenever the power fails.
  await place.taken(sealed.manifestSha256);
  if (session.slip !== null) await tools.slips.use(session.slip.number, session.id);
  const { sha256 } = await tools.outbox.add(path, sealed.manifest);
  tools.audit(SEALED, { session: session.id, package: sealed.packageId, sha256 });
  show("storing", 1);
}

function listOf({ hotList }: SealingTools): { readonly issuedAt: string; readonly expires: string } | null {
  const list = hotList();
  return list && { issuedAt: list.issuedAt, expires: list.expires };
}

/** Removes what sealing left of a session that ends without a package in the outbox. */
export async function discardUnfinished(folder: string, packageId: SessionContext["packageId"]): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (name.includes(packageId)) await rm(join(folder, name), { force: true });
}

const packagePath = (folder: string, packageId: string): string => join(folder, `${packageId}.kab`);

/** A full disk, whoever met it: the person before the screen is told what it means to them, and no path. */
const DISK_FULL: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "file/disk-full", "outbox/disk-full"]);

/** What is not coded here is of the disk, or nobody knows. */
function failureOf(error: unknown): Pick<KabinaError, "code" | "details"> {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (DISK_FULL.has(code)) return new KabinaError("seal/disk-full");
  if (isCoded(error)) return error;
  return new KabinaError("seal/failed", { reason: code ?? "unknown" });
}
