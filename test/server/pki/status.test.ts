/** Revocation as openssl sees it. What would be lost: a stolen booth that goes on being believed. */
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Certificate } from "../../../crypto/certificate/certificate.ts";
import { RevocationList } from "../../../crypto/certificate/revocation-list.ts";
import { Register } from "../../../server/register/register.ts";
import { makePkiInstallation, type PkiInstallation } from "./pki-installation.ts";

let office: PkiInstallation;
let booth: Certificate;
beforeAll(async () => {
  office = await makePkiInstallation();
  booth = (await (await office.keys("booth")).load("booth-identity")).chain[0]!;
  await writeFile(office.path("booth.pem"), booth.toPem());
});
afterAll(() => office.remove());

const ask = (...more: string[]) =>
  office.openssl(
    ...["ocsp", "-issuer", "booths.pem", "-cert", "booth.pem", "-url", `${office.url}/pki/status`],
    ...["-CAfile", "root.pem", "-verify_other", "booths.pem", "-resp_text", ...more],
  );
async function fetchList(): Promise<RevocationList> {
  await office.curl("-o", "booths.crl", `${office.url}/pki/lists/booths.crl`);
  const { readFile } = await import("node:fs/promises");
  return new RevocationList(await readFile(office.path("booths.crl")));
}
const verifyWithList = async () => {
  await office.openssl("crl", "-inform", "DER", "-in", "booths.crl", "-out", "booths.crl.pem");
  return office.openssl(
    ...["verify", "-crl_check", "-CAfile", "root.pem", "-untrusted", "booths.pem"],
    ...["-CRLfile", "booths.crl.pem", "booth.pem"],
  );
};

describe("a certificate that holds", () => {
  it("is good to openssl's OCSP client, with a nonce and without", async () => {
    for (const said of [await ask(), await ask("-no_nonce")]) {
      expect(said).toContain("Response verify OK");
      expect(said).toContain("booth.pem: good");
      expect(said).not.toContain("WARNING");
    }
  });

  it("passes openssl verify with the list, which openssl finds signed by the authority", async () => {
    const list = await fetchList();
    list.assertSignedBy(office.provisioned.trust.booths);
    expect(() => list.assertSignedBy(office.provisioned.trust.servers)).toThrow("revocation/foreign");
    const said = await office.openssl("crl", "-inform", "DER", "-in", "booths.crl", "-noout", "-CAfile", "chain.pem");
    expect(said).toContain("verify OK");
    expect(await verifyWithList()).toContain("booth.pem: OK");
  });
});

describe("a certificate that is unknown", () => {
  it("is said to be unknown, and one of a foreign authority is refused", async () => {
    const said = await office.openssl(
      ...["ocsp", "-issuer", "booths.pem", "-serial", "12345", "-url", `${office.url}/pki/status`],
      ...["-CAfile", "root.pem", "-verify_other", "booths.pem"],
    );
    expect(said).toContain("12345: unknown");
    const foreign = await office.openssl(
      ...[
        "ocsp",
        "-issuer",
        "root.pem",
        "-cert",
        "booth.pem",
        "-url",
        `${office.url}/pki/status`,
        "-CAfile",
        "root.pem",
      ],
    );
    expect(foreign).toContain("unauthorized");
  });

  it("rubbish is answered as a malformed question", async () => {
    await writeFile(office.path("rubbish"), "rubbish");
    await office.curl("-o", "answer", "--data-binary", "@rubbish", `${office.url}/pki/status`);
    expect(await office.openssl("ocsp", "-respin", "answer", "-text")).toContain("malformedrequest");
  });
});

describe("a certificate that is revoked by another process", () => {
  it("is revoked at the next question, on the next list, and from the suspected moment on", async () => {
    const before = await fetchList();
    await ask("-no_nonce");
    const since = new Date(Math.floor(Date.now() / 1000) * 1000 - 3 * 86_400_000);
    // As `kabina pki revoke` beside a running server does it.
    const other = new Register(office.path("server/register.sqlite"));
    other.change(() => other.revoke(booth.serialHex, new Date().toISOString(), "keyCompromise", since.toISOString()));
    other.close();
    for (const said of [await ask(), await ask("-no_nonce")]) {
      expect(said).toContain("Response verify OK");
      expect(said).toContain("booth.pem: revoked");
      expect(said).toContain("keyCompromise");
    }
    const list = await fetchList();
    expect(list.number).toBeGreaterThan(before.number!);
    expect(await verifyWithList()).toContain("certificate revoked");
    expect(await office.openssl("crl", "-in", "booths.crl.pem", "-noout", "-text")).toMatch(
      /Key Compromise[\s\S]*Invalidity Date/,
    );
    expect(list.revokes(booth, new Date(since.getTime() - 1000))).toBe(false);
    expect(list.revokes(booth, since)).toBe(true);
    expect(list.entry(booth)).toMatchObject({ reason: "keyCompromise", invalidSince: since });
  });

  it("a list with a flipped bit is refused", async () => {
    const { der } = await fetchList();
    for (let at = 0; at < der.length; at += 7) {
      const changed = Buffer.from(der);
      changed[at]! ^= 1;
      expect(() => new RevocationList(changed).assertSignedBy(office.provisioned.trust.booths)).toThrow(
        /revocation|signature/,
      );
    }
  });
});
