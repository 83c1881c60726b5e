/** Document signer to country signing authority (9303-12 §7, RFC 5280 §6 as far as travel documents use it). */

import { Certificate } from "../../crypto/certificate/certificate.ts";
import { sameName } from "../../crypto/certificate/name.ts";
import { documentProfile } from "../../crypto/certificate/path/profile.ts";
import { revocationStatus } from "../../crypto/certificate/path/revocation.ts";
import { checkPath } from "../../crypto/certificate/path/rules.ts";
import { RevocationList } from "../../crypto/certificate/revocation-list.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import { asDocument } from "../cms/signed-data.ts";
import { failed, notChecked, passed, reason } from "./reason.ts";
import type { ProofResult, Reason } from "./verdict.ts";

export interface Trust {
  /** Country signing certificates that the caller trusts, DER; link certificates among them are trusted too. */
  readonly csca: readonly Uint8Array[];
  readonly crls?: readonly Uint8Array[];
}

/**
 * The document signer must be valid at that time; its authority must have been valid when it issued the signer (authorities
 * expire before the documents that they stand behind: Austria's of 2019 by three years).
 */
export function proveChain(signer: Certificate, trust: Trust, at: Date): ProofResult {
  const expiry = { subject: signer.subjectText, notAfter: signer.notAfter.toISOString() };
  if (signer.notAfter < at) return failed(reason("proof/signer-expired", expiry));
  if (at < signer.notBefore) {
    return failed(
      reason("proof/signer-not-yet-valid", { subject: signer.subjectText, notBefore: signer.notBefore.toISOString() }),
    );
  }
  if (signer.isAuthority || signer.mayUse("digitalSignature") === false) {
    return failed(reason("proof/signer-usage", { subject: signer.subjectText }));
  }
  if (trust.csca.length === 0) return notChecked(reason("proof/no-trust", { issuer: signer.issuerText }));

  const candidates = readCertificatesOf(trust.csca).filter((authority) => sameName(authority.subject, signer.issuer));
  if (candidates.length === 0) return notChecked(reason("proof/csca-unknown", { issuer: signer.issuerText }));
  const { authorities, unknown } = issuersOf(signer, candidates);
  if (authorities.length === 0) {
    if (unknown !== undefined) throw unknown;
    return failed(reason("proof/chain-signature-wrong", { issuer: signer.issuerText }));
  }

  const faults = authorities.map((authority) => pathFault(authority, signer, at));
  if (!faults.includes(undefined)) return failed(faults[0]!);
  return proveNotRevoked(signer, candidates, trust.crls ?? [], at);
}

/** Those of the candidates whose key the signature fits; and the failure of one that could not be tried, if any. */
function issuersOf(signer: Certificate, candidates: readonly Certificate[]) {
  let unknown: unknown;
  const authorities = candidates.filter((candidate) => {
    try {
      return asDocument("document signer", () => signer.isSignedWith(candidate));
    } catch (error) {
      unknown = error;
      return false;
    }
  });
  return { authorities, unknown };
}

/** Critical in certificates of travel documents (9303-12 §7.1.1): names that changed, and the documents that a signer may sign. */
const documentExtensions: ReadonlySet<string> = new Set(["2.23.136.1.1.6.1", "2.23.136.1.1.6.2"]);

/** RFC 5280 §6.1 over the two certificates, under the rules of documents. */
function pathFault(authority: Certificate, signer: Certificate, at: Date): Reason | undefined {
  const rules = { profile: documentProfile, at, longest: 0, understood: documentExtensions };
  const { fault } = checkPath([signer, authority], rules);
  if (fault === undefined) return undefined;
  const subject = fault.certificate.subjectText;
  if (fault.code === "certificate/not-authority") return reason("proof/csca-usage", { subject });
  const validity = fault.code === "certificate/expired" || fault.code === "certificate/not-yet-valid";
  return validity ? reason("proof/csca-validity", { subject }) : reason(fault.code, { ...fault.details, subject });
}

/**
 * Without a revocation list nothing is known of revocation, and that does not fail the document. A country signs one list for all of its keys with the
 * newest of them (9303-12), so any trusted certificate of that name may have signed it. A list that none of them signed says nothing.
 */
function proveNotRevoked(
  signer: Certificate,
  named: readonly Certificate[],
  crls: readonly Uint8Array[],
  at: Date,
): ProofResult {
  const issuer = signer.issuerText;
  const read = crls.map(readCrl);
  const lists = read.filter((list) => list !== undefined).filter((list) => sameName(list.issuer, signer.issuer));
  const signed = lists.filter((list) => named.some((authority) => isListOf(list, authority)));
  for (const list of signed) {
    const entry = list.entry(signer);
    if (entry === undefined || entry.reason === "removeFromList") continue;
    return failed(reason("proof/signer-revoked", { subject: signer.subjectText, at: entry.revokedAt.toISOString() }));
  }
  if (read.includes(undefined)) return notChecked(reason("proof/crl-unreadable"));
  const newest = [...signed].sort((a, b) => b.thisUpdate.getTime() - a.thisUpdate.getTime())[0];
  if (newest === undefined)
    return lists.length === 0 ? passed : notChecked(reason("proof/crl-signature-wrong", { issuer }));
  // A list that is younger than the moment of judgement says more than one of that day.
  const moment = newest.thisUpdate > at ? newest.thisUpdate : at;
  const source = { lists: signed, at: moment, signer: () => true, conforming: false };
  if (revocationStatus(signer, source).status === "good") return passed;
  const { nextUpdate } = newest;
  if (nextUpdate !== undefined && nextUpdate < at)
    return notChecked(reason("proof/crl-expired", { issuer, nextUpdate: nextUpdate.toISOString() }));
  return notChecked(reason("proof/crl-partial", { issuer }));
}

function isListOf(list: RevocationList, authority: Certificate): boolean {
  if (authority.mayUse("cRLSign") === false) return false;
  try {
    return list.isSignedWith(authority);
  } catch (error) {
    // An algorithm or a key that cannot be read here: not known to be signed by it.
    if (!isCoded(error)) throw error;
    return false;
  }
}

/** Undefined when it cannot be read. */
function readCrl(bytes: Uint8Array): RevocationList | undefined {
  try {
    const list = new RevocationList(bytes, { encoding: "ber" });
    list.hasUnknownCritical(); // its entries too
    return list;
  } catch (error) {
    if (!isCoded(error)) throw error;
    return undefined;
  }
}

/** The same trust set is used for document after document: each certificate is read once. */
const readBefore = new WeakMap<Uint8Array, Certificate | null>();

/** Those that can be read. */
export function readCertificatesOf(ders: readonly Uint8Array[]): Certificate[] {
  return ders.flatMap((der) => {
    let certificate = readBefore.get(der);
    if (certificate === undefined) {
      try {
        certificate = new Certificate(der, { encoding: "ber" });
      } catch {
        // One unreadable certificate in a list of hundreds must not close the border; what it would prove stays unproven.
        certificate = null;
      }
      readBefore.set(der, certificate);
    }
    return certificate === null ? [] : [certificate];
  });
}
