/** What would be lost: a package that only Kabina itself can open or check. */
import { createPrivateKey } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Certificate } from "../../../crypto/certificate/certificate.ts";
import { drawEnvelope, openEnvelope, parseAuthEnvelope, sealEnvelope } from "../../../crypto/cms/auth-envelope.ts";
import { handleSigner, signData } from "../../../crypto/cms/sign-data.ts";
import { parseSignedData, signingTime, verifySigner } from "../../../crypto/cms/signed-data.ts";
import { encode } from "../../../crypto/der/writer.ts";
import { FileKey } from "../../../crypto/keys/file-key.ts";
import type { PrivateKeyHandle } from "../../../crypto/keys/key.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import { openssl } from "./openssl.ts";

let folder: string;
let key: PrivateKeyHandle;
let certificate: Certificate;
const at = (name: string) => join(folder, name);
const content = Buffer.from("what the booth saw\0\x01\xff".repeat(1000), "latin1");
const context = Buffer.alloc(32, 7);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-cms-"));
  const names = ["-subj", "/CN=judge", "-addext", "keyUsage=digitalSignature,keyAgreement"];
  const made = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-keyout",
    at("k.pem"),
  ];
  const pem = (await openssl(...made, ...names)).toString();
  const keyPem = (await openssl("pkey", "-in", at("k.pem"))).toString();
  await writeFile(at("c.pem"), pem);
  await writeFile(at("content"), content);
  certificate = Certificate.fromPem(pem)[0]!;
  key = new FileKey("operator", createPrivateKey(keyPem), [certificate]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("AuthEnvelopedData", () => {
  it("made here, opened by openssl", async () => {
    const der = encode(sealEnvelope(content, drawEnvelope([certificate, certificate], context, systemRandom)));
    await writeFile(at("e.der"), der);
    const args = [
      "cms",
      "-decrypt",
      "-inform",
      "DER",
      "-in",
      at("e.der"),
      "-recip",
      at("c.pem"),
      "-inkey",
      at("k.pem"),
    ];
    expect((await openssl(...args, "-binary")).equals(content)).toBe(true);
    expect(Buffer.from(await openEnvelope(parseAuthEnvelope(der), key)).equals(content)).toBe(true);
  });

  it("openssl refuses it when its context is changed: the context is bound", async () => {
    const der = encode(sealEnvelope(content, drawEnvelope([certificate], context, systemRandom)));
    const where = Buffer.from(der).indexOf(context);
    der[where] = 8;
    await writeFile(at("x.der"), der);
    const args = [
      "cms",
      "-decrypt",
      "-inform",
      "DER",
      "-in",
      at("x.der"),
      "-recip",
      at("c.pem"),
      "-inkey",
      at("k.pem"),
    ];
    await expect(openssl(...args, "-binary")).rejects.toThrow();
    await expect(openEnvelope(parseAuthEnvelope(der), key)).rejects.toMatchObject({ code: "cms/decrypt" });
  });

  it("made by openssl, opened here", async () => {
    const wrap = ["-aes-256-gcm", "-recip", at("c.pem"), "-keyopt", "ecdh_kdf_md:sha256", "-aes256-wrap"];
    const der = await openssl("cms", "-encrypt", "-binary", "-in", at("content"), "-outform", "DER", ...wrap);
    expect(Buffer.from(await openEnvelope(parseAuthEnvelope(der), key)).equals(content)).toBe(true);
  });
});

describe("SignedData", () => {
  const time = new Date("2026-11-21T12:00:00Z");

  it("made here, detached, verified by openssl", async () => {
    const options = { detached: true, certificates: [certificate] };
    const der = await signData(content, [handleSigner(key, time)], options);
    await writeFile(at("s.p7s"), der);
    const args = ["cms", "-verify", "-binary", "-inform", "DER", "-in", at("s.p7s"), "-content", at("content")];
    const out = await openssl(...args, "-CAfile", at("c.pem"), "-purpose", "any", "-cades");
    expect(out.equals(content)).toBe(true);
    const parsed = parseSignedData(der);
    verifySigner(parsed, parsed.signers[0]!, certificate, content);
    expect(signingTime(parsed.signers[0]!)).toEqual(time);
  });

  it.each([["-nodetach"], ["-cades"], ["-keyid"], ["-noattr"], ["-md", "sha512"]])(
    "made by openssl (%s), verified here",
    async (...how) => {
      const signed = ["cms", "-sign", "-binary", "-in", at("content"), "-signer", at("c.pem"), "-inkey", at("k.pem")];
      const parsed = parseSignedData(await openssl(...signed, "-outform", "DER", ...how));
      verifySigner(parsed, parsed.signers[0]!, parsed.certificates[0]!, parsed.content ?? content);
      const other = Uint8Array.from(content);
      other[5]! ^= 1;
      expect(() => verifySigner(parsed, parsed.signers[0]!, certificate, other)).toThrow("cms/signature-invalid");
    },
  );

  it("streamed by openssl (BER), read when asked to, refused as DER", async () => {
    const signed = ["cms", "-sign", "-binary", "-stream", "-nodetach", "-in", at("content"), "-signer", at("c.pem")];
    const ber = await openssl(...signed, "-inkey", at("k.pem"), "-outform", "DER");
    expect(() => parseSignedData(ber)).toThrow("der/malformed");
    const parsed = parseSignedData(ber, { encoding: "ber" });
    expect(Buffer.from(parsed.content!).equals(content)).toBe(true);
    verifySigner(parsed, parsed.signers[0]!, parsed.certificates[0]!, parsed.content!);
  });
});
