/** Finds and checks the way from a certificate to a root that is trusted (RFC 5280 §6, without policies and name constraints, which Kabina's authorities do not use). */
import { KabinaError } from "../errors/kabina-error.ts";
import type { Certificate } from "./certificate.ts";
import { keyUsageBits } from "./key-usage.ts";
import { oids } from "./oids.ts";

/** Certificates between an end entity and its root, at most. */
const longestPath = 4;
/** Candidate issuers looked at, at most. */
const mostIntermediates = 16;

const understood: ReadonlySet<string> = new Set([
  oids.basicConstraints,
  oids.keyUsage,
  oids.extendedKeyUsage,
  oids.subjectAltName,
  oids.subjectKeyIdentifier,
  oids.authorityKeyIdentifier,
]);

export interface PathRequest {
  readonly leaf: Certificate;
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  /** Every certificate of the path must be valid at this moment. */
  readonly at: Date;
  /** The extended key usage that the leaf must name. */
  readonly purpose: string;
  /** The key usage that the leaf must have. */
  readonly usage: "digitalSignature" | "keyAgreement";
  readonly revoked?: ((certificate: Certificate, at: Date) => boolean) | undefined;
}

/**
 * Returns the path, leaf first, its root last. Throws `certificate/issuer-unknown`, `certificate/expired`,
 * `certificate/not-yet-valid`, `certificate/purpose`, `certificate/revoked`, `certificate/extension-unknown`.
 */
export function validatePath(request: PathRequest): readonly Certificate[] {
  const { leaf, at, revoked } = request;
  const path = findPath(leaf, request.intermediates.slice(0, mostIntermediates), request.anchors, [leaf]);
  if (!path) throw new KabinaError("certificate/issuer-unknown", { subject: subjectOf(leaf) });
  if (leaf.basicConstraints?.authority || !leaf.keyUsage(keyUsageBits[request.usage]))
    throw new KabinaError("certificate/purpose", { subject: subjectOf(leaf) });
  if (!leaf.extendedKeyUsage.includes(request.purpose))
    throw new KabinaError("certificate/purpose", { subject: subjectOf(leaf) });
  for (const certificate of path) {
    const subject = subjectOf(certificate);
    // An authority that names purposes issues for those only (as OpenSSL and others read it on authorities).
    const purposes = certificate.extendedKeyUsage;
    if (purposes.length > 0 && !purposes.includes(request.purpose))
      throw new KabinaError("certificate/purpose", { subject });
    if (at < certificate.notBefore)
      throw new KabinaError("certificate/not-yet-valid", { subject, from: certificate.notBefore.toISOString() });
    if (at > certificate.notAfter)
      throw new KabinaError("certificate/expired", { subject, until: certificate.notAfter.toISOString() });
    for (const [oid, extension] of certificate.extensions)
      if (extension.critical && !understood.has(oid))
        throw new KabinaError("certificate/extension-unknown", { subject, oid });
    if (revoked?.(certificate, at)) throw new KabinaError("certificate/revoked", { subject });
  }
  return path;
}

function findPath(
  certificate: Certificate,
  intermediates: readonly Certificate[],
  anchors: readonly Certificate[],
  path: readonly Certificate[],
): readonly Certificate[] | undefined {
  if (path.length > longestPath) return undefined;
  for (const anchor of anchors) if (mayIssue(anchor, certificate, path.length)) return [...path, anchor];
  for (const issuer of intermediates) {
    if (path.includes(issuer) || !mayIssue(issuer, certificate, path.length)) continue;
    const found = findPath(issuer, intermediates, anchors, [...path, issuer]);
    if (found) return found;
  }
  return undefined;
}

/** `below`: certificates of the path under this issuer; all but the leaf count towards its path length. */
function mayIssue(issuer: Certificate, subject: Certificate, below: number): boolean {
  const constraints = issuer.basicConstraints;
  if (!constraints?.authority || !issuer.keyUsage(keyUsageBits.keyCertSign)) return false;
  if (constraints.pathLength !== undefined && below - 1 > constraints.pathLength) return false;
  return subject.isSignedBy(issuer);
}

const subjectOf = (certificate: Certificate): string => certificate.commonName ?? certificate.serialHex;
