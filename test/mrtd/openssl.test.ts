/** The openssl program as an independent judge of what we sign, and as another issuer whose work we judge. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { composeLds, ldsSecurityObjectOid } from "../../mrtd/lds/security-object.ts";
import { passiveAuthentication } from "../../mrtd/proof/passive-authentication.ts";
import { parseTlv } from "../../mrtd/tlv/node.ts";
import { tlv } from "../../mrtd/tlv/write.ts";
import { clock, specimenPassport } from "./fixture.ts";

const run = promisify(execFile);
const data = specimenPassport();
const seconds = String(Math.floor(clock.now().getTime() / 1000));
let folder: string;
const at = (name: string) => join(folder, name);
const openssl = (...args: string[]) => run("openssl", args, { cwd: folder });
const read = async (name: string) => new Uint8Array(await readFile(at(name)));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-openssl-"));
});
afterAll(() => rm(folder, { recursive: true }));

describe("openssl judges our documents", () => {
  it("verifies EF.SOD to the country's certificate and finds our hashes in it", async () => {
    await writeFile(at("sod.p7"), parseTlv(data.files["EF.SOD"]!, { where: "EF.SOD" }).at(0).raw);
    await writeFile(at("csca.der"), data.csca.certificate);
    await openssl("x509", "-inform", "DER", "-in", "csca.der", "-out", "csca.pem");
    await openssl(
      "cms",
      "-verify",
      "-inform",
      "DER",
      "-in",
      "sod.p7",
      "-CAfile",
      "csca.pem",
      "-purpose",
      "any",
      "-attime",
      seconds,
      "-out",
      "lds.bin",
    );
    const { stdout } = await openssl("asn1parse", "-inform", "DER", "-in", "lds.bin");
    await writeFile(at("dg1"), data.files.DG1!);
    const digest = (await openssl("dgst", "-sha256", "-r", "dg1")).stdout.slice(0, 64).toUpperCase();
    expect(stdout).toContain(digest);
  });

  it("verifies EF.CardSecurity and both certificates", async () => {
    await writeFile(at("ds.der"), data.ds.certificate);
    await openssl("x509", "-inform", "DER", "-in", "ds.der", "-out", "ds.pem");
    const { stdout } = await openssl("verify", "-x509_strict", "-attime", seconds, "-CAfile", "csca.pem", "ds.pem");
    expect(stdout).toContain("OK");
  });
});

/** An authority, a signer and a security object over DG1, all by openssl. */
async function issueWithOpenssl(name: string, keyArgs: string[], signArgs: string[] = []) {
  await writeFile(
    at("ext.cnf"),
    "[ca]\nbasicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n[ds]\nkeyUsage=critical,digitalSignature\nauthorityKeyIdentifier=keyid\n",
  );
  const key = (file: string) => openssl("genpkey", ...keyArgs, "-out", file);
  await key("ca.key");
  await openssl("req", "-new", "-key", "ca.key", "-subj", `/C=UT/O=Judge/CN=${name}`, "-out", "ca.csr");
  await openssl(
    "x509",
    "-req",
    "-in",
    "ca.csr",
    "-signkey",
    "ca.key",
    "-days",
    "5000",
    "-set_serial",
    "1",
    "-extfile",
    "ext.cnf",
    "-extensions",
    "ca",
    "-out",
    "ca.pem",
    ...signArgs,
  );
  await key("signer.key");
  await openssl("req", "-new", "-key", "signer.key", "-subj", `/C=UT/O=Judge/CN=${name} DS`, "-out", "signer.csr");
  await openssl(
    "x509",
    "-req",
    "-in",
    "signer.csr",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-days",
    "4000",
    "-set_serial",
    "4660",
    "-extfile",
    "ext.cnf",
    "-extensions",
    "ds",
    "-out",
    "signer.pem",
    ...signArgs,
  );
  await openssl("x509", "-in", "ca.pem", "-outform", "DER", "-out", "ca.der");
  await openssl("dgst", "-sha384", "-binary", "-out", "digest", "dg1");
  const digest = await read("digest");
  await writeFile(at("content"), composeLds({ hash: "sha384", hashes: new Map([[1, digest]]) }));
  await openssl(
    "cms",
    "-sign",
    "-binary",
    "-nodetach",
    "-md",
    "sha256",
    "-in",
    "content",
    "-signer",
    "signer.pem",
    "-inkey",
    "signer.key",
    "-econtent_type",
    ldsSecurityObjectOid,
    "-outform",
    "DER",
    "-out",
    "made.p7",
    ...signArgs.flatMap((arg, i) => (arg === "-sigopt" ? ["-keyopt", signArgs[i + 1]!] : [])),
  );
  return tlv(0x77, await read("made.p7"));
}

describe("we judge documents that openssl signed", () => {
  const kinds: Record<string, [string[], string[]?]> = {
    "RSA 2048": [["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]],
    "RSA-PSS": [
      ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
      ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"],
    ],
    "RSA-PSS with another digest in its mask": [
      ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
      ["rsa_padding_mode:pss", "rsa_pss_saltlen:17", "rsa_mgf1_md:sha1"].flatMap((option) => ["-sigopt", option]),
    ],
    "P-384": [["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]],
    brainpoolP256r1: [["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1"]],
    "brainpoolP512r1, explicit parameters": [
      ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:brainpoolP512r1", "-pkeyopt", "ec_param_enc:explicit"],
    ],
  };
  for (const [name, [keyArgs, signArgs]] of Object.entries(kinds)) {
    it(name, async () => {
      const sod = await issueWithOpenssl(name, keyArgs, signArgs);
      const csca = [await read("ca.der")];
      const files = { "EF.SOD": sod, DG1: data.files.DG1! };
      expect(passiveAuthentication({ files, csca, at: new Date() })).toMatchObject({ verdict: "passed", reasons: [] });
      const forged = Uint8Array.from(sod);
      forged[forged.length - 1]! ^= 1;
      expect(passiveAuthentication({ files: { ...files, "EF.SOD": forged }, csca, at: new Date() }).verdict).toBe(
        "failed",
      );
    });
  }

  it("refuses a signer that openssl put on the revocation list", async () => {
    const sod = await issueWithOpenssl("revoking", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    await writeFile(at("index.txt"), "");
    await writeFile(at("crlnumber"), "01\n");
    await writeFile(
      at("ca.cnf"),
      "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=30\n",
    );
    const list = async (file: string) => {
      await openssl("ca", "-config", "ca.cnf", "-gencrl", "-keyfile", "ca.key", "-cert", "ca.pem", "-out", "crl.pem");
      await openssl("crl", "-in", "crl.pem", "-outform", "DER", "-out", file);
      return read(file);
    };
    const judge = (crls: Uint8Array[], when = new Date()) =>
      passiveAuthentication({ files: { "EF.SOD": sod, DG1: data.files.DG1! }, csca: [csca], crls, at: when });
    const csca = await read("ca.der");
    const clean = await list("clean.crl");
    await openssl("ca", "-config", "ca.cnf", "-revoke", "signer.pem", "-keyfile", "ca.key", "-cert", "ca.pem");
    const revoking = await list("revoking.crl");
    expect(judge([clean]).verdict).toBe("passed");
    expect(judge([revoking])).toMatchObject({ verdict: "failed", reasons: [{ code: "proof/signer-revoked" }] });
    const forged = Uint8Array.from(clean);
    forged[forged.length - 1]! ^= 1;
    // Whoever gave it did not make the document worse: its revocation is not known.
    expect(judge([forged])).toMatchObject({ verdict: "not-checked", reasons: [{ code: "proof/crl-signature-wrong" }] });
    expect(judge([forged, revoking]).verdict).toBe("failed");
    const late = new Date(Date.now() + 40 * 86_400_000);
    expect(judge([clean], late)).toMatchObject({ verdict: "not-checked", reasons: [{ code: "proof/crl-expired" }] });
    expect(new Certificate(csca).isAuthority).toBe(true);
  });
});
