/** The key that answers questions about certificates (OCSP) is followed by another: rehearsed with an answer of each key about each authority's certificates. */
import type { Issuer, IssueTools } from "../../crypto/authority/authority.ts";
import { issuerKinds } from "../../crypto/authority/authority.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import { validatePath } from "../../crypto/certificate/path.ts";
import { schemeOf } from "../../crypto/certificate/signature.ts";
import { buildAnswer, idOf } from "../../crypto/certificate/status-protocol.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { PrivateKeyHandle } from "../../crypto/keys/key.ts";
import { rotateBareKey } from "./bare-rotation.ts";
import type { CertificateOffice } from "./office.ts";
import { answerJudgedByOpenssl } from "./openssl-judge.ts";
import type { Rotated } from "./rotation.ts";

export const STATUS_KEY = "authority-status";

/** Throws `rotation/rehearsal-failed`: then the old key goes on. With `rehearsal` nothing is left behind. */
export function rotateStatus(
  by: string,
  rehearsal: boolean,
  tools: IssueTools & { readonly office: CertificateOffice },
): Promise<Rotated> {
  const { office, clock } = tools;
  return rotateBareKey({ kind: "status", purpose: STATUS_KEY, rehearse }, by, rehearsal, tools);

  async function rehearse(before: PrivateKeyHandle, next: PrivateKeyHandle): Promise<readonly string[]> {
    return [
      `an answer of the old key holds${await answers(before)}`,
      `an answer of the new key holds${await answers(next)}`,
    ];
  }

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
