/** RFC 4134's examples: what would be lost is reading messages as others write them, two signers and old algorithms among them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { Certificate } from "../../../crypto/certificate/certificate.ts";
import { plainProfile } from "../../../crypto/certificate/path/profile.ts";
import { keyBelow } from "../../../crypto/certificate/path/rules.ts";
import { judgePath } from "../../../crypto/certificate/path.ts";
import { RevocationList } from "../../../crypto/certificate/revocation-list.ts";
import { identifies, parseSignedData, type SignedData, signerFault } from "../../../crypto/cms/signed-data.ts";
import { readDer } from "../../../crypto/der/reader.ts";
import { publishedFolder, whenPublished } from "../published.ts";

const folder = publishedFolder("RFC4134", "rfc4134");

whenPublished(folder)("RFC 4134", () => {
  const read = (name: string) => readFileSync(join(folder, name));
  const content = read("ExContent.bin");
  const known = [
    "AliceDSSSignByCarlNoInherit",
    "AliceRSASignByCarl",
    "BobRSASignByCarl",
    "CarlDSSSelf",
    "CarlRSASelf",
    "DianeDSSSignByCarlInherit",
    "DianeRSASignByCarl",
  ].map((name) => new Certificate(read(`${name}.cer`), { encoding: "ber" }));
  const parse = (bytes: Uint8Array) => parseSignedData(bytes, { encoding: "ber" });
  const signed = (name: string) => parse(read(`${name}.bin`));
  /** One word for each signer: `signature` and such for a fault, `ok`. */
  const verdicts = (data: SignedData, over: Uint8Array): string[] =>
    data.signers.map((signer) => {
      const certificate = [...data.certificates, ...known].find((one) => identifies(signer.id, one));
      if (!certificate) return "no certificate";
      const issuer = known.find((one) => certificate.isSignedBy(one));
      return signerFault(data, signer, certificate, over, issuer && keyBelow(certificate, issuer.publicKey)) ?? "ok";
    });

  it.each([
    ["4.1", 1, "DSA, no attributes"],
    ["4.2", 1, "RSA"],
    ["4.4", 1, "every attribute, signed and not; certificates and lists of others beside"],
    ["4.5", 1, "RSA, a signer beside certificates of others"],
    ["4.6", 2, "two signers of DSA, one whose key inherits its parameters"],
    ["4.7", 1, "signer by key identifier"],
    ["4.10", 1, "an attribute per kind"],
  ])("%s verifies (%i signers): %s", (name, count) => {
    const data = signed(name);
    expect(Buffer.from(data.content!).equals(content)).toBe(true);
    expect(verdicts(data, data.content!)).toEqual(new Array(count).fill("ok"));
    expect(verdicts(data, Buffer.concat([content, content]))).not.toContain("ok");
  });

  it("4.3 is detached: it verifies over the content and nothing else", () => {
    const data = signed("4.3");
    expect(data.content).toBeUndefined();
    expect(verdicts(data, content)).toEqual(["ok"]);
    expect(verdicts(data, content.subarray(1))).toEqual(["signature"]);
  });

  it("4.11 carries certificates and no signature, and proves nothing", () => {
    const data = signed("4.11");
    expect([data.signers.length, data.content, data.certificates.length]).toEqual([0, undefined, 2]);
  });

  it("4.8 and 4.9: the same inside mail", () => {
    const [, body, signature] = /boundary="?([^\s";]+)[\s\S]*?$/m.test(read("4.8.eml").toString("latin1"))
      ? partsOf(read("4.8.eml").toString("latin1"))
      : [];
    expect(verdicts(parse(Buffer.from(signature!, "base64")), Buffer.from(body!, "latin1"))).toEqual(["ok"]);
    const [, base64] = read("4.9.eml")
      .toString("latin1")
      .split(/\r?\n\r?\n/);
    const data = parse(Buffer.from(base64!, "base64"));
    expect(verdicts(data, data.content!)).toEqual(["ok"]);
  });

  it("3.1 and 3.2 are read as what they are, and not as signed data", () => {
    for (const name of ["3.1", "3.2"]) {
      expect(
        readDer(read(`${name}.bin`), { encoding: "ber" })
          .child(0)
          .oid(),
      ).toMatch(/^1\.2\.840\.113549\.1\.7\.[13]$/);
      expect(() => signed(name)).toThrow("cms/type");
    }
  });

  it("Carl's certificates and lists: DSA keys inherit their parameters, the lists revoke whom they name", () => {
    const at = new Date("2004-01-01T00:00:00Z");
    const named = (text: string) => known.filter(({ commonName }) => commonName?.startsWith(text));
    const anchors = named("Carl");
    const leaves = known.filter((one) => !anchors.includes(one));
    const outcomes = (lists: RevocationList[]) =>
      leaves.map(
        (leaf) => judgePath({ leaf, anchors, intermediates: [], at, profile: plainProfile, lists }).fault?.code,
      );
    expect(outcomes([])).toEqual(leaves.map(() => undefined));
    const dss = new RevocationList(read("CarlDSSCRLForAll.crl"));
    const [carl] = named("CarlDSS");
    expect(dss.isSignedWith(carl!)).toBe(true);
    expect(leaves.filter((leaf) => dss.entry(leaf)).map(({ commonName }) => commonName)).toEqual([
      "AliceDSS",
      "DianeDSS",
    ]);
    // Carl's RSA lists are signed with MD5, which nobody may believe any more.
    const rsa = new RevocationList(read("CarlRSACRLForAll.crl"));
    expect(() => rsa.isSignedWith(named("CarlRSA")[0]!)).toThrow("signature/algorithm-unknown");
  });
});

/** The signed part of a multipart message, with the line ends that it was signed with, and the base64 of its signature. */
function partsOf(mail: string): readonly [string, string, string] {
  const boundary = /boundary="?([^\s";]+)"?/.exec(mail)![1]!;
  const [, first, second] = mail.replace(/\r?\n/g, "\r\n").split(`--${boundary}`);
  const body = first!.replace(/^\r\n/, "").replace(/\r\n$/, "");
  return [boundary, body, second!.slice(second!.indexOf("\r\n\r\n")).trim()];
}
