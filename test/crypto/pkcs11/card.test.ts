/** A member of staff's card, in software. What would be lost: signatures that are nobody's, or a card that locks because a program guessed. */
import { execFile } from "node:child_process";
import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { buildCertificate, encodeName } from "../../../crypto/certificate/builder.ts";
import type { Certificate } from "../../../crypto/certificate/certificate.ts";
import { keyUsage } from "../../../crypto/certificate/extensions.ts";
import { oids } from "../../../crypto/certificate/oids.ts";
import { signData } from "../../../crypto/cms/sign-data.ts";
import { keyIdOf } from "../../../crypto/keys/file-key.ts";
import { cardSigner, listCards, openCard } from "../../../crypto/pkcs11/card.ts";
import { Pkcs11Module } from "../../../crypto/pkcs11/module.ts";
import { findObjects, Token } from "../../../crypto/pkcs11/token.ts";
import { openssl } from "../cms/openssl.ts";
import { describeSoftHsm, pin, pinSource, softHsm, softhsmModule } from "./softhsm.ts";

const run = promisify(execFile);

describeSoftHsm("a card of staff", () => {
  let hsm: Awaited<ReturnType<typeof softHsm>>;
  let folder: string;
  const certificates: Certificate[] = [];
  const card = () => new Token(Pkcs11Module.load(softhsmModule), { label: "staff" }, pinSource);

  beforeAll(async () => {
    hsm = await softHsm("staff");
    folder = await mkdtemp(join(tmpdir(), "kabina-card-"));
    const pkcs11Tool = (...args: string[]) =>
      run("pkcs11-tool", ["--module", softhsmModule, "--token-label", "staff", "--login", "--pin", pin, ...args], {
        env: hsm.env,
      });
    // An EC and an RSA key with a certificate each, put there by OpenSC's tool.
    for (const [id, type] of [
      ["01", "EC:prime256v1"],
      ["02", "rsa:2048"],
    ] as const) {
      await pkcs11Tool("--keypairgen", "--key-type", type, "--id", id, "--label", `key ${id}`);
      await pkcs11Tool("--read-object", "--type", "pubkey", "--id", id, "--output-file", join(folder, `${id}.spki`));
      const publicKeyInfo = new Uint8Array(await readFile(join(folder, `${id}.spki`)));
      const name = encodeName([[oids.commonName, `operator ${id}`]]);
      const token = card();
      const key = createPublicKey({ key: Buffer.from(publicKeyInfo), format: "der", type: "spki" });
      // Signed by whoever: only that it names this key matters here; openssl is told not to look for an issuer.
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const certificate = await buildCertificate(
        {
          serialNumber: Uint8Array.of(Number(id)),
          issuer: name,
          subject: name,
          notBefore: new Date("2026-01-01T00:00:00Z"),
          notAfter: new Date("2036-01-01T00:00:00Z"),
          publicKeyInfo,
          extensions: [keyUsage("digitalSignature")],
        },
        {
          scheme: { kind: "ecdsa", digest: "sha256" },
          sign: async (data) => new Uint8Array(sign("sha256", data, privateKey)),
        },
      );
      expect(keyIdOf(key)).toBe(certificate.keyId);
      await writeFile(join(folder, `${id}.crt`), certificate.der);
      await pkcs11Tool(
        "--write-object",
        join(folder, `${id}.crt`),
        "--type",
        "cert",
        "--id",
        id,
        "--label",
        `certificate ${id}`,
      );
      certificates.push(certificate);
      await token.close();
    }
  }, 60_000);
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await rm(hsm.folder, { recursive: true });
  });

  it("shows its certificates and how its PIN stands, without the PIN", () => {
    const [found] = listCards(Pkcs11Module.load(softhsmModule));
    expect(found).toMatchObject({ label: "staff", pin: "ok", ownKeypad: false });
    expect(found?.certificates.map(({ id, certificate }) => [id, certificate.commonName])).toEqual([
      ["01", "operator 01"],
      ["02", "operator 02"],
    ]);
  });

  it("signs with an EC and with an RSA key, and openssl verifies it", async () => {
    const token = card();
    expect((await openCard(token)).certificates.length).toBe(2);
    await writeFile(join(folder, "document"), "a decision");
    for (const [index, id] of ["01", "02"].entries()) {
      const signer = await cardSigner(token, id, async () => Buffer.from(pin));
      expect(signer.certificate.sha256).toBe(certificates[index]!.sha256);
      const signature = await signData(Buffer.from("a decision"), [signer], {
        detached: true,
        certificates: [signer.certificate],
      });
      await writeFile(join(folder, "signature"), signature);
      const args = [
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        join(folder, "signature"),
        "-content",
        join(folder, "document"),
      ];
      expect((await openssl("cms", ...args, "-noverify")).toString()).toBe("a decision");
      await writeFile(join(folder, "document"), "another decision");
      await expect(openssl("cms", ...args, "-noverify")).rejects.toThrow();
      await writeFile(join(folder, "document"), "a decision");
    }
    await expect(cardSigner(token, "77")).rejects.toMatchObject({ code: "token/key-missing" });
    await token.close();
  });

  it("that goes away in the middle signs nothing", async () => {
    const token = card();
    const signer = await cardSigner(token, "01");
    const { calls } = token.module;
    await token.use(async (session) => calls.C_CloseSession(session)); // what a card that is pulled out does to its sessions
    await expect(signer.sign(Buffer.from("x"))).rejects.toMatchObject({ code: "token/removed" });
    // The next use finds it again and logs in anew.
    expect((await signer.sign(Buffer.from("x"))).length).toBeGreaterThan(60);
    await token.close();
    expect(() => findObjects(token.module, Buffer.alloc(8), [])).toThrow();
  });
});
