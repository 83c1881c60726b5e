/**
 * Packages that must stay secret for decades: each key is one of lattices and one of a curve, and whoever would open a part or forge a signature must
 * break both. Composite ML-KEM (draft-ietf-lamps-pq-composite-kem: `id-MLKEM768-ECDH-P256-SHA3-256`) and Composite ML-DSA (draft-ietf-lamps-pq-composite-sigs:
 * `id-MLDSA65-ECDSA-P256-SHA512`), FIPS 203 and 204 by @noble/post-quantum, the curve by OpenSSL.
 *
 * Not constant-time where noble is not: JavaScript gives no such promise. The curve's half is OpenSSL's.
 */
import { createHash, createPrivateKey, type KeyObject, sign, verify } from "node:crypto";
import { ml_dsa65 } from "@noble/post-quantum/ml-dsa.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { encode, objectIdentifier, sequence } from "../der/writer.ts";
import type { RandomBytes } from "../environment.ts";
import {
  agreementKey,
  agreeWith,
  curves,
  ephemeralFor,
  generateKey,
  importPublicKey,
  publicPoint,
} from "../keys/curve.ts";
import type { KeyKind, OpenedKey, Suite } from "./kind.ts";

const curve = curves["P-256"];
const pointBytes = 1 + 2 * curve.size;
/** ECPrivateKey (RFC 5915) with the curve by name and no public key, around 32 bytes of scalar. */
const scalarPrefix = Buffer.from("30310201010420", "hex");
const scalarSuffix = Buffer.from("a00a06082a8648ce3d030107", "hex");

const identifier = (oid: string): Uint8Array => encode(sequence(objectIdentifier(oid)));

/** Of fixed length: lattice's part first, then the curve's. */
function split(bytes: Uint8Array, first: number, second?: number): [Uint8Array, Uint8Array] {
  if (second === undefined ? bytes.length <= first : bytes.length !== first + second) throw new Error("length");
  return [bytes.subarray(0, first), bytes.subarray(first)];
}

function generateScalar(random: RandomBytes): Uint8Array {
  const scalar = Buffer.from(generateKey("P-256", random).export({ format: "jwk" }).d as string, "base64url");
  return Buffer.concat([scalarPrefix, scalar, scalarSuffix]);
}

function openScalar(der: Uint8Array): KeyObject {
  const scalar = der.subarray(scalarPrefix.length, -scalarSuffix.length);
  // The one form: a key file that says more was written by somebody else.
  if (scalar.length !== curve.size || Buffer.compare(Buffer.concat([scalarPrefix, scalar, scalarSuffix]), der) !== 0)
    throw new Error("EC private key");
  return createPrivateKey({ key: Buffer.from(der), format: "der", type: "sec1" });
}

const importPoint = (point: Uint8Array): KeyObject => importPublicKey(Buffer.concat([curve.prefix, point]));

// Composite ML-DSA

const dsa = { seed: 32, publicKey: 1952, signature: 3309 } as const;
const signatureLabel = Buffer.from("COMPSIG-MLDSA65-ECDSA-P256-SHA512", "latin1");
const signaturePrefix = Buffer.from("CompositeAlgorithmSignatures2025", "latin1");

/** §2.2 with an empty context: what both halves sign. */
const representative = (data: Uint8Array): Uint8Array =>
  Buffer.concat([signaturePrefix, signatureLabel, Uint8Array.of(0), createHash("sha512").update(data).digest()]);

const signatureIdentifier = identifier("1.3.6.1.5.5.7.6.45");

export const compositeSignature: KeyKind<"ML-DSA-65+P-256"> = {
  algorithm: "ML-DSA-65+P-256",
  algorithmIdentifier: signatureIdentifier,
  signatureIdentifier,
  digest: "sha512",
  publicKeyBytes: dsa.publicKey + pointBytes,
  generate: (random) => Buffer.concat([random(dsa.seed), generateScalar(random)]),
  open(privateKey): OpenedKey {
    const [seed, der] = split(privateKey, dsa.seed);
    const lattice = ml_dsa65.keygen(Uint8Array.from(seed));
    const scalar = openScalar(der);
    return {
      publicKey: Buffer.concat([lattice.publicKey, publicPoint(scalar)]),
      sign(data) {
        const message = representative(data);
        const first = ml_dsa65.sign(message, lattice.secretKey, { context: signatureLabel }); // hedged, FIPS 204 §3.4
        return Buffer.concat([first, sign(curve.digest, message, scalar)]);
      },
    };
  },
  verify(publicKey, data, signature) {
    const [lattice, point] = split(publicKey, dsa.publicKey, pointBytes);
    const [first, second] = split(signature, dsa.signature);
    const message = representative(data);
    // Both are computed whatever the first says.
    const ofLattice = ml_dsa65.verify(first, message, lattice, { context: signatureLabel });
    return verify(curve.digest, message, importPoint(point), second) && ofLattice;
  },
};

// Composite ML-KEM

const kem = { seed: 64, publicKey: 1184, sent: 1088, random: 32 } as const;
const kemLabel = Buffer.from("MLKEM768-P256", "latin1");

/** §3.4: the curve's ciphertext and key are in it, the lattice's are bound by ML-KEM itself. */
const combine = (lattice: Uint8Array, shared: Uint8Array, sent: Uint8Array, publicKey: Uint8Array): Uint8Array =>
  createHash("sha3-256").update(lattice).update(shared).update(sent).update(publicKey).update(kemLabel).digest();

export const compositeKem: KeyKind<"ML-KEM-768+P-256"> = {
  algorithm: "ML-KEM-768+P-256",
  algorithmIdentifier: identifier("1.3.6.1.5.5.7.6.59"),
  publicKeyBytes: kem.publicKey + pointBytes,
  generate: (random) => Buffer.concat([random(kem.seed), generateScalar(random)]),
  open(privateKey): OpenedKey {
    const [seed, der] = split(privateKey, kem.seed);
    const lattice = ml_kem768.keygen(Uint8Array.from(seed));
    const scalar = openScalar(der);
    const ecdh = agreementKey(scalar);
    const point = publicPoint(scalar);
    return {
      publicKey: Buffer.concat([lattice.publicKey, point]),
      agree(sent) {
        const [first, second] = split(sent, kem.sent, pointBytes);
        const shared = agreeWith(ecdh, curve, second);
        return combine(ml_kem768.decapsulate(first, lattice.secretKey), shared, second, point);
      },
    };
  },
  encapsulate(publicKey, random) {
    const [lattice, point] = split(publicKey, kem.publicKey, pointBytes);
    const first = ml_kem768.encapsulate(lattice, Uint8Array.from(random(kem.random)));
    const second = ephemeralFor(curve, point, random);
    return {
      sent: Buffer.concat([first.cipherText, second.point]),
      shared: combine(first.sharedSecret, second.shared, second.point, point),
    };
  },
};

export const hybrid = {
  id: "mldsa65p256-mlkem768p256-aes256gcm/1",
  signs: compositeSignature.algorithm,
  receives: compositeKem.algorithm,
  kinds: [compositeSignature, compositeKem],
  secrecy: 3,
} as const satisfies Suite;
