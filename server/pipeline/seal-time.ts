/** When a package was sealed, as far as it can be proved; whether its booth was to be believed then; and whether its place in the line is its own. */
import { createHash } from "node:crypto";
import type { Certificate } from "../../crypto/certificate/certificate.ts";
import {
  clockToleranceMs,
  judgedAt,
  standingOf,
  type TimeBounds,
  timeBounds,
} from "../../crypto/package/time-bounds.ts";
import type { StoredCheck } from "../store/cases.ts";
import type { PackageRecord } from "../store/packages.ts";
import type { SealRecord, Seals } from "../store/seals.ts";
import type { SecondLook } from "../store/second-looks.ts";
import type { Knowledge } from "./knowledge.ts";
import { checksOf } from "./stage.ts";

const { passed, failed, notChecked } = checksOf("device");

/** The seal of a received package, with what it proves of the time. `known` is what this server knows; `anchors` what a heartbeat's signer leads to. */
export function sealOf(
  received: PackageRecord,
  seals: Seals,
  known: Knowledge,
  anchors: readonly Certificate[],
): { readonly seal: SealRecord; readonly bounds: TimeBounds } {
  const { manifest, receivedAt } = received;
  const manifestSha256 = createHash("sha256").update(JSON.stringify(manifest)).digest("hex");
  const { chain, previous } = manifest.format === "kabina-package/1" ? { chain: null, previous: null } : manifest.time;
  const place = { chain, previous, counter: manifest.time.counter, manifestSha256 };
  const before = new Date(seals.provedAt(place, receivedAt, known.headHeardAt));
  const revoked = (certificate: Certificate, at: Date) => {
    const since = known.revokedSince(certificate);
    return since !== null && at >= since;
  };
  const bounds = timeBounds(manifest, before, { anchors, revoked });
  const seal = {
    ...place,
    packageSha256: received.sha256,
    booth: received.booth,
    certificateSha256: manifest.booth.certificateSha256,
    claimedAt: manifest.createdAt,
    afterAt: bounds.after?.toISOString() ?? null,
    reckonedAt: bounds.reckoned?.toISOString() ?? null,
  };
  return { seal, bounds };
}

/** The booth's clock against the server's signed time, by the clock that never goes back. */
export function checkClock({ claimed, after, before, reckoned }: TimeBounds): StoredCheck {
  const sealed = claimed.getTime();
  const minutes = (ms: number) => Math.round(ms / 60_000);
  const ahead = sealed - before.getTime();
  if (ahead > clockToleranceMs) return failed("device/clock", "review/clock-ahead", { aheadMinutes: minutes(ahead) });
  if (after === null) return notChecked("device/clock", "review/clock-unproved");
  if (reckoned === null) {
    // The machine was started since: only that it was not before what it had heard can be told.
    const behind = after.getTime() - sealed;
    return behind > clockToleranceMs
      ? failed("device/clock", "review/clock-off", { offMinutes: minutes(-behind) })
      : notChecked("device/clock", "review/clock-unproved");
  }
  const off = sealed - reckoned.getTime();
  const measures = { offMinutes: minutes(off) };
  return Math.abs(off) <= clockToleranceMs
    ? passed("device/clock", measures)
    : failed("device/clock", "review/clock-off", measures);
}

/** What is to be looked at again, where the check says so. */
export type Doubt = Pick<SecondLook, "cause" | "subject" | "since" | "standing">;

/** Whether the booth's key was to be believed when the package was sealed, and whether its line is whole. */
export function checkSealTime(
  seal: SealRecord,
  bounds: TimeBounds,
  seals: Seals,
  known: Knowledge,
): { readonly check: StoredCheck; readonly doubt: Doubt | null } {
  const name = "device/time";
  const measures = {
    judgedAt: judgedAt(bounds).toISOString(),
    notBefore: bounds.after?.toISOString() ?? null,
    notAfter: bounds.before.toISOString(),
    counter: seal.counter,
  };
  const signer = known.certificate(seal.certificateSha256);
  if (!signer) return { check: notChecked(name, "review/booth-unregistered", measures), doubt: null };
  const since = known.revokedSince(signer);
  const standing = standingOf(bounds, since);
  if (since !== null && standing !== "believed") {
    const reason = standing === "refused" ? "review/sealed-after-revocation" : "review/look-again";
    const doubt = { cause: "booth", subject: signer.serialHex, since: since.toISOString(), standing } as const;
    return { check: failed(name, reason, { ...measures, since: doubt.since }), doubt };
  }
  const fork = forkOf(seal, seals);
  if (fork === null) return { check: passed(name, measures), doubt: null };
  const subject = `${seal.chain} ${seal.counter}`;
  const doubt = { cause: "fork", subject, since: seal.claimedAt, standing: "look-again" } as const;
  return { check: failed(name, fork, measures), doubt };
}

/** A reason when somebody else stands at this place, or signs another line with the same key; null when the line is whole as far as it is here. */
function forkOf(seal: SealRecord, seals: Seals): string | null {
  const { chain, counter, manifestSha256, previous, packageSha256 } = seal;
  if (chain === null) return null;
  if (seals.chainsOf(seal.certificateSha256).some((other) => other !== chain)) return "review/chain-second";
  const doubled = seals.atPlace(chain, counter).some((other) => other.packageSha256 !== packageSha256);
  const before = seals.atPlace(chain, counter - 1);
  const after = seals.atPlace(chain, counter + 1);
  const broken =
    before.some((one) => one.manifestSha256 !== previous) || after.some((one) => one.previous !== manifestSha256);
  return doubled || broken ? "review/chain-forked" : null;
}
