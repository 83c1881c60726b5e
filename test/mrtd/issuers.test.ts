/** What the world's issuers do: if this fails, genuine documents of some country are called false, or what is not known is called good. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import type { Extension } from "../../crypto/certificate/builder.ts";
import { keyUsage, subjectKeyIdentifier } from "../../crypto/certificate/extensions.ts";
import { oids } from "../../crypto/certificate/oids.ts";
import {
  contextPrimitive,
  encode,
  integer,
  nullValue,
  objectIdentifier,
  raw,
  sequence,
  setOf,
  tagged,
} from "../../crypto/der/writer.ts";
import { parseDg14 } from "../../mrtd/lds/security-infos.ts";
import { passiveAuthentication } from "../../mrtd/proof/passive-authentication.ts";
import { readCertificates, readRevocationLists } from "../../mrtd/proof/trust-files.ts";
import { readPassport } from "../../mrtd/reader/read-passport.ts";
import { parseTlv } from "../../mrtd/tlv/node.ts";
import { openVirtualChannel } from "../../mrtd/virtual/channel.ts";
import { VirtualPassport } from "../../mrtd/virtual/passport.ts";
import { clock, seededRandom, specimenPassport } from "./fixture.ts";
import {
  authorityExtensions,
  byIssuer,
  byKeyIdentifier,
  ecdsa,
  ecKey,
  type ForeignCertificate,
  type ForeignScheme,
  type ForeignSecurityObject,
  foreignCertificate,
  foreignList,
  foreignSecurityObject,
  nameOf,
  pkcs1,
  pss,
  type StringType,
  signerExtensions,
} from "./foreign-issuer.ts";

const { DG1, DG2 } = specimenPassport().files as { DG1: Uint8Array; DG2: Uint8Array };
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const p256 = ecKey();
const country = (type: StringType = "printable", text = "Country Signing Authority") =>
  nameOf(type, [oids.country, "UT"], [oids.organization, "Judge"], [oids.commonName, text]);
const signerName = nameOf("printable", [oids.country, "UT"], [oids.commonName, "Document Signer 1"]);
const rootKey = ecKey();
const root = (change: Partial<ForeignCertificate> = {}) =>
  foreignCertificate({
    issuer: country(),
    subject: country(),
    key: rootKey,
    signingKey: rootKey,
    scheme: ecdsa("sha256"),
    extensions: authorityExtensions,
    serial: 1,
    ...change,
  });
const signerOf = (key = p256, change: Partial<ForeignCertificate> = {}) =>
  foreignCertificate({
    issuer: country(),
    subject: signerName,
    key,
    signingKey: rootKey,
    scheme: ecdsa("sha256"),
    extensions: signerExtensions,
    ...change,
  });
const sod = (change: Partial<ForeignSecurityObject> = {}) =>
  foreignSecurityObject({
    certificate: signerOf(change.key),
    key: p256,
    scheme: ecdsa("sha256"),
    dataGroups: { 1: DG1, 2: DG2 },
    signer: byIssuer(country()),
    ...change,
  });
const judge = (
  securityObject: Uint8Array,
  csca: readonly Uint8Array[] = [root()],
  crls: readonly Uint8Array[] = [],
) => {
  const { verdict, reasons } = passiveAuthentication({
    files: { "EF.SOD": securityObject, DG1, DG2 },
    csca,
    crls,
    at: clock.now(),
  });
  return [verdict, ...reasons.map(({ code }) => code)];
};

describe("security objects", () => {
  const good: Record<string, () => Uint8Array> = {
    "of version 0": () => sod(),
    "of version 1": () => sod({ version: 1 }),
    "without signed attributes": () => sod({ attributes: false }),
    "whose signer goes by its key identifier": () => {
      const id = Uint8Array.of(1, 2, 3, 4);
      const certificate = signerOf(p256, { extensions: [...signerExtensions, subjectKeyIdentifier(id)] });
      return sod({ certificate, signer: byKeyIdentifier(id) });
    },
    "whose signer's issuer is written in another string type": () =>
      sod({ signer: byIssuer(country("utf8", "Country  signing AUTHORITY")) }),
    "with the authority's certificate beside the signer's": () => sod({ certificates: [root(), signerOf()] }),
    "of the content type of 2004": () => sod({ contentType: "1.3.27.1.1.1" }),
    "that hash in SHA-1, digest in SHA-512 and sign with SHA-224": () =>
      sod({ hash: "sha1", digest: "sha512", scheme: ecdsa("sha224") }),
    ...Object.fromEntries(
      (["sha224", "sha384", "sha512"] as const).map((hash) => [
        `that hash in ${hash}`,
        () => sod({ hash, digest: hash }),
      ]),
    ),
  };
  for (const [name, make] of Object.entries(good)) it(`${name} pass`, () => expect(judge(make())).toEqual(["passed"]));

  const curves = ["P-224", "P-384", "P-521", "brainpoolP224r1", "brainpoolP320r1", "brainpoolP384r1", "secp256k1"];
  for (const curve of curves) {
    for (const encoding of ["named", "explicit"] as const) {
      it(`of a key on ${curve}, ${encoding}, pass`, () => {
        const key = ecKey(curve, encoding);
        expect(judge(sod({ key, scheme: ecdsa("sha384"), digest: "sha384" }))).toEqual(["passed"]);
      });
    }
  }

  const schemes: Record<string, ForeignScheme> = {
    "RSA with SHA-1": pkcs1("sha1"),
    "RSA with SHA-512": pkcs1("sha512"),
    "RSA that names its key only": pkcs1("sha256", sequence(objectIdentifier(oids.rsaEncryption), nullValue())),
    ...Object.fromEntries([0, 11, 20, 32, 64].map((salt) => [`PSS with ${salt} bytes of salt`, pss("sha256", salt)])),
    "PSS with SHA-512": pss("sha512", 64),
  };
  for (const [name, scheme] of Object.entries(schemes)) {
    it(`signed by ${name} pass`, () => expect(judge(sod({ key: rsa, scheme }))).toEqual(["passed"]));
  }

  it("without their signer's certificate pass where it is at hand, and are not checked elsewhere", () => {
    const bare = sod({ certificates: [] });
    expect(judge(bare, [root(), signerOf()])).toEqual(["passed"]);
    expect(judge(bare)).toEqual(["not-checked", "proof/signer-missing"]);
    // One that is there and is another's is no omission.
    const other = sod({ certificates: [root()] });
    expect(judge(other)[0]).toBe("failed");
  });

  it("in algorithms that are not known are not checked, and say so", () => {
    const unknown = sequence(objectIdentifier("1.2.643.7.1.1.9.9"));
    expect(judge(sod({ hashIdentifier: unknown }))).toContain("proof/algorithm-unknown");
    expect(judge(sod({ hashIdentifier: unknown }))[0]).toBe("not-checked");
    const signed = judge(sod({ scheme: { identifier: unknown, sign: () => Uint8Array.of(1) } }));
    expect(signed.slice(0, 2)).toEqual(["not-checked", "proof/algorithm-unknown"]);
  });

  it("whose signer is an authority, or may not sign, fail", () => {
    for (const extensions of [authorityExtensions, [keyUsage("keyAgreement")]]) {
      const certificate = signerOf(p256, { extensions });
      expect(judge(sod({ certificate }))).toEqual(["failed", "proof/signer-usage"]);
    }
  });
});

describe("countries", () => {
  const signedBy = (authority: Uint8Array) => judge(sod(), [authority]);
  for (const type of ["utf8", "teletex", "bmp", "universal"] as const) {
    it(`whose name is a ${type} string in one place and printable in the other are one`, () =>
      expect(signedBy(root({ issuer: country(type), subject: country(type) }))).toEqual(["passed"]));
  }

  it("whose link certificate alone is trusted, also where it does not say that it is an authority", () => {
    const older = ecKey();
    const link = (extensions: readonly Extension[]) =>
      root({ issuer: country("utf8", "Older"), signingKey: older, extensions });
    expect(signedBy(link(authorityExtensions))).toEqual(["passed"]);
    expect(signedBy(link([keyUsage("keyCertSign", "cRLSign")]))).toEqual(["passed"]);
    expect(signedBy(link([]))).toEqual(["failed", "proof/csca-usage"]);
    expect(signedBy(link([keyUsage("cRLSign")]))).toEqual(["failed", "proof/csca-usage"]);
  });

  it("with several keys under one name: whichever signed", () => {
    const [a, b] = [ecKey(), ecKey()];
    const others = [a, b].map((key) => root({ key, signingKey: key }));
    expect(judge(sod(), [...others, root()])).toEqual(["passed"]);
    expect(judge(sod(), others)).toEqual(["failed", "proof/chain-signature-wrong"]);
  });

  it("that signed before they were valid, or after, fail; that expired since do not", () => {
    expect(signedBy(root({ from: new Date("2021-01-01") }))).toEqual(["failed", "proof/csca-validity"]);
    expect(signedBy(root({ until: new Date("2019-01-01") }))).toEqual(["failed", "proof/csca-validity"]);
    expect(signedBy(root({ until: new Date("2024-01-01") }))).toEqual(["passed"]);
  });
});

describe("revocation lists", () => {
  const list = (change: Partial<Parameters<typeof foreignList>[0]> = {}) =>
    foreignList({ issuer: country(), key: rootKey, ...change });
  const withLists = (...crls: Uint8Array[]) => judge(sod(), [root()], crls);
  const newer = ecKey();
  const successor = root({ key: newer, signingKey: newer, serial: 2 });
  const critical = { oid: "1.2.3.4", critical: true, value: nullValue() };
  const scope = (tag: number) => ({
    oid: oids.issuingDistributionPoint,
    critical: true,
    value: sequence(contextPrimitive(tag, Uint8Array.of(0xff))),
  });

  it("count: clean, with the signer on it, of a name in another string type", () => {
    expect(withLists(list())).toEqual(["passed"]);
    expect(withLists(list({ revoked: [7] }))).toEqual(["failed", "proof/signer-revoked"]);
    expect(withLists(list({ revoked: [8], issuer: country("utf8") }))).toEqual(["passed"]);
    expect(withLists(list({ revoked: [7], until: new Date("2026-05-02") }))).toEqual([
      "failed",
      "proof/signer-revoked",
    ]);
  });

  it("that the country signed with its next key speak for what its last one issued", () => {
    const next = (revoked: number[]) => [list({ key: newer, revoked })];
    expect(judge(sod(), [root(), successor], next([]))).toEqual(["passed"]);
    expect(judge(sod(), [root(), successor], next([7]))).toEqual(["failed", "proof/signer-revoked"]);
    expect(judge(sod(), [root()], next([7]))).toEqual(["not-checked", "proof/crl-signature-wrong"]);
  });

  it("of another country say nothing", () => {
    const other = list({ issuer: country("printable", "Other"), revoked: [7] });
    expect(withLists(other)).toEqual(["passed"]);
  });

  it("that are younger than the day of judgement count; expired ones do not", () => {
    expect(withLists(list({ from: new Date("2026-07-01") }))).toEqual(["passed"]);
    expect(withLists(list({ until: new Date("2026-05-20") }))).toEqual(["not-checked", "proof/crl-expired"]);
  });

  it("with something critical that is not understood, or that leave signers out, leave revocation unchecked", () => {
    const partial = ["not-checked", "proof/crl-partial"];
    expect(withLists(list({ extensions: [critical] }))).toEqual(partial);
    expect(withLists(list({ revoked: [9], entryExtensions: [critical] }))).toEqual(partial);
    expect(withLists(list({ extensions: [scope(2)] }))).toEqual(partial);
    expect(
      withLists(list({ extensions: [{ oid: oids.deltaCrlIndicator, critical: true, value: integer(1) }] })),
    ).toEqual(partial);
    expect(withLists(list({ extensions: [scope(1)] }))).toEqual(["passed"]);
    expect(withLists(list({ extensions: [{ ...critical, critical: false }] }))).toEqual(["passed"]);
    // What is on it is revoked, whatever else it says.
    expect(withLists(list({ revoked: [7], extensions: [critical] }))).toEqual(["failed", "proof/signer-revoked"]);
  });

  it("that cannot be read leave revocation unchecked, and hide nothing that another says", () => {
    const cut = list().subarray(0, 60);
    expect(withLists(cut)).toEqual(["not-checked", "proof/crl-unreadable"]);
    expect(withLists(cut, list({ revoked: [7] }))).toEqual(["failed", "proof/signer-revoked"]);
  });

  it("are not believed from a certificate that may not sign them", () => {
    const only = root({ extensions: [keyUsage("keyCertSign"), authorityExtensions[1]!] });
    expect(judge(sod(), [only], [list({ revoked: [7] })])).toEqual(["not-checked", "proof/crl-signature-wrong"]);
  });
});

describe("files beside", () => {
  const own = sequence(objectIdentifier("1.3.6.1.4.1.99999.1"));
  it("DG14 with infos of an issuer's own is read for what the norm names", () => {
    const known = parseDg14(specimenPassport().files.DG14!);
    const infos = parseTlv(specimenPassport().files.DG14!, { where: "DG14" }).at(0).children();
    const dg14 = encode(tagged(0x6e, tagged(0x31, own, ...infos.map((info) => raw(info.raw)))));
    expect(parseDg14(dg14).map(({ protocol }) => protocol)).toEqual(known.map(({ protocol }) => protocol));
    const cut = encode(tagged(0x6e, setOf(sequence(objectIdentifier("0.4.0.127.0.7.2.2.3.2.2")))));
    expect(() => parseDg14(cut)).toThrow(/^mrtd\/tlv-malformed/);
  });

  it("EF.COM that is missing, broken or lists too little closes no document", async () => {
    const data = specimenPassport();
    const { "EF.COM": com, ...others } = data.files;
    const broken = [undefined, Uint8Array.of(0x60, 0x03, 0x5c, 0x01, 0x61), com!.slice(0, -1)];
    broken[2]![1]!--;
    for (const file of broken) {
      const files = file === undefined ? others : { ...others, "EF.COM": file };
      const random = seededRandom("reader");
      const channel = openVirtualChannel(
        new VirtualPassport({ data: { ...data, files }, random: seededRandom("chip") }),
      );
      const { proof } = await readPassport(channel, data.access.mrz, { clock, random, csca: [data.csca.certificate] });
      for (const { verdict } of Object.values(proof)) expect(verdict).toBe("passed");
    }
  });

  it("trust comes out of ICAO's directory: authorities, signers, lists", async () => {
    const base64 = (bytes: Uint8Array) =>
      Buffer.from(bytes)
        .toString("base64")
        .match(/.{1,70}/g)!
        .join("\n ");
    const entry = (attribute: string, bytes: Uint8Array) => `dn: c=UT\n${attribute};binary:: ${base64(bytes)}\n`;
    const list = foreignList({ issuer: country(), key: rootKey });
    const ldif = [
      entry("cACertificate", root()),
      entry("userCertificate", signerOf()),
      entry("certificateRevocationList", list),
    ].join("\n");
    const folder = await mkdtemp(join(tmpdir(), "kabina-ldif-"));
    const path = join(folder, "directory.ldif");
    await writeFile(path, ldif);
    const [csca, crls] = [await readCertificates([path]), await readRevocationLists([path])];
    await rm(folder, { recursive: true });
    expect([csca.length, crls.length]).toEqual([2, 1]);
    expect(judge(sod({ certificates: [] }), csca, crls)).toEqual(["passed"]);
  });
});
