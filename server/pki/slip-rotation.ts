/** The key that signs slips is followed by another: what the desk has given out is good at the booth to its end, signed by either. */
import type { IssueTools } from "../../crypto/authority/authority.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyStore, PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { publishSlipIssuers } from "../../crypto/slip/issuers.ts";
import { newSlipNumber } from "../../crypto/slip/number.ts";
import { signSlip, verifySlip } from "../../crypto/slip/token.ts";
import type { CertificateOffice } from "./office.ts";
import type { Rotated } from "./rotation.ts";
import { dueAt, type RotationSchedule } from "./schedule.ts";

const purpose = "slip-issuer";
const HOUR_MS = 3_600_000;

/** Whether the key is due by the schedule; never where no slip was made. */
export async function areSlipsDue(store: KeyStore, now: Date, schedule: RotationSchedule): Promise<boolean> {
  const key = (await store.list()).find((one) => one.purpose === purpose && one.state === "current");
  const at = key && dueAt(purpose, key, schedule);
  return at != null && now >= at;
}

/** A former key whose last slip is over by now is destroyed, and booths are told; nothing where no slip was made. */
export async function forgetEndedSlips(data: string, store: KeyStore, now: Date): Promise<void> {
  if (await store.has(purpose)) await publishSlipIssuers(data, store, now);
}

/** Throws `key/missing` where no slip was made yet, `rotation/rehearsal-failed`: then the old key goes on. With `rehearsal` nothing is left behind. */
export async function rotateSlips(
  by: string,
  rehearsal: boolean,
  tools: IssueTools & { readonly office: CertificateOffice; readonly data: string },
): Promise<Rotated> {
  const { office, clock, random, data } = tools;
  const { store, register } = office;
  const before = await store.load(purpose);
  const waits = (await store.list()).some((key) => key.purpose === purpose && key.state === "pending");
  const next = await store.prepare(purpose, before.algorithm);
  const shown: string[] = [];
  try {
    for (const [key, which] of [
      [before, "old"],
      [next, "new"],
    ] as const) {
      verifySlip(await trial(key), [next.publicKey, before.publicKey]);
      shown.push(`a slip of the ${which} key is good where both are known`);
    }
    await expectForged(await trial(before), next);
  } catch (cause) {
    const reason = isCoded(cause) ? cause.code : "unexpected";
    throw new KabinaError("rotation/rehearsal-failed", { kind: "slips", reason }, { cause });
  } finally {
    if (rehearsal && !waits) await store.destroy(purpose, next.keyId);
  }
  if (!rehearsal) {
    await store.adopt(purpose, []);
    await publishSlipIssuers(data, store, clock.now());
    const facts = { purpose, before: before.keyId, after: next.keyId };
    const at = clock.now().toISOString();
    register.note(() => register.addEvent({ at, by, kind: "key.rotated", subject: next.keyId, data: facts }));
  }
  return { kind: "slips", rehearsal, before: before.keyId, after: next.keyId, shown };

  function trial(key: PrivateKeyHandle): Promise<string> {
    const issuedAt = clock.now();
    const expiresAt = new Date(issuedAt.getTime() + HOUR_MS);
    return signSlip({ number: newSlipNumber(random), office: "rehearsal", issuedAt, expiresAt }, key);
  }
}

/** That the two keys are two. */
async function expectForged(token: string, key: PrivateKeyHandle): Promise<void> {
  try {
    verifySlip(token, [key.publicKey]);
  } catch (error) {
    if (isCoded(error) && error.code === "slip/forged") return;
    throw error;
  }
  throw new KabinaError("key/unsuitable", { reason: "the new key is the old one" });
}
