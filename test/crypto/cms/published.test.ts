/** What would be lost: security objects and messages of others, misread or believed without reason. */
import { createPrivateKey } from "node:crypto";
import { expect, it } from "@jest/globals";
import { Certificate } from "../../../crypto/certificate/certificate.ts";
import { openEnvelope, parseAuthEnvelope } from "../../../crypto/cms/auth-envelope.ts";
import { identifies, parseSignedData, verifySigner } from "../../../crypto/cms/signed-data.ts";
import { readDer } from "../../../crypto/der/reader.ts";
import { FileKey } from "../../../crypto/keys/file-key.ts";
import { describePublished, published, publishedJson } from "../published.ts";

describePublished("messages made by OpenSSL", "cms/cases.json", () => {
  it.each(["sd-p256.der", "sd-rsa.der", "sd-detached-p256.der", "sd-ber-stream-p256.der"])("%s verifies", (name) => {
    const signed = parseSignedData(published(`cms/${name}`), name.includes("-ber-") ? { encoding: "ber" } : {});
    const content = published("cms/content.bin");
    if (signed.content) expect(Buffer.from(signed.content).equals(content)).toBe(true);
    const signer = signed.signers[0]!;
    const certificate = signed.certificates.find((candidate) => identifies(signer.id, candidate))!;
    verifySigner(signed, signer, certificate, content);
    expect(() => verifySigner(signed, signer, certificate, Buffer.concat([content, content]))).toThrow(
      "cms/signature-invalid",
    );
  });

  it("env-aes-256-gcm-p256.der opens", async () => {
    const chain = Certificate.fromPem(published("cms/p256.crt").toString());
    const key = new FileKey("server-recipient", createPrivateKey(published("cms/p256.key")), chain);
    const plaintext = await openEnvelope(parseAuthEnvelope(published("cms/env-aes-256-gcm-p256.der")), key);
    expect(Buffer.from(plaintext).equals(published("cms/content.bin"))).toBe(true);
  });

  it.each([
    ["env-aes-256-cbc-p256.der", "cms/type"],
    ["env-aes-256-cbc-rsa.der", "cms/type"],
    ["env-aes-256-gcm-rsa.der", "der/malformed"],
  ])("%s is not of our suite and refused as such", (name, code) => {
    expect(() => parseAuthEnvelope(published(`cms/${name}`))).toThrow(code);
  });
});

describePublished("master lists of two countries", "masterlists", () => {
  it.each([
    ["NL_ML_2025-12-20.ml", "NL_ROOT_CA.cer"],
    ["NL_ML_2026-04-02.ml", "NL_ROOT_CA.cer"],
    ["DE_ML_2025-03-05-08-05-28.ml", "DE_ROOT_CA_CSCA07.cer"],
    ["DE_ML_2026-01-08-12-20-54.ml", "DE_ROOT_CA_CSCA07.cer"],
  ])("%s is signed under %s", (list, rootFile) => {
    const signed = parseSignedData(published(`masterlists/${list}`), { encoding: "ber" });
    const signer = signed.signers[0]!;
    const certificate = signed.certificates.find((candidate) => identifies(signer.id, candidate))!;
    verifySigner(signed, signer, certificate, signed.content!);
    const bytes = published(`masterlists/${rootFile}`);
    const root = bytes[0] === 0x30 ? new Certificate(bytes) : Certificate.fromPem(bytes.toString())[0]!;
    expect(certificate.isSignedBy(root)).toBe(true);
  });
});

interface SecurityObject {
  readonly name: string;
  readonly efSod: string;
  readonly csca?: string;
  readonly dsc?: string;
}

describePublished("security objects of six countries", "sod/sod-by-country.json", () => {
  it("are signed by their document signer, and that by its country", () => {
    const verified: string[] = [];
    for (const { name, efSod, csca, dsc } of publishedJson<SecurityObject[]>("sod/sod-by-country.json")) {
      if (!csca || !dsc) continue;
      const sod = readDer(Buffer.from(efSod, "hex"), { encoding: "ber" }).expect(0x77);
      const signed = parseSignedData(sod.value, { encoding: "ber" });
      const certificate = new Certificate(Buffer.from(dsc, "hex"), { encoding: "ber" });
      verifySigner(signed, signed.signers[0]!, certificate, signed.content!);
      expect([name, certificate.isSignedBy(new Certificate(Buffer.from(csca, "hex"), { encoding: "ber" }))]).toEqual([
        name,
        true,
      ]);
      verified.push(name);
    }
    expect(verified).toEqual(["AT", "AU", "DE", "FR", "MY", "UK"]);
  });
});
