/** What would be lost: a forged signature or a wrong key, let in by an edge case that someone has published. */
import { createCipheriv, createDecipheriv, createPrivateKey, createPublicKey, hkdfSync } from "node:crypto";
import { expect, it } from "@jest/globals";
import { type SignatureScheme, verifySignature } from "../../../crypto/certificate/signature.ts";
import { publicPoint } from "../../../crypto/keys/curve.ts";
import { FileKey } from "../../../crypto/keys/file-key.ts";
import { describePublished, publishedJson } from "../published.ts";

interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: "valid" | "invalid" | "acceptable";
  readonly [field: string]: unknown;
}
interface Group {
  readonly tests: readonly Vector[];
  readonly [field: string]: unknown;
}
const groups = (name: string) => publishedJson<{ testGroups: Group[] }>(`wycheproof/${name}.json`).testGroups;
const bytes = (value: unknown) => Buffer.from(String(value), "hex");
const text = (test: Vector) => `${test.tcId} ${test.comment} [${test.flags.join()}]`;

describePublished("signatures", "wycheproof", () => {
  it.each<[string, SignatureScheme]>([
    ["ecdsa_secp256r1_sha256_test", { kind: "ecdsa", digest: "sha256" }],
    ["ecdsa_secp384r1_sha384_test", { kind: "ecdsa", digest: "sha384" }],
    ["ecdsa_brainpoolP256r1_sha256_test", { kind: "ecdsa", digest: "sha256" }],
    ["rsa_signature_2048_sha256_test", { kind: "rsa", digest: "sha256" }],
    ["rsa_pss_2048_sha256_mgf1_32_test", { kind: "rsa-pss", digest: "sha256", saltLength: 32 }],
  ])("%s", (name, scheme) => {
    const wrong: string[] = [];
    for (const group of groups(name)) {
      const key = createPublicKey(String(group.publicKeyPem));
      for (const test of group.tests) {
        const taken = verifySignature(scheme, key, bytes(test.msg), bytes(test.sig));
        if (test.result !== "acceptable" && taken !== (test.result === "valid")) wrong.push(text(test));
      }
    }
    expect(wrong).toEqual([]);
  });
});

describePublished("agreement on P-256", "wycheproof", () => {
  it("gives the shared secret, and never one for a point off the curve", async () => {
    const wrong: string[] = [];
    for (const group of groups("ecdh_secp256r1_test"))
      for (const test of group.tests) {
        const d = bytes(test.private);
        const scalar = Buffer.concat([Buffer.alloc(32), d]).subarray(-32);
        const sec1 = Buffer.concat([
          Buffer.from("30310201010420", "hex"),
          scalar,
          Buffer.from("a00a06082a8648ce3d030107", "hex"),
        ]);
        let shared: string | undefined;
        try {
          const key = new FileKey("operator", createPrivateKey({ key: sec1, format: "der", type: "sec1" }));
          const peer = createPublicKey({ key: bytes(test.public), format: "der", type: "spki" });
          shared = Buffer.from(await key.agree(publicPoint(peer))).toString("hex");
        } catch {}
        const right = test.result === "valid" ? shared === test.shared : shared === undefined || shared === test.shared;
        if (!right) wrong.push(text(test));
      }
    expect(wrong).toEqual([]);
  });
});

describePublished("content and key encryption", "wycheproof", () => {
  it("AES-GCM with our nonce and tag lengths", () => {
    const wrong: string[] = [];
    for (const group of groups("aes_gcm_test")) {
      if (group.keySize !== 256 || group.ivSize !== 96 || group.tagSize !== 128) continue;
      for (const test of group.tests) {
        const cipher = createCipheriv("aes-256-gcm", bytes(test.key), bytes(test.iv));
        cipher.setAAD(bytes(test.aad));
        const ct = Buffer.concat([cipher.update(bytes(test.msg)), cipher.final()]).toString("hex");
        const same = ct === test.ct && cipher.getAuthTag().toString("hex") === test.tag;
        let opened = true;
        try {
          const decipher = createDecipheriv("aes-256-gcm", bytes(test.key), bytes(test.iv), { authTagLength: 16 });
          decipher.setAAD(bytes(test.aad));
          decipher.setAuthTag(bytes(test.tag));
          decipher.update(bytes(test.ct));
          decipher.final();
        } catch {
          opened = false;
        }
        const valid = test.result === "valid";
        if (opened !== valid || (valid && !same)) wrong.push(text(test));
      }
    }
    expect(wrong).toEqual([]);
  });

  it("HKDF with SHA-256", () => {
    const wrong: string[] = [];
    for (const group of groups("hkdf_sha256_test"))
      for (const test of group.tests) {
        if (test.result !== "valid") continue;
        const okm = Buffer.from(
          hkdfSync("sha256", bytes(test.ikm), bytes(test.salt), bytes(test.info), Number(test.size)),
        );
        if (okm.toString("hex") !== test.okm) wrong.push(text(test));
      }
    expect(wrong).toEqual([]);
  });
});
