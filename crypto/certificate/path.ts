/** Finds and checks the way from a certificate to an anchor that is trusted: RFC 5280 §6, under a profile of rules. */

import { KabinaError } from "../errors/kabina-error.ts";
import type { Certificate } from "./certificate.ts";
import { sameName } from "./name.ts";
import type { PolicyInputs } from "./path/policies.ts";
import { type PathProfile, strictProfile } from "./path/profile.ts";
import { revocationStatus } from "./path/revocation.ts";
import { checkPath, nameOf, type PathFault, type PathRules } from "./path/rules.ts";
import { findPaths } from "./path/search.ts";
import { remember } from "./remembered.ts";
import type { RevocationList } from "./revocation-list.ts";
import type { VerificationKey } from "./signature.ts";

/** Authorities between an end entity and its anchor, at most, when the caller names no other number. */
const longestPath = 8;
/** Paths that hold to every name and are checked, at most. */
const mostPaths = 64;
/** A list's signer may be certified by one whose list has yet another signer; no deeper. */
const deepestSigner = 3;

export interface PathRequest {
  readonly leaf: Certificate;
  readonly intermediates: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  /** The moment of judgement. */
  readonly at: Date;
  /** The extended key usage that the leaf must name. */
  readonly purpose?: string | undefined;
  /** The key usage that the leaf must have. */
  readonly usage?: PathRules["usage"];
  /** Strict when left out. */
  readonly profile?: PathProfile;
  readonly policies?: PolicyInputs;
  readonly longest?: number;
  /** Revocation lists; when there are any, every certificate below the anchor must be shown not to be revoked. */
  readonly lists?: readonly RevocationList[];
  /** Revocation known in another way. */
  readonly revoked?: ((certificate: Certificate, at: Date) => boolean) | undefined;
  readonly understood?: ReadonlySet<string>;
}

export type PathResult =
  | { readonly path: readonly Certificate[]; readonly policies: readonly string[]; readonly fault: undefined }
  | { readonly path: undefined; readonly fault: PathFault };

/** A path that held when it was the first one tried: it holds, and is found first, at every moment when all of it is valid. */
interface Held {
  readonly path: readonly Certificate[];
  readonly policies: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
}
const held = new Map<string, Held>();

/** The first path that holds; else the fault of the path that came furthest. Never throws on a bad certificate. */
export function judgePath(request: PathRequest): PathResult {
  const known = held.get(questionOf(request) ?? "");
  const at = request.at.getTime();
  // Whether one of it has been revoked is asked every time.
  if (known && known.fromMs <= at && at <= known.untilMs && !revokedIn(known.path, [], request, 0)) {
    return { path: known.path, policies: known.policies, fault: undefined };
  }
  return judge(request, 0);
}

/**
 * What the answer depends on, time and revocation left aside; undefined for what is rarely asked twice. A booth's own chain comes with every
 * one of its packages, and judging it takes longer than all else that is done with a manifest.
 */
function questionOf(request: PathRequest): string | undefined {
  const { leaf, intermediates, anchors, purpose, usage, profile, policies, lists, understood, longest } = request;
  if ((profile && profile !== strictProfile) || policies || lists || understood || longest !== undefined)
    return undefined;
  const hashes = (certificates: readonly Certificate[]) => certificates.map(({ sha256 }) => sha256).join();
  return [leaf.sha256, hashes(intermediates), hashes(anchors), purpose, usage].join(" ");
}

function judge(request: PathRequest, depth: number): PathResult {
  const { leaf } = request;
  const longest = request.longest ?? longestPath;
  const rules: PathRules = { ...request, profile: request.profile ?? strictProfile, longest };
  const space = { ...request, deepest: longest * 2 };
  let fault: PathFault | undefined;
  let tried = 0;
  for (const path of findPaths(leaf, space)) {
    if (++tried > mostPaths) break;
    const verdict = checkPath(path, rules);
    const found = verdict.fault ?? revokedIn(path, verdict.keys, request, depth);
    if (found === undefined && verdict.fault === undefined) {
      const question = depth === 0 && tried === 1 ? questionOf(request) : undefined;
      if (question !== undefined) {
        const fromMs = Math.max(...path.map(({ notBefore }) => notBefore.getTime()));
        const untilMs = Math.min(...path.map(({ notAfter }) => notAfter.getTime()));
        remember(held, question, { path, policies: verdict.policies, fromMs, untilMs });
      }
      return { path, policies: verdict.policies, fault: undefined };
    }
    fault = further(fault, found);
  }
  return { path: undefined, fault: fault ?? unknownIssuer(leaf) };
}

/** A path whose signatures do not even fit says less than one that fails by a rule. */
function further(before: PathFault | undefined, now: PathFault | undefined): PathFault | undefined {
  return before === undefined || before.code === "certificate/signature-wrong" ? now : before;
}

const unknownIssuer = (leaf: Certificate): PathFault => ({
  code: "certificate/issuer-unknown",
  details: { subject: nameOf(leaf) },
  certificate: leaf,
});

/** The same as an error. Returns the path, leaf first, its anchor last. Throws `certificate/*`. */
export function validatePath(request: PathRequest): readonly Certificate[] {
  const { path, fault } = judgePath(request);
  if (path) return path;
  // Nobody's signature fits: for whoever asks, the issuer is not one that is trusted here.
  const code = fault.code === "certificate/signature-wrong" ? "certificate/issuer-unknown" : fault.code;
  throw new KabinaError(code, fault.details);
}

/** Everything below the anchor. */
function revokedIn(
  path: readonly Certificate[],
  keys: readonly VerificationKey[],
  request: PathRequest,
  depth: number,
): PathFault | undefined {
  const { at, lists, revoked } = request;
  for (const [index, certificate] of path.entries()) {
    const fault = (code: string): PathFault => ({ code, details: { subject: nameOf(certificate) }, certificate });
    if (revoked?.(certificate, at)) return fault("certificate/revoked");
    const issuer = path[index + 1];
    if (!lists?.length || issuer === undefined) continue;
    const { status } = revocationStatus(certificate, {
      lists,
      at,
      conforming: (request.profile ?? strictProfile).conforming,
      signer: (list) => maySignList(list, issuer, keys[index + 1]!, request, depth),
    });
    if (status !== "good")
      return fault(status === "revoked" ? "certificate/revoked" : "certificate/revocation-unknown");
  }
  return undefined;
}

/** §6.3.3 f–g: the issuer itself, or another of the list's name that may sign lists and has a path to the same anchors. */
function maySignList(
  list: RevocationList,
  issuer: Certificate,
  issuerKey: VerificationKey,
  request: PathRequest,
  depth: number,
): boolean {
  const fits = (authority: Certificate, key?: VerificationKey) => {
    try {
      return (
        sameName(list.issuer, authority.subject) &&
        authority.mayUse("cRLSign") !== false &&
        list.verifiesWith(key ?? authority.verificationKey)
      );
    } catch {
      return false;
    }
  };
  if (fits(issuer, issuerKey)) return true;
  if (depth >= deepestSigner) return false;
  const { purpose: _purpose, usage: _usage, policies: _policies, ...rest } = request;
  return [...request.anchors, ...request.intermediates]
    .filter((one) => fits(one))
    .some((signer) => judge({ ...rest, leaf: signer }, depth + 1).path !== undefined);
}
