/** Whose rules a path is held to, besides those of RFC 5280 §6 that always hold. */
import { readDer } from "../../der/reader.ts";
import type { Certificate } from "../certificate.ts";
import { oids } from "../oids.ts";
import { isKeyObject, type SignatureScheme, type VerificationKey } from "../signature.ts";

export interface PathProfile {
  /**
   * `now`: every certificate is valid at the moment of judgement. `as-issued`: the leaf is, and each authority was when it issued the
   * one below it (travel documents: authorities expire before the documents that they stand behind).
   */
  readonly validity: "now" | "as-issued";
  /** What a conforming authority must write (RFC 5280 §4) is demanded, of the anchor too. */
  readonly conforming: boolean;
  /**
   * The anchor must say that it is an authority. Otherwise a trusted certificate whose key usage is to sign certificates will do: link certificates of
   * several countries lack the word.
   */
  readonly anchorSaysAuthority: boolean;
  /** Purposes named by an authority bind what it issues (as OpenSSL and browsers read them). */
  readonly nestedPurposes: boolean;
  /** What makes a key or a signature too weak; undefined when it is not. */
  weakness(key: VerificationKey, scheme: SignatureScheme, certificate: Certificate): string | undefined;
}

/** Kabina's own chains, and any of today's internet. */
export const strictProfile: PathProfile = {
  validity: "now",
  conforming: true,
  anchorSaysAuthority: true,
  nestedPurposes: true,
  weakness(key, { digest, kind }, { publicKeyInfo }) {
    if (kind !== "eddsa" && digest === "sha1") return "SHA-1";
    if (!isKeyObject(key)) return undefined; // a suite's: it is in the list of suites because it is strong enough
    const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
    if (key.asymmetricKeyType === "rsa" || key.asymmetricKeyType === "rsa-pss")
      return modulusLength < 2048 || modulusLength % 8 !== 0 ? `RSA of ${modulusLength} bits` : undefined;
    if (key.asymmetricKeyType === "ec") {
      const parameters = readDer(publicKeyInfo).child(0).children[1];
      if (parameters?.tag !== 0x06) return "curve written out";
      return strongCurves.includes(namedCurve ?? "") ? undefined : `curve ${namedCurve}`;
    }
    return ["ed25519", "ed448"].includes(key.asymmetricKeyType ?? "") ? undefined : `key ${key.asymmetricKeyType}`;
  },
};
const strongCurves: readonly string[] = ["prime256v1", "secp384r1", "secp521r1"];

/** RFC 5280 §6 and nothing beyond it: what PKITS tests. */
export const plainProfile: PathProfile = {
  validity: "now",
  conforming: false,
  anchorSaysAuthority: true,
  nestedPurposes: false,
  weakness: () => undefined,
};

/** Document signers below country signing authorities (9303-12 §7, 9303-11 §5.1): many ages of algorithm, and validity as of issue. */
export const documentProfile: PathProfile = {
  ...plainProfile,
  validity: "as-issued",
  anchorSaysAuthority: false,
};

/** Extensions that are processed or say nothing that a path depends on; any other that is critical ends it. */
export const understoodExtensions: ReadonlySet<string> = new Set([
  oids.basicConstraints,
  oids.keyUsage,
  oids.extendedKeyUsage,
  oids.subjectAltName,
  oids.issuerAltName,
  oids.subjectKeyIdentifier,
  oids.authorityKeyIdentifier,
  oids.nameConstraints,
  oids.certificatePolicies,
  oids.policyMappings,
  oids.policyConstraints,
  oids.inhibitAnyPolicy,
  oids.crlDistributionPoints,
  oids.freshestCrl,
  oids.privateKeyUsagePeriod,
]);
