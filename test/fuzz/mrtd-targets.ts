/** Every reader of `mrtd/` with inputs that it takes. */
import { Certificate } from "../../crypto/certificate/certificate.ts";
import { RevocationList } from "../../crypto/certificate/revocation-list.ts";
import { chooseChipAuthentication } from "../../mrtd/access/chip-authentication.ts";
import { choosePace } from "../../mrtd/access/pace/protocol.ts";
import { decodeCommand, decodeResponse } from "../../mrtd/card/apdu.ts";
import { saysExtendedLength } from "../../mrtd/card/atr.ts";
import { composeRevocationList } from "../../mrtd/cms/compose-revocation-list.ts";
import { parseCvCertificate } from "../../mrtd/cvc/certificate.ts";
import { composeCvCertificate } from "../../mrtd/cvc/compose.ts";
import { composeDetails, parseDetails } from "../../mrtd/lds/details.ts";
import { composeDg2, parseDg2 } from "../../mrtd/lds/dg2.ts";
import { inspectFile } from "../../mrtd/lds/inspect.ts";
import { parseCardAccess, parseDg14 } from "../../mrtd/lds/security-infos.ts";
import { parseSecurityObject } from "../../mrtd/lds/security-object.ts";
import { SecureMessaging } from "../../mrtd/messaging/secure-messaging.ts";
import { aesSuite } from "../../mrtd/messaging/suite.ts";
import { parseMrz } from "../../mrtd/mrz/parse.ts";
import { passiveAuthentication } from "../../mrtd/proof/passive-authentication.ts";
import { passportFeatures } from "../../mrtd/synthetic/features.ts";
import { dataGroupFiles } from "../mrtd/data-groups.ts";
import { clock, portrait, specimenPassport } from "../mrtd/fixture.ts";
import type { FuzzTarget } from "./fuzz-target.ts";

const passport = specimenPassport("fuzz", passportFeatures["pace-cam"]);
const { csca, ds, files } = passport;
const now = clock.now();
const cv = {
  authority: "UTCVCA00001",
  holder: "UTCVCA00001",
  role: "CVCA",
  access: 3,
  effective: now,
  expiration: now,
} as const;
const key = new Uint8Array(16);

/** What is proved by a security object that is not the document's own, byte for byte, must be what the document's own proves. */
function proveSod(sod: Uint8Array): string {
  const { verdict } = passiveAuthentication({ files: { ...files, "EF.SOD": sod }, csca: [csca.certificate], at: now });
  if (verdict !== "passed") return verdict;
  const { hashes } = parseSecurityObject(sod).lds;
  for (const [number, hash] of parseSecurityObject(files["EF.SOD"]!).lds.hashes) {
    if (Buffer.compare(hashes.get(number) ?? new Uint8Array(), hash) !== 0)
      throw new Error("another meaning is proved");
  }
  return verdict;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** Long pictures only make changing slow; the readers see their heads and lengths all the same. */
const longestSeed = 4_000;

const targets: readonly FuzzTarget[] = [
  { name: "inspect", seeds: Object.values(files), read: inspectFile },
  { name: "data groups", seeds: Object.values(dataGroupFiles), read: inspectFile },
  {
    name: "passive authentication",
    seeds: [files["EF.SOD"]!],
    read: proveSod,
  },
  {
    name: "certificate",
    seeds: [csca.certificate, ds.certificate],
    read: (der) => new Certificate(der, { encoding: "ber" }).isAuthority,
  },
  {
    name: "revocation list",
    seeds: [
      composeRevocationList({
        issuer: csca,
        thisUpdate: now,
        nextUpdate: now,
        revoked: [ds.certificate],
        scheme: { hash: "sha256" },
      }),
    ],
    read: (der) => new RevocationList(der, { encoding: "ber" }).entry(new Certificate(ds.certificate)),
  },
  { name: "EF.CardAccess", seeds: [files["EF.CardAccess"]!], read: (bytes) => choosePace(parseCardAccess(bytes)) },
  { name: "DG14", seeds: [files.DG14!], read: (bytes) => chooseChipAuthentication(parseDg14(bytes)) },
  {
    name: "DG2",
    seeds: (["19794", "39794"] as const).map((encoding) =>
      composeDg2({ mediaType: "image/jpeg", data: portrait(60), width: 1, height: 1, gender: 0 }, encoding),
    ),
    read: parseDg2,
  },
  {
    name: "DG11",
    seeds: [composeDetails("DG11", { fullName: "A<<B", otherNames: ["C", "D"], proofOfCitizenship: portrait(20) })],
    read: (bytes) => parseDetails("DG11", bytes),
  },
  {
    name: "CV certificate",
    seeds: [composeCvCertificate({ ...cv, key: ds.privateKey, signingKey: ds.privateKey })],
    read: parseCvCertificate,
  },
  { name: "MRZ", seeds: [files.DG1!.subarray(5)], read: (bytes) => parseMrz(text(bytes)) },
  { name: "command", seeds: [Uint8Array.of(0, 0xb0, 0, 0, 0, 1, 2, 9, 9, 0, 0)], read: decodeCommand },
  { name: "response", seeds: [Uint8Array.of(1, 2, 0x90, 0)], read: decodeResponse },
  {
    name: "ATR",
    seeds: [Uint8Array.of(0x3b, 0x85, 0x80, 1, 0x80, 0x73, 0x84, 1, 0xc0, 0xb7)],
    read: saysExtendedLength,
  },
  {
    name: "secure messaging",
    seeds: [Uint8Array.of(0x87, 0x11, 1, ...new Uint8Array(16), 0x99, 2, 0x90, 0, 0x8e, 8, ...new Uint8Array(8))],
    read: (data) => new SecureMessaging(aesSuite({ encryption: key, mac: key })).open({ data, status: 0x9000 }),
  },
];

export const mrtdTargets: readonly FuzzTarget[] = targets.map((target) => ({
  ...target,
  seeds: target.seeds.filter(({ length }) => length < longestSeed),
}));
