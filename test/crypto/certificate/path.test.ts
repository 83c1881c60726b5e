/** What would be lost: the difference between a key that someone has and a key that someone may use. */
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { buildCertificate, type Extension, encodeName } from "../../../crypto/certificate/builder.ts";
import type { Certificate } from "../../../crypto/certificate/certificate.ts";
import {
  authorityKeyIdentifier,
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  subjectAltName,
  subjectKeyIdentifier,
} from "../../../crypto/certificate/extensions.ts";
import { oids } from "../../../crypto/certificate/oids.ts";
import { type PathRequest, validatePath } from "../../../crypto/certificate/path.ts";
import { utf8String } from "../../../crypto/der/writer.ts";
import { keyIdOf } from "../../../crypto/keys/file-key.ts";
import { openssl } from "../cms/openssl.ts";

type Made = { certificate: Certificate; sign(data: Uint8Array): Promise<Uint8Array> };
const day = 86_400_000;
const at = new Date("2026-06-01T00:00:00Z");
let folder: string;
let serial = 1;

/** A key and its certificate, issued by another one or by itself. */
async function make(
  name: string,
  issuer: Made | undefined,
  extensions: Extension[],
  days = [-100, 100],
): Promise<Made> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const own = { sign: async (data: Uint8Array) => new Uint8Array(sign("sha256", data, privateKey)) };
  const subject = encodeName([[oids.commonName, name]]);
  const fields = {
    serialNumber: Uint8Array.of(serial++),
    issuer: issuer?.certificate.subject ?? subject,
    subject,
    notBefore: new Date(at.getTime() + days[0]! * day),
    notAfter: new Date(at.getTime() + days[1]! * day),
    publicKeyInfo: publicKey.export({ format: "der", type: "spki" }),
    extensions: [
      ...extensions,
      subjectKeyIdentifier(Buffer.from(keyIdOf(publicKey), "hex")),
      ...(issuer ? [authorityKeyIdentifier(Buffer.from(issuer.certificate.keyId, "hex"))] : []),
    ],
  };
  const scheme = { kind: "ecdsa", digest: "sha256" } as const;
  return { ...own, certificate: await buildCertificate(fields, { scheme, sign: (issuer ?? own).sign }) };
}

const authority = (length: number, ...purposes: string[]) => [
  basicConstraints(length),
  keyUsage("keyCertSign"),
  ...(purposes.length ? [extendedKeyUsage(...purposes)] : []),
];
const client = [basicConstraints(null), keyUsage("digitalSignature"), extendedKeyUsage(oids.clientAuth)];
let root: Made;
let issuer: Made;
let leaf: Made;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kabina-path-"));
  root = await make("root", undefined, authority(1));
  issuer = await make("issuer", root, authority(0));
  leaf = await make("leaf", issuer, client);
});
afterAll(() => rm(folder, { recursive: true }));

const request = (of: Made, through: readonly Made[], change: Partial<PathRequest> = {}): PathRequest => ({
  leaf: of.certificate,
  intermediates: through.map(({ certificate }) => certificate),
  anchors: [root.certificate],
  at,
  purpose: oids.clientAuth,
  usage: "digitalSignature",
  ...change,
});

/** What openssl says of the same chain: true when it accepts it. */
async function judge(of: Made, through: readonly Made[]): Promise<boolean> {
  const pem = (made: readonly Made[]) => made.map(({ certificate }) => certificate.toPem()).join("");
  await writeFile(join(folder, "leaf"), pem([of]));
  await writeFile(join(folder, "through"), pem(through.length ? through : [of]));
  await writeFile(join(folder, "root"), pem([root]));
  const files = ["-CAfile", join(folder, "root"), "-untrusted", join(folder, "through"), join(folder, "leaf")];
  return openssl("verify", "-purpose", "sslclient", "-attime", String(at.getTime() / 1000), ...files).then(
    () => true,
    () => false,
  );
}

describe("a path", () => {
  it("leads from the leaf to the root, whatever the order and the strangers among its certificates", async () => {
    const stranger = await make("issuer", undefined, authority(0));
    const path = validatePath(request(leaf, [stranger, leaf, issuer]));
    expect(path.map((certificate) => certificate.commonName)).toEqual(["leaf", "issuer", "root"]);
    expect(await judge(leaf, [issuer])).toBe(true);
  });

  it("that held before does not hold when its time is over, when it has been taken back, or for another purpose or anchor", async () => {
    const held = await make("leaf", issuer, client, [-10, 10]);
    const asked = (change: Partial<PathRequest> = {}) => validatePath(request(held, [issuer], change));
    for (let again = 0; again < 2; again++) {
      expect(asked()).toHaveLength(3);
      expect(asked({ at: new Date(at.getTime() + 10 * day) })).toHaveLength(3);
      expect(() => asked({ at: new Date(at.getTime() + 10 * day + 1) })).toThrow("certificate/expired");
      expect(() => asked({ at: new Date(at.getTime() - 10 * day - 1) })).toThrow("certificate/not-yet-valid");
      for (const one of [held, issuer]) {
        const revoked = (certificate: Certificate) => certificate.sha256 === one.certificate.sha256;
        expect(() => asked({ revoked })).toThrow("certificate/revoked");
      }
      expect(() => asked({ purpose: oids.serverAuth })).toThrow("certificate/purpose");
      expect(() => asked({ usage: "keyCertSign" })).toThrow("certificate/purpose");
      expect(() => asked({ anchors: [leaf.certificate] })).toThrow("certificate/issuer-unknown");
      expect(() => asked({ intermediates: [] })).toThrow("certificate/issuer-unknown");
    }
  });

  const refused: [string, string, () => Promise<[Made, Made[]]>][] = [
    ["without its authority", "certificate/issuer-unknown", async () => [leaf, []]],
    [
      "of a stranger with the same name",
      "certificate/issuer-unknown",
      async () => {
        const stranger = await make("issuer", undefined, authority(0));
        return [await make("leaf", stranger, client), [stranger]];
      },
    ],
    [
      "through an end entity",
      "certificate/not-authority",
      async () => [await make("forged", leaf, client), [leaf, issuer]],
    ],
    [
      "through one authority more than allowed",
      "certificate/path-length",
      async () => {
        const below = await make("below", issuer, authority(0));
        return [await make("leaf", below, client), [below, issuer]];
      },
    ],
    ["that is too old", "certificate/expired", async () => [await make("leaf", issuer, client, [-9, -1]), [issuer]]],
    [
      "that is not valid yet",
      "certificate/not-yet-valid",
      async () => [await make("leaf", issuer, client, [1, 9]), [issuer]],
    ],
    [
      "whose authority is too old",
      "certificate/expired",
      async () => {
        const old = await make("old", root, authority(0), [-9, -1]);
        return [await make("leaf", old, client), [old]];
      },
    ],
    [
      "for another purpose",
      "certificate/purpose",
      async () => {
        const server = [basicConstraints(null), keyUsage("digitalSignature"), extendedKeyUsage(oids.serverAuth)];
        return [await make("leaf", issuer, server), [issuer]];
      },
    ],
    [
      "through an authority for another purpose",
      "certificate/purpose",
      async () => {
        const servers = await make("servers", root, authority(0, oids.serverAuth));
        return [await make("leaf", servers, client), [servers]];
      },
    ],
    [
      "of a key that may not sign",
      "certificate/purpose",
      async () => {
        const agreeing = [basicConstraints(null), keyUsage("cRLSign"), extendedKeyUsage(oids.clientAuth)];
        return [await make("leaf", issuer, agreeing), [issuer]];
      },
    ],
    [
      "that demands what nobody knows",
      "certificate/extension-unknown",
      async () => {
        const unknown = { oid: "2.25.1", critical: true, value: utf8String("?") };
        return [await make("leaf", issuer, [...client, unknown]), [issuer]];
      },
    ],
  ];
  it.each(refused)("%s is refused (%s), by openssl too", async (_, code, build) => {
    const [of, through] = await build();
    expect(() => validatePath(request(of, through))).toThrow(code);
    expect(await judge(of, through)).toBe(false);
  });

  it("is refused when any of its certificates was revoked", () => {
    const revoked = (certificate: Certificate) => certificate.commonName === "issuer";
    expect(() => validatePath(request(leaf, [issuer], { revoked }))).toThrow("certificate/revoked");
  });

  it("names more than one may: alternative names are kept as they were given", async () => {
    const named = await make("named", issuer, [
      ...client,
      subjectAltName({ dns: ["booth.example"], uri: ["urn:kabina:booth:1"] }),
    ]);
    expect(named.certificate.x509.subjectAltName).toBe("DNS:booth.example, URI:urn:kabina:booth:1");
    validatePath(request(named, [issuer]));
  });
});
