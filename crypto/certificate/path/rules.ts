/** Checks one path, from its leaf to its anchor, by RFC 5280 §6.1. Who finds paths is `search.ts`. */
import { readDer } from "../../der/reader.ts";
import { bitString, encode, raw, sequence } from "../../der/writer.ts";
import { isCoded } from "../../errors/kabina-error.ts";
import type { Certificate } from "../certificate.ts";
import type { KeyUsage } from "../key-usage.ts";
import { sameName } from "../name.ts";
import { oids } from "../oids.ts";
import { isKeyObject, readPublicKey, type VerificationKey } from "../signature.ts";
import { nonconformity } from "./conformance.ts";
import { NameConstraints } from "./name-constraints.ts";
import { type PolicyInputs, PolicyState } from "./policies.ts";
import { type PathProfile, understoodExtensions } from "./profile.ts";

/** Why a path is refused: a code of the error catalogue, what fills its text, and the certificate that it is about. */
export interface PathFault {
  readonly code: string;
  readonly details: Readonly<Record<string, string>>;
  readonly certificate: Certificate;
}

export interface PathRules {
  readonly profile: PathProfile;
  readonly at: Date;
  /** The extended key usage that the leaf must name; not looked at when left out. */
  readonly purpose?: string | undefined;
  /** What the leaf's key must be allowed to do; not looked at when left out. */
  readonly usage?: KeyUsage | undefined;
  readonly policies?: PolicyInputs | undefined;
  /** Authorities between leaf and anchor, at most; those that follow themselves (self-issued) do not count. */
  readonly longest: number;
  /** Critical extensions that the caller processes besides those of RFC 5280. */
  readonly understood?: ReadonlySet<string> | undefined;
}

export type PathVerdict =
  | { readonly fault: PathFault }
  /**
   * `policies`: those that the path is valid under, in the anchor's words; `2.5.29.32.0` stands for any. `keys`: the key of each
   * certificate, with the parameters that it inherits.
   */
  | { readonly fault: undefined; readonly policies: readonly string[]; readonly keys: readonly VerificationKey[] };

/** `path`: leaf first, anchor last. Revocation is judged by the caller. */
export function checkPath(path: readonly Certificate[], rules: PathRules): PathVerdict {
  const at = { certificate: path[0]! };
  try {
    return check(path, rules, at);
  } catch (error) {
    // What cannot be read in a certificate is a fault of the path, not of the program.
    if (!isCoded(error)) throw error;
    const details = Object.fromEntries(Object.entries(error.details).map(([name, value]) => [name, String(value)]));
    return { fault: { code: error.code, details, certificate: at.certificate } };
  }
}

function check(path: readonly Certificate[], rules: PathRules, at: { certificate: Certificate }): PathVerdict {
  const { profile } = rules;
  const anchor = path[path.length - 1]!;
  const length = path.length - 1;
  const policies = new PolicyState(rules.policies ?? {}, length);
  const names = new NameConstraints();
  let remaining = rules.longest;
  let key: VerificationKey = anchor.verificationKey;
  const keys: VerificationKey[] = [];

  const refuse = (certificate: Certificate, code: string, details: Record<string, string> = {}): PathVerdict => ({
    fault: { code, details: { subject: nameOf(certificate), ...details }, certificate },
  });

  for (let index = length; index >= 0; index--) {
    const certificate = path[index]!;
    const below = path[index - 1];
    const above = path[index + 1];
    const last = index === 0;
    at.certificate = certificate;

    const moment = profile.validity === "as-issued" && below ? below.notBefore : rules.at;
    if (moment < certificate.notBefore)
      return refuse(certificate, "certificate/not-yet-valid", { from: certificate.notBefore.toISOString() });
    if (moment > certificate.notAfter)
      return refuse(certificate, "certificate/expired", { until: certificate.notAfter.toISOString() });
    for (const [oid, { critical }] of certificate.extensions)
      if (critical && !understoodExtensions.has(oid) && !rules.understood?.has(oid))
        return refuse(certificate, "certificate/extension-unknown", { oid });
    if (profile.conforming) {
      const broken = nonconformity(certificate, above === undefined);
      if (broken) return refuse(certificate, "certificate/nonconforming", { rule: broken });
    }

    if (above) {
      if (!sameName(certificate.issuer, above.subject)) return refuse(certificate, "certificate/issuer-unknown");
      if (!signedBy(certificate, above, key)) return refuse(certificate, "certificate/signature-wrong");
      key = keyBelow(certificate, key);
      if (last || !certificate.selfIssued) {
        const name = names.refuse(certificate);
        if (name !== undefined) return refuse(certificate, "certificate/name-constrained", { name });
      }
      if (!policies.enter(certificate, last)) return refuse(certificate, "certificate/policy");
    }
    keys.unshift(key);
    const weakness = profile.weakness(key, certificate.scheme, certificate);
    if (weakness) return refuse(certificate, "certificate/weak", { weakness });

    // An authority that names purposes issues for those only.
    const purposes = certificate.extendedKeyUsage;
    const bound = last || profile.nestedPurposes;
    if (rules.purpose && bound && (last || purposes.length > 0)) {
      const serves = purposes.includes(rules.purpose) || (!last && purposes.includes(oids.anyExtendedKeyUsage));
      if (!serves) return refuse(certificate, "certificate/purpose");
    }
    if (last) continue;

    const mayIssue = certificate.mayUse("keyCertSign");
    const trusted = above === undefined && !profile.anchorSaysAuthority && mayIssue === true;
    if (mayIssue === false || !(certificate.isAuthority || trusted))
      return refuse(certificate, "certificate/not-authority");
    if (above) {
      if (!certificate.selfIssued && --remaining < 0) return refuse(certificate, "certificate/path-length");
      const fault = policies.leave(certificate);
      if (fault) return refuse(certificate, "certificate/nonconforming", { rule: fault });
    }
    const fault = names.add(certificate);
    if (fault) return refuse(certificate, "certificate/nonconforming", { rule: fault });
    remaining = Math.min(remaining, certificate.basicConstraints?.pathLength ?? remaining);
  }

  const leaf = path[0]!;
  if (rules.usage && (rules.profile.conforming ? !leaf.mayUse(rules.usage) : leaf.mayUse(rules.usage) === false))
    return refuse(leaf, "certificate/purpose");
  const held = policies.conclude(leaf);
  return held ? { fault: undefined, policies: held, keys } : refuse(leaf, "certificate/policy");
}

/** A signature is right or wrong whatever the moment; the answer for a key with its own parameters is remembered. */
function signedBy(certificate: Certificate, issuer: Certificate, key: VerificationKey): boolean {
  const inherited = keyParameters(issuer) === "inherited";
  return inherited ? certificate.verifiesWith(key) : certificate.isSignedWith(issuer);
}

/** §6.1.4 d–f: a DSA key without parameters has those of its issuer. Throws `certificate/key-unreadable`. */
export function keyBelow(certificate: Certificate, issuerKey: VerificationKey): VerificationKey {
  if (keyParameters(certificate) === "own" || !isKeyObject(issuerKey) || issuerKey.asymmetricKeyType !== "dsa")
    return certificate.verificationKey;
  const bits = readDer(certificate.publicKeyInfo, { encoding: "ber" }).child(1);
  const issuer = readDer(issuerKey.export({ format: "der", type: "spki" }));
  return readPublicKey(encode(sequence(raw(issuer.child(0).raw), bitString(bits.bits()))));
}

const parametersOf = new WeakMap<Certificate, "own" | "inherited">();

/** Where a key's parameters are; only DSA's may be elsewhere. */
function keyParameters(certificate: Certificate): "own" | "inherited" {
  const known = parametersOf.get(certificate);
  if (known) return known;
  const algorithm = readDer(certificate.publicKeyInfo, { encoding: "ber" }).children[0];
  const inherited =
    algorithm?.child(0).oid() === oids.dsa && (algorithm.children.length === 1 || algorithm.child(1).tag === 0x05);
  const found = inherited ? "inherited" : "own";
  parametersOf.set(certificate, found);
  return found;
}

export const nameOf = (certificate: Certificate): string => certificate.commonName ?? certificate.serialHex;
