/** Public keys of card-verifiable certificates (BSI TR-03110-3 §D.3): terminal authentication's algorithms, and what node:crypto makes of them. */
import type { KeyObject } from "node:crypto";
import { readPublicKey, type SignatureScheme } from "../../crypto/certificate/signature.ts";
import { bitString, derNull, derTag, integer, octetString, oid, readOid, sequence } from "../tlv/der.ts";
import type { TlvNode } from "../tlv/node.ts";

/** id-TA and the arcs below it (TR-03110-3 §A.7.3.2). */
const terminalAuthentication = "0.4.0.127.0.7.2.2.2";
const schemes: Readonly<Record<string, SignatureScheme>> = {
  "1.1": { kind: "rsa", digest: "sha1" },
  "1.2": { kind: "rsa", digest: "sha256" },
  "1.3": { kind: "rsa-pss", digest: "sha1", saltLength: 20 },
  "1.4": { kind: "rsa-pss", digest: "sha256", saltLength: 32 },
  "1.5": { kind: "rsa", digest: "sha512" },
  "1.6": { kind: "rsa-pss", digest: "sha512", saltLength: 64 },
  "2.1": { kind: "ecdsa-plain", digest: "sha1" },
  "2.2": { kind: "ecdsa-plain", digest: "sha224" },
  "2.3": { kind: "ecdsa-plain", digest: "sha256" },
  "2.4": { kind: "ecdsa-plain", digest: "sha384" },
  "2.5": { kind: "ecdsa-plain", digest: "sha512" },
};

const tag = { p: 0x81, a: 0x82, b: 0x83, generator: 0x84, order: 0x85, point: 0x86, cofactor: 0x87 } as const;
const domainTags = [tag.p, tag.a, tag.b, tag.generator, tag.order, tag.cofactor] as const;

/** Domain parameters of an EC key, by tag: only root certificates carry them, the others inherit. */
export type CvDomain = Readonly<Record<number, Uint8Array>>;

export interface CvPublicKey {
  readonly oid: string;
  readonly scheme: SignatureScheme;
  readonly domain: CvDomain | undefined;
  readonly node: TlvNode;
}

/** Reads DO'7F49'. Throws `mrtd/tlv-malformed`, also for an algorithm that is none of terminal authentication. */
export function readCvPublicKey(node: TlvNode): CvPublicKey {
  const id = readOid(node.at(0, derTag.oid));
  const scheme = id.startsWith(`${terminalAuthentication}.`) && schemes[id.slice(terminalAuthentication.length + 1)];
  if (!scheme) return node.fail("algorithm");
  const values = domainTags.map((one) => node.find(one)?.value);
  const complete = scheme.kind === "ecdsa-plain" && values.every((value) => value !== undefined);
  const domain = complete ? Object.fromEntries(domainTags.map((one, i) => [one, values[i]!])) : undefined;
  return { oid: id, scheme, domain, node };
}

/** The key for node:crypto; an EC key without its own domain parameters takes those given. */
export function keyObjectOf(key: CvPublicKey, inherited?: CvDomain): KeyObject {
  if (key.scheme.kind.startsWith("rsa")) {
    const rsa = sequence(integer(key.node.get(0x81).value), integer(key.node.get(0x82).value));
    return readPublicKey(sequence(sequence(oid("1.2.840.113549.1.1.1"), derNull()), bitString(rsa)));
  }
  const domain = key.domain ?? inherited;
  if (domain === undefined) return key.node.fail("domain-parameters");
  const parameters = sequence(
    integer(1),
    sequence(oid("1.2.840.10045.1.1"), integer(domain[tag.p]!)),
    sequence(octetString(domain[tag.a]!), octetString(domain[tag.b]!)),
    octetString(domain[tag.generator]!),
    integer(domain[tag.order]!),
    integer(domain[tag.cofactor]!),
  );
  const algorithm = sequence(oid("1.2.840.10045.2.1"), parameters);
  return readPublicKey(sequence(algorithm, bitString(key.node.get(tag.point).value)));
}
