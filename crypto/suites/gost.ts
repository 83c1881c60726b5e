/**
 * Signatures by GOST R 34.10-2012 with 256-bit keys over GOST R 34.11-2012 (Streebog-256): packages are signed so and encrypted as in the P-256 suite. Keys,
 * signatures and certificates as RFC 9215 has them, on `id-tc26-gost-3410-2012-256-paramSetA`.
 *
 * All of its arithmetic is the GOST engine's (gost.so of gost-engine, in Debian `libengine-gost-openssl`), loaded into this process by `loadGostEngine` and
 * not otherwise: without it every use throws `suite/module-missing`. No arithmetic with secrets is done in JavaScript; whether the engine's takes the same
 * time for every key is the engine's to say. It is not a certified means of protection.
 */
import { constants, createPrivateKey, createPublicKey, type KeyObject, setEngine, sign, verify } from "node:crypto";
import { encode, integer, objectIdentifier, octetString, raw, sequence } from "../der/writer.ts";
import type { RandomBytes } from "../environment.ts";
import { KabinaError } from "../errors/kabina-error.ts";
import type { KeyKind, OpenedKey, Suite } from "./kind.ts";

/** As the engine calls Streebog-256. */
const digest = "md_gost12_256";
const scalarBytes = 32;
/** OCTET STRING of x and y, each little-endian (RFC 9215 §4.3). */
const pointBytes = 2 + 2 * scalarBytes;
/** The order of the group, which a scalar must be below: RFC 7836, Appendix A.2. */
const order = Buffer.from("400000000000000000000000000000000fd8cddfc87b6635c115af556c360c67", "hex");
const mostDraws = 16;

const algorithmIdentifier = encode(
  sequence(objectIdentifier("1.2.643.7.1.1.1.1"), sequence(objectIdentifier("1.2.643.7.1.2.1.1.1"))),
);

let loaded: string | null = null;

/** Loads the engine from its file for the whole process; other algorithms stay OpenSSL's own. Throws `suite/module-missing`. */
export function loadGostEngine(path: string): void {
  const { ENGINE_METHOD_DIGESTS, ENGINE_METHOD_PKEY_METHS, ENGINE_METHOD_PKEY_ASN1_METHS } = constants;
  try {
    setEngine(path, ENGINE_METHOD_DIGESTS | ENGINE_METHOD_PKEY_METHS | ENGINE_METHOD_PKEY_ASN1_METHS);
    loaded = path;
  } catch (cause) {
    throw new KabinaError("suite/module-missing", { suite: gost.id, module: path }, { cause });
  }
}

/** What a kabina process that this one starts is told, so that it has the engine too. */
export const gostEngineArguments = (): readonly string[] => (loaded === null ? [] : ["--gost-engine", loaded]);

function needEngine(): void {
  if (loaded === null) throw new KabinaError("suite/module-missing", { suite: gost.id, module: "gost.so" });
}

/** PKCS#8 as the engine reads it: the scalar little-endian (RFC 9215 §4.4). Only PEM reaches the engine's decoder. */
function importScalar(scalar: Uint8Array): KeyObject {
  const der = encode(sequence(integer(0), raw(algorithmIdentifier), octetString(scalar)));
  const pem = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(der).toString("base64")}\n-----END PRIVATE KEY-----\n`;
  der.fill(0);
  return createPrivateKey(pem);
}

const prefix = Buffer.from("305e301706082a85030701010101300b06092a8503070102010101034300", "hex");
const importPoint = (point: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([prefix, point]), format: "der", type: "spki" });

export const gostSignature: KeyKind<"GOST-2012-256"> = {
  algorithm: "GOST-2012-256",
  algorithmIdentifier,
  signatureIdentifier: encode(sequence(objectIdentifier("1.2.643.7.1.1.3.2"))),
  digest: "streebog256",
  publicKeyBytes: pointBytes,
  generate(random: RandomBytes): Uint8Array {
    for (let draw = 0; draw < mostDraws; draw++) {
      const scalar = Buffer.from(random(scalarBytes));
      const bigEndian = Buffer.from(scalar).reverse();
      const fits = Buffer.compare(bigEndian, order) < 0 && bigEndian.some((byte) => byte !== 0);
      bigEndian.fill(0);
      if (fits) return scalar;
    }
    throw new KabinaError("key/randomness", {});
  },
  open(privateKey): OpenedKey {
    needEngine();
    if (privateKey.length !== scalarBytes) throw new Error("length");
    const key = importScalar(privateKey);
    const info = createPublicKey(key).export({ format: "der", type: "spki" });
    return { publicKey: info.subarray(-pointBytes), sign: (data) => sign(digest, data, key) };
  },
  verify(publicKey, data, signature) {
    needEngine();
    return signature.length === 2 * scalarBytes && verify(digest, data, importPoint(publicKey), signature);
  },
};

export const gost = {
  id: "gost2012-256-p256-aes256gcm/1",
  signs: gostSignature.algorithm,
  receives: "P-256",
  kinds: [gostSignature],
  secrecy: 1,
  ready: needEngine,
} as const satisfies Suite;
