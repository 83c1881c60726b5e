/** Active authentication (9303-11 §6.1): the chip signs a challenge with a key whose public half is signed in DG15. */
import { constants, createHash, type KeyObject, publicDecrypt } from "node:crypto";
import { type Digest, readPublicKey, verifySignature } from "../../crypto/certificate/signature.ts";
import { fileIdentities } from "../lds/file.ts";
import { isOf, parseDg14, protocolOid } from "../lds/security-infos.ts";
import { equalBytes, readOid } from "../tlv/der.ts";
import { parseTlv } from "../tlv/node.ts";
import { concat } from "../tlv/write.ts";
import { checking, failed, passed, reason } from "./reason.ts";
import type { ProofResult } from "./verdict.ts";

/** Bytes of the terminal's challenge (§6.1.3). */
export const challengeLength = 8;

export interface ActiveAuthenticationInput {
  readonly dg15: Uint8Array;
  /** Names the signature's algorithm for EC keys. */
  readonly dg14?: Uint8Array;
  readonly challenge: Uint8Array;
  readonly signature: Uint8Array;
}

/** Checks the chip's answer as a pure function. That DG15 itself is signed, passive authentication must say. */
export function proveActiveAuthentication(input: ActiveAuthenticationInput): ProofResult {
  return checking(() => {
    const key = readPublicKey(
      parseTlv(input.dg15, { where: "DG15", ber: true }).expect(fileIdentities.DG15.tag!).at(0).raw,
    );
    const holds = key.asymmetricKeyType === "rsa" ? recovers(key, input.challenge, input.signature) : signs(key, input);
    return holds ? passed : failed(reason("proof/active-authentication-wrong"));
  });
}

const plainEcdsa: Readonly<Record<string, Digest>> = {
  "0.4.0.127.0.7.1.1.4.1.1": "sha1",
  "0.4.0.127.0.7.1.1.4.1.2": "sha224",
  "0.4.0.127.0.7.1.1.4.1.3": "sha256",
  "0.4.0.127.0.7.1.1.4.1.4": "sha384",
  "0.4.0.127.0.7.1.1.4.1.5": "sha512",
};

/** ECDSA, r ‖ s (§6.1.2.3); some chips answer in DER. Without an algorithm in DG14 every hash that is not longer than the key is tried. */
function signs(key: KeyObject, { dg14, challenge, signature }: ActiveAuthenticationInput): boolean {
  const info = dg14 && parseDg14(dg14).find((one) => isOf(one, protocolOid.activeAuthentication));
  const named = info?.optional && plainEcdsa[readOid(info.optional)];
  const hashes = named === undefined ? Object.values(plainEcdsa) : [named];
  return hashes.some((hash) =>
    (["ecdsa-plain", "ecdsa"] as const).some((kind) =>
      verifySignature({ kind, digest: hash }, key, challenge, signature),
    ),
  );
}

/** Trailers of ISO/IEC 9796-2 (§6.1.2.2). */
const trailers: readonly { readonly bytes: readonly number[]; readonly hash: Digest }[] = [
  { bytes: [0xbc], hash: "sha1" },
  { bytes: [0x33, 0xcc], hash: "sha1" },
  { bytes: [0x34, 0xcc], hash: "sha256" },
  { bytes: [0x35, 0xcc], hash: "sha512" },
  { bytes: [0x36, 0xcc], hash: "sha384" },
  { bytes: [0x38, 0xcc], hash: "sha224" },
];

/** ISO/IEC 9796-2 scheme 1 with partial recovery: `6A ‖ M1 ‖ H(M1 ‖ challenge) ‖ trailer`. */
function recovers(key: KeyObject, challenge: Uint8Array, signature: Uint8Array): boolean {
  let message: Uint8Array;
  try {
    message = new Uint8Array(publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature));
  } catch {
    return false;
  }
  return [message, complement(key, message)].some((candidate) => {
    const start = candidate.findIndex((byte) => byte !== 0);
    const whole = candidate.subarray(Math.max(0, start));
    if (whole[0] !== 0x6a) return false;
    return trailers.some(({ bytes, hash }) => {
      const size = createHash(hash).digest().length;
      const end = whole.length - bytes.length;
      if (end < 1 + size || !equalBytes(whole.subarray(end), Uint8Array.from(bytes))) return false;
      const recovered = whole.subarray(1, end - size);
      const digest = createHash(hash).update(concat(recovered, challenge)).digest();
      return equalBytes(whole.subarray(end - size, end), digest);
    });
  });
}

/** ISO/IEC 9796-2 lets a signer give n − s where that is smaller. */
function complement(key: KeyObject, message: Uint8Array): Uint8Array {
  const modulus = BigInt(`0x${Buffer.from(key.export({ format: "jwk" }).n!, "base64url").toString("hex")}`);
  const value = modulus - BigInt(`0x${Buffer.from(message).toString("hex")}`);
  return Uint8Array.from(Buffer.from(value.toString(16).padStart(message.length * 2, "0"), "hex"));
}
