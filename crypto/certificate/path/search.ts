/** Finds paths from a certificate to an anchor among many candidates: depth first, the likeliest issuer first, with a bound on the work. */
import type { Certificate } from "../certificate.ts";
import { canonicalName } from "../name.ts";

/** Issuers tried for one search; a heap of cross-signed authorities costs no more. */
const mostSteps = 256;

export interface SearchSpace {
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  /** Certificates between leaf and anchor, at most, self-issued ones included. */
  readonly deepest: number;
}

/** Every path by names and key identifiers, leaf first, its anchor last; signatures and rules are the caller's to check. Lazy. */
export function* findPaths(leaf: Certificate, space: SearchSpace): Generator<readonly Certificate[]> {
  const anchors = bySubject(space.anchors);
  const intermediates = bySubject(space.intermediates);
  const budget = { left: mostSteps };
  // An anchor is trusted whatever stands above it.
  if (space.anchors.some(({ sha256 }) => sha256 === leaf.sha256)) yield [leaf];
  yield* extend([leaf], anchors, intermediates, space.deepest, budget);
}

function* extend(
  path: readonly Certificate[],
  anchors: Index,
  intermediates: Index,
  left: number,
  budget: { left: number },
): Generator<readonly Certificate[]> {
  const last = path[path.length - 1]!;
  const name = canonicalOrEmpty(last.issuer);
  for (const anchor of likeliest(last, anchors.get(name) ?? [])) {
    if (--budget.left < 0) return;
    if (anchor.sha256 !== last.sha256) yield [...path, anchor];
  }
  if (left === 0) return;
  for (const issuer of likeliest(last, intermediates.get(name) ?? [])) {
    if (--budget.left < 0) return;
    // The same name with the same key again leads nowhere new.
    if (
      path.some(
        (one) =>
          one.sha256 === issuer.sha256 || (one.keyId === issuer.keyId && one !== last && sameSubject(one, issuer)),
      )
    )
      continue;
    if (last.keyId === issuer.keyId && sameSubject(last, issuer)) continue;
    yield* extend([...path, issuer], anchors, intermediates, left - 1, budget);
  }
}

type Index = ReadonlyMap<string, readonly Certificate[]>;

function bySubject(certificates: readonly Certificate[]): Index {
  const index = new Map<string, Certificate[]>();
  for (const certificate of certificates) {
    const name = canonicalOrEmpty(certificate.subject);
    index.set(name, [...(index.get(name) ?? []), certificate]);
  }
  return index;
}

/** Those whose key identifier is the one asked for come first; others are tried too (identifiers are hints, RFC 5280 §4.2.1.1). */
function likeliest(certificate: Certificate, issuers: readonly Certificate[]): readonly Certificate[] {
  const wanted = certificate.authorityKeyIdentifier;
  if (!wanted || issuers.length < 2) return issuers;
  const score = (issuer: Certificate) => {
    const own = issuer.subjectKeyIdentifier;
    return own === undefined ? 1 : Buffer.compare(own, wanted) === 0 ? 0 : 2;
  };
  return [...issuers].sort((a, b) => score(a) - score(b));
}

const sameSubject = (a: Certificate, b: Certificate): boolean =>
  canonicalOrEmpty(a.subject) === canonicalOrEmpty(b.subject);

function canonicalOrEmpty(name: Uint8Array): string {
  try {
    return canonicalName(name);
  } catch {
    return "";
  }
}
