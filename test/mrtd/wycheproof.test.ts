/** Wycheproof's cases for what passports use: if this fails, a signature that is none passes, or a sound one is refused. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { readPublicKey, type SignatureScheme, verifySignature } from "../../crypto/certificate/signature.ts";
import { toNumber } from "../../mrtd/agreement/group.ts";
import { readAgreementKey } from "../../mrtd/agreement/public-key.ts";
import { standardGroup } from "../../mrtd/agreement/standard-groups.ts";
import { certificateOf, parseSignedData, signatureFault } from "../../mrtd/cms/signed-data.ts";
import { cmac } from "../../mrtd/messaging/aes.ts";
import { parseTlv } from "../../mrtd/tlv/node.ts";
import { hex, sharedData, unhex, whenShared } from "./shared-data.ts";

interface Group {
  publicKeyDer: string;
  sLen?: number;
  keySize?: number;
  tagSize?: number;
  tests: Record<"msg" | "sig" | "result" | "comment" | "public" | "private" | "shared" | "key" | "tag", string>[];
}

const folder = sharedData("mrtd/wycheproof");
const load = (name: string): Group[] =>
  existsSync(folder) ? JSON.parse(readFileSync(join(folder, `${name}_test.json`), "utf8")).testGroups : [];

whenShared(folder)("Wycheproof", () => {
  const signatures: Record<string, SignatureScheme> = {
    ecdsa_secp256r1_sha256: { kind: "ecdsa", digest: "sha256" },
    ecdsa_secp384r1_sha384: { kind: "ecdsa", digest: "sha384" },
    ecdsa_brainpoolP256r1_sha256: { kind: "ecdsa", digest: "sha256" },
    rsa_signature_2048_sha256: { kind: "rsa", digest: "sha256" },
    rsa_pss_2048_sha256_mgf1_32: { kind: "rsa-pss", digest: "sha256", saltLength: 32 },
  };
  for (const [name, scheme] of Object.entries(signatures)) {
    it(name, () => {
      const wrong: string[] = [];
      for (const group of load(name)) {
        const key = readPublicKey(unhex(group.publicKeyDer));
        for (const { msg, sig, result, comment } of group.tests) {
          const verifies = verifySignature(scheme, key, unhex(msg), unhex(sig));
          // "acceptable" is legacy that either answer is right for.
          if (result !== "acceptable" && verifies !== (result === "valid")) wrong.push(comment);
        }
      }
      expect(wrong).toEqual([]);
    });
  }

  it("aes_cmac", () => {
    for (const group of load("aes_cmac")) {
      if (![128, 192, 256].includes(group.keySize!)) continue; // keys that AES has not
      for (const { key, msg, tag, result } of group.tests) {
        const same = hex(cmac(unhex(key), unhex(msg)).subarray(0, group.tagSize! / 8)) === tag;
        expect(same).toBe(result === "valid");
      }
    }
  });

  it("ecdh_secp256r1", () => {
    const group = standardGroup(12)!;
    for (const test of load("ecdh_secp256r1").flatMap(({ tests }) => tests)) {
      let shared: string | undefined;
      try {
        const key = readAgreementKey(parseTlv(unhex(test.public), { where: "key" }));
        if (key?.group === group)
          shared = hex(group.secretOf(group.multiply(key.element, toNumber(unhex(test.private)))));
      } catch {
        shared = undefined;
      }
      if (test.result === "valid") expect(shared).toBe(test.shared);
      // What we refuse of the merely acceptable (compressed points, odd parameters) passports do not have.
      else if (shared !== undefined) expect([test.result, shared]).toEqual(["acceptable", test.shared]);
    }
  });
});

const cms = sharedData("mrtd/cms");
whenShared(cms)("CMS SignedData by OpenSSL", () => {
  for (const name of ["sd-p256.der", "sd-rsa.der", "sd-ber-stream-p256.der"]) {
    it(name, () => {
      const data = parseSignedData(new Uint8Array(readFileSync(join(cms, name))), name);
      const [signer] = data.signers;
      const certificate = certificateOf(signer!, data.certificates)!;
      expect(signatureFault(data, signer!, certificate)).toBeUndefined();
      expect(hex(data.content)).toBe(hex(new Uint8Array(readFileSync(join(cms, "content.bin")))));
      expect(data.departures.has("indefinite-length")).toBe(name.includes("ber"));
      const forged = { ...data, content: Uint8Array.from([...data.content, 0]) };
      expect(signatureFault(forged, signer!, certificate)).toBe("proof/signed-digest-wrong");
    });
  }
});
