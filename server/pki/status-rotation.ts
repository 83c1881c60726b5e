/** The key that answers questions about certificates (OCSP) is followed by another: rehearsed with an answer of each key about each authority's certificates. */
import type { Issuer, IssueTools } from "../../crypto/authority/authority.ts";
import { issuerKinds } from "../../crypto/authority/authority.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { validatePath } from "../../crypto/certificate/path.ts";
import { schemeOf } from "../../crypto/certificate/signature.ts";
import { buildAnswer, idOf } from "../../crypto/certificate/status-protocol.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { KeyStore, PrivateKeyHandle } from "../../crypto/keys/key.ts";
import type { CertificateOffice } from "./office.ts";
import { answerJudgedByOpenssl } from "./openssl-judge.ts";
import type { Rotated } from "./rotation.ts";
import { dueAt, type RotationSchedule } from "./schedule.ts";

const purpose = "authority-status";

/** Whether the key is due by the schedule. */
export async function isStatusDue(store: KeyStore, now: Date, schedule: RotationSchedule): Promise<boolean> {
  const key = (await store.list()).find((one) => one.purpose === purpose && one.state === "current");
  const at = key && dueAt(purpose, key, schedule);
  return at != null && now >= at;
}

/** Throws `rotation/rehearsal-failed`: then the old key goes on. With `rehearsal` nothing is left behind. */
export async function rotateStatus(
  by: string,
  rehearsal: boolean,
  tools: IssueTools & { readonly office: CertificateOffice },
): Promise<Rotated> {
  const { office, clock } = tools;
  const { store, register } = office;
  const before = await store.load(purpose);
  const waits = (await store.list()).some((key) => key.purpose === purpose && key.state === "pending");
  const next = await store.prepare(purpose, before.algorithm);
  const shown: string[] = [];
  try {
    for (const [key, which] of [
      [before, "old"],
      [next, "new"],
    ] as const)
      shown.push(`an answer of the ${which} key holds${await answers(key)}`);
  } catch (cause) {
    const reason = isCoded(cause) ? cause.code : "unexpected";
    throw new KabinaError("rotation/rehearsal-failed", { kind: "status", reason }, { cause });
  } finally {
    if (rehearsal && !waits) await store.destroy(purpose, next.keyId);
  }
  if (!rehearsal) {
    await store.adopt(purpose, []);
    const at = clock.now().toISOString();
    const data = { purpose, before: before.keyId, after: next.keyId };
    register.note(() => register.addEvent({ at, by, kind: "key.rotated", subject: next.keyId, data }));
  }
  return { kind: "status", rehearsal, before: before.keyId, after: next.keyId, shown };

  async function answers(key: PrivateKeyHandle): Promise<string> {
    let openssl: boolean | null = null;
    for (const kind of issuerKinds)
      for (const issuer of office.authority.lineage(kind)) {
        openssl = await answer(key, issuer);
        if (openssl === false) throw new KabinaError("succession/openssl-differs", { kind });
      }
    return openssl === null ? "; openssl is not on this machine" : ", by openssl too";
  }

  /** About the responder's own trial certificate, as good as any. */
  async function answer(key: PrivateKeyHandle, issuer: Issuer): Promise<boolean | null> {
    const at = clock.now();
    const leaf = await office.authority.trialResponder(key, issuer);
    const intermediates = [issuer.certificate];
    const path = validatePath({
      ...{ leaf, intermediates, anchors: office.authority.roots, at },
      ...{ purpose: oids.ocspSigning, usage: "digitalSignature" },
    });
    const nextUpdate = new Date(at.getTime() + 60 * 60_000);
    const about = [{ id: idOf(leaf.serialNumber, issuer.certificate), status: { kind: "good" } as const }];
    const signer = { scheme: schemeOf(key), sign: (data: Uint8Array) => key.sign(data) };
    const fields = { responder: leaf, chain: [leaf], producedAt: at, nextUpdate, answers: about, nonce: undefined };
    const judged = { leaf, issuer: issuer.certificate, root: path.at(-1)!, at };
    return answerJudgedByOpenssl(await buildAnswer(fields, signer), judged);
  }
}
