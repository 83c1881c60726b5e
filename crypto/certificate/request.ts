/** A certification request (PKCS#10, RFC 2986): what a booth sends to be certified, and the proof that it holds the key. */
import { createHash, createPublicKey } from "node:crypto";
import { type DerElement, readDer } from "../der/reader.ts";
import { tags } from "../der/tags.ts";
import {
  bitString,
  contextConstructed,
  encode,
  integer,
  objectIdentifier,
  raw,
  sequence,
  setOf,
} from "../der/writer.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import { curves, importFreshKey } from "../keys/curve.ts";
import { suiteIds } from "../suites/names.ts";
import { algorithmOf, suiteKeyOf, suites } from "../suites/registry.ts";
import { type Extension, encodeExtension } from "./builder.ts";
import { oids } from "./oids.ts";
import {
  type Digest,
  readScheme,
  type Signer,
  signatureAlgorithm,
  type VerificationKey,
  verifySignature,
} from "./signature.ts";

/** Bytes of a request: one with a name, a P-256 key and a few extensions has 300 to 600. */
export const largestRequest = 8 * 1024;
/** Elements of a name, and attributes, that a request may have. */
const mostElements = 400;
const deepest = 12;
const weakDigests: readonly Digest[] = ["sha1", "sha224"];

export interface CertificationRequest {
  readonly der: Uint8Array;
  /** DER of the subject's name. */
  readonly subject: Uint8Array;
  readonly commonName: string | undefined;
  /** SubjectPublicKeyInfo as DER. */
  readonly publicKeyInfo: Uint8Array;
  /** Lower-case hex SHA-256 of `publicKeyInfo`: what an officer compares with the booth's screen. */
  readonly keyId: string;
}

/** Makes a request for the signer's own key. */
export async function buildRequest(
  subject: Uint8Array,
  publicKeyInfo: Uint8Array,
  signer: Signer,
  extensions: readonly Extension[] = [],
): Promise<Uint8Array> {
  const wanted = sequence(...extensions.map(encodeExtension));
  const attributes = extensions.length > 0 ? [sequence(objectIdentifier(oids.extensionRequest), setOf(wanted))] : [];
  const body = encode(sequence(integer(0), raw(subject), raw(publicKeyInfo), contextConstructed(0, ...attributes)));
  return encode(sequence(raw(body), signatureAlgorithm(signer.scheme), bitString(await signer.sign(body))));
}

/**
 * Reads a request and checks that whoever made it holds the key. Nothing that it asks for besides key and name is granted: the
 * authority's own profile says what a certificate holds. Throws `request/malformed`, `request/too-large`, `request/key-unfit`,
 * `request/proof-weak`, `request/no-possession`.
 */
export async function readRequest(der: Uint8Array): Promise<CertificationRequest> {
  if (der.length > largestRequest)
    throw new KabinaError("request/too-large", { size: der.length, limit: largestRequest });
  const fields = orMalformed(() => readFields(der));
  const publicKey = await readKey(fields.publicKeyInfo);
  const scheme = orMalformed(() => readScheme(fields.algorithm));
  if (weakDigests.includes(scheme.digest)) throw new KabinaError("request/proof-weak", { digest: scheme.digest });
  if (!verifySignature(scheme, publicKey, fields.body, fields.signature))
    throw new KabinaError("request/no-possession");
  const { subject, commonName, publicKeyInfo } = fields;
  return {
    der,
    subject,
    commonName,
    publicKeyInfo,
    keyId: createHash("sha256").update(publicKeyInfo).digest("hex"),
  };
}

function readFields(der: Uint8Array) {
  const outer = readDer(der, { bytes: largestRequest, depth: deepest, elements: mostElements }).expect(tags.sequence);
  if (outer.children.length !== 3) throw new KabinaError("request/malformed", { reason: "not three elements" });
  const body = outer.child(0, tags.sequence);
  if (body.child(0).smallInteger() !== 0) throw new KabinaError("request/malformed", { reason: "version" });
  const subject = body.child(1, tags.sequence);
  walk(body.child(3, 0xa0));
  return {
    body: body.raw,
    subject: subject.raw,
    commonName: commonNameOf(subject),
    publicKeyInfo: body.child(2, tags.sequence).raw,
    algorithm: outer.child(1, tags.sequence),
    signature: outer.child(2).bits(),
  };
}

/** Every element of what is not used is still read, so that a request that hides rubbish is refused as such. */
function walk(element: DerElement): void {
  if (element.constructed) for (const child of element.children) walk(child);
}

function commonNameOf(name: DerElement): string | undefined {
  const found = name.children
    .flatMap((set) => set.children)
    .filter((pair) => pair.child(0).oid() === oids.commonName)
    .map((pair) => Buffer.from(pair.child(1).value).toString("utf8"));
  if (found.length > 1) throw new KabinaError("request/malformed", { reason: "two common names" });
  return found[0];
}

/** Keys that booths sign packages with, each in its one form. */
async function readKey(publicKeyInfo: Uint8Array): Promise<VerificationKey> {
  const known = algorithmOf(publicKeyInfo);
  try {
    if (known && suiteIds.some((id) => suites[id].signs === known))
      return suiteKeyOf(publicKeyInfo) ?? (await importFreshKey(publicKeyInfo));
    if (known) throw new KabinaError("request/key-unfit", { found: known });
    const key = createPublicKey({ key: Buffer.from(publicKeyInfo), format: "der", type: "spki" });
    const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
    const found = namedCurve ?? `${key.asymmetricKeyType} ${modulusLength ?? ""}`.trim();
    throw new KabinaError("request/key-unfit", {
      found: Object.values(curves).some(({ name }) => name === namedCurve) ? `${found}, another form` : found,
    });
  } catch (cause) {
    if (cause instanceof KabinaError) throw cause;
    throw new KabinaError("request/key-unfit", { found: "unreadable" }, { cause });
  }
}

function orMalformed<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof KabinaError && cause.code.startsWith("request/")) throw cause;
    const reason = cause instanceof KabinaError ? String(cause.details.reason ?? cause.code) : "unreadable";
    throw new KabinaError("request/malformed", { reason }, { cause });
  }
}
