/** A key without a certificate of its own is followed by another: shown with both that it would work, then switched to, with an event. */
import type { IssueTools } from "../../crypto/authority/authority.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyPurpose, KeyStore, PrivateKeyHandle } from "../../crypto/keys/key.ts";
import type { CertificateOffice } from "./office.ts";
import type { Rotated } from "./rotation.ts";
import { dueAt, type RotationSchedule } from "./schedule.ts";

export interface BareRotation {
  readonly kind: "status" | "slips";
  readonly purpose: KeyPurpose;
  /** Shows that what the old key signed still holds and that the new one works; throws when not. What was shown, in words. */
  readonly rehearse: (before: PrivateKeyHandle, next: PrivateKeyHandle) => Promise<readonly string[]>;
  /** Tells those who must know, once it is switched to. */
  readonly publish?: () => Promise<void>;
}

/** Whether the key is due by the schedule; never where there is none. */
export async function isBareKeyDue(
  purpose: KeyPurpose,
  store: KeyStore,
  now: Date,
  schedule: RotationSchedule,
): Promise<boolean> {
  const key = (await store.list()).find((one) => one.purpose === purpose && one.state === "current");
  const at = key && dueAt(purpose, key, schedule);
  return at != null && now >= at;
}

/** Throws `key/missing`, `rotation/rehearsal-failed`: then the old key goes on. With `rehearsal` nothing is left behind. */
export async function rotateBareKey(
  { kind, purpose, rehearse, publish }: BareRotation,
  by: string,
  rehearsal: boolean,
  { office, clock }: IssueTools & { readonly office: CertificateOffice },
): Promise<Rotated> {
  const { store, register } = office;
  const before = await store.load(purpose);
  const waits = (await store.list()).some((key) => key.purpose === purpose && key.state === "pending");
  const next = await store.prepare(purpose, before.algorithm);
  let shown: readonly string[];
  try {
    shown = await rehearse(before, next);
  } catch (cause) {
    const reason = isCoded(cause) ? cause.code : "unexpected";
    throw new KabinaError("rotation/rehearsal-failed", { kind, reason }, { cause });
  } finally {
    // One that waits for a rotation that was cut off stays.
    if (rehearsal && !waits) await store.destroy(purpose, next.keyId);
  }
  if (!rehearsal) {
    await store.adopt(purpose, []);
    await publish?.();
    const at = clock.now().toISOString();
    const data = { purpose, before: before.keyId, after: next.keyId };
    register.note(() => register.addEvent({ at, by, kind: "key.rotated", subject: next.keyId, data }));
  }
  return { kind, rehearsal, before: before.keyId, after: next.keyId, shown };
}
