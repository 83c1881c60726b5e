/** The key that signs slips is followed by another: what the desk has given out is good at the booth to its end, signed by either. */
import type { IssueTools } from "../../crypto/authority/authority.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyStore, PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { publishSlipIssuers } from "../../crypto/slip/issuers.ts";
import { newSlipNumber } from "../../crypto/slip/number.ts";
import { signSlip, verifySlip } from "../../crypto/slip/token.ts";
import { rotateBareKey } from "./bare-rotation.ts";
import type { CertificateOffice } from "./office.ts";
import type { Rotated } from "./rotation.ts";

export const SLIP_KEY = "slip-issuer";
const HOUR_MS = 3_600_000;

/** A former key whose last slip is over by now is destroyed, and booths are told; nothing where no slip was made. */
export async function forgetEndedSlips(data: string, store: KeyStore, now: Date): Promise<void> {
  if (await store.has(SLIP_KEY)) await publishSlipIssuers(data, store, now);
}

/** Throws `key/missing` where no slip was made yet, `rotation/rehearsal-failed`: then the old key goes on. With `rehearsal` nothing is left behind. */
export function rotateSlips(
  by: string,
  rehearsal: boolean,
  tools: IssueTools & { readonly office: CertificateOffice; readonly data: string },
): Promise<Rotated> {
  const { office, clock, random, data } = tools;
  const publish = () => publishSlipIssuers(data, office.store, clock.now());
  return rotateBareKey({ kind: "slips", purpose: SLIP_KEY, rehearse, publish }, by, rehearsal, tools);

  async function rehearse(before: PrivateKeyHandle, next: PrivateKeyHandle): Promise<readonly string[]> {
    for (const key of [before, next]) verifySlip(await trial(key), [next.publicKey, before.publicKey]);
    await expectForged(await trial(before), next);
    return ["old", "new"].map((which) => `a slip of the ${which} key is good where both are known`);
  }

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
