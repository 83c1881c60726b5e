/** A bundle of certificates and nothing else: the "certs-only" CMS message of RFC 5272 §4.1 that EST answers with. */
import { readDer } from "../der/reader.ts";
import { tags } from "../der/tags.ts";
import { contextConstructed, encode, integer, objectIdentifier, raw, sequence, setOf } from "../der/writer.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { Certificate } from "./certificate.ts";
import { oids } from "./oids.ts";

const largestBundle = 256 * 1024; // bytes
const mostCertificates = 32;

export function encodeBundle(certificates: readonly Certificate[]): Uint8Array {
  const signedData = sequence(
    integer(1),
    setOf(),
    sequence(objectIdentifier(oids.data)),
    contextConstructed(0, ...certificates.map((certificate) => raw(certificate.der))),
    setOf(),
  );
  return encode(sequence(objectIdentifier(oids.signedData), contextConstructed(0, signedData)));
}

/** The certificates of a bundle, in its order. Throws `certificate/malformed`. */
export function readBundle(der: Uint8Array): readonly Certificate[] {
  try {
    const outer = readDer(der, { bytes: largestBundle, depth: 20 }).expect(tags.sequence);
    if (outer.child(0).oid() !== oids.signedData) throw new Error("not signed data");
    const certificates = outer
      .child(1, 0xa0)
      .child(0, tags.sequence)
      .children.find((field) => field.tag === 0xa0);
    const found = certificates?.children ?? [];
    if (found.length > mostCertificates) throw new Error("too many certificates");
    return found.map((element) => new Certificate(element.raw));
  } catch (cause) {
    throw new KabinaError("certificate/malformed", { reason: "bundle" }, { cause });
  }
}
