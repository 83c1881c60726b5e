/**
 * Fuzzes every reader of `mrtd/`: valid inputs are cut, spliced and changed at random; each must end in a value or a coded error, in bounded time. Anything
 * else is printed with its input and ends the run with 1.
 *
 *     npm run build && node dist/test/fuzz/mrtd-readers.js [EXECUTIONS] [SEED]
 */

import { Certificate } from "../../crypto/certificate/certificate.ts";
import { RevocationList } from "../../crypto/certificate/revocation-list.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
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
import { SecureMessaging } from "../../mrtd/messaging/secure-messaging.ts";
import { aesSuite } from "../../mrtd/messaging/suite.ts";
import { parseMrz } from "../../mrtd/mrz/parse.ts";
import { passiveAuthentication } from "../../mrtd/proof/passive-authentication.ts";
import { passportFeatures } from "../../mrtd/synthetic/features.ts";
import { dataGroupFiles } from "../mrtd/data-groups.ts";
import { clock, portrait, specimenPassport } from "../mrtd/fixture.ts";

const executions = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 1);
/** Processor time that one execution may take; more is a way to stall a booth. */
const slowMs = 500;

/** xorshift32: fast, and the same run for the same seed. */
let state = seed * 2_654_435_761 || 1;
function random(below: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
}

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
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** Each reader with inputs that it takes. */
const targets: readonly { name: string; inputs: readonly Uint8Array[]; read: (bytes: Uint8Array) => unknown }[] = [
  { name: "inspect", inputs: Object.values(files), read: inspectFile },
  { name: "data groups", inputs: Object.values(dataGroupFiles), read: inspectFile },
  {
    name: "passive authentication",
    inputs: [files["EF.SOD"]!],
    read: (sod) => passiveAuthentication({ files: { ...files, "EF.SOD": sod }, csca: [csca.certificate], at: now }),
  },
  {
    name: "certificate",
    inputs: [csca.certificate, ds.certificate],
    read: (der) => new Certificate(der, { encoding: "ber" }).isAuthority,
  },
  {
    name: "revocation list",
    inputs: [
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
  { name: "EF.CardAccess", inputs: [files["EF.CardAccess"]!], read: (bytes) => choosePace(parseCardAccess(bytes)) },
  { name: "DG14", inputs: [files.DG14!], read: (bytes) => chooseChipAuthentication(parseDg14(bytes)) },
  {
    name: "DG2",
    inputs: (["19794", "39794"] as const).map((encoding) =>
      composeDg2({ mediaType: "image/jpeg", data: portrait(60), width: 1, height: 1, gender: 0 }, encoding),
    ),
    read: parseDg2,
  },
  {
    name: "DG11",
    inputs: [composeDetails("DG11", { fullName: "A<<B", otherNames: ["C", "D"], proofOfCitizenship: portrait(20) })],
    read: (bytes) => parseDetails("DG11", bytes),
  },
  {
    name: "CV certificate",
    inputs: [composeCvCertificate({ ...cv, key: ds.privateKey, signingKey: ds.privateKey })],
    read: parseCvCertificate,
  },
  { name: "MRZ", inputs: [files.DG1!.subarray(5)], read: (bytes) => parseMrz(text(bytes)) },
  { name: "command", inputs: [Uint8Array.of(0, 0xb0, 0, 0, 0, 1, 2, 9, 9, 0, 0)], read: decodeCommand },
  { name: "response", inputs: [Uint8Array.of(1, 2, 0x90, 0)], read: decodeResponse },
  {
    name: "ATR",
    inputs: [Uint8Array.of(0x3b, 0x85, 0x80, 1, 0x80, 0x73, 0x84, 1, 0xc0, 0xb7)],
    read: saysExtendedLength,
  },
  {
    name: "secure messaging",
    inputs: [Uint8Array.of(0x87, 0x11, 1, ...new Uint8Array(16), 0x99, 2, 0x90, 0, 0x8e, 8, ...new Uint8Array(8))],
    read: (data) => new SecureMessaging(aesSuite({ encryption: key, mac: key })).open({ data, status: 0x9000 }),
  },
];

/** Cuts, changes, repeats and inserts, one to four times. */
function mutate(input: Uint8Array): Uint8Array {
  const bytes = [...input];
  for (let times = 1 + random(4); times > 0; times--) {
    const at = random(bytes.length + 1);
    const kind = random(6);
    if (kind === 0) bytes.splice(at);
    else if (kind === 1) bytes.splice(at, random(9));
    else if (kind === 2) bytes.splice(at, 0, ...bytes.slice(random(bytes.length + 1)).slice(0, random(40)));
    else if (kind === 3) bytes.splice(at, 0, random(256));
    else if (bytes.length > 0)
      bytes[Math.min(at, bytes.length - 1)] = kind === 4 ? random(256) : [0, 0x7f, 0x80, 0x84, 0xff][random(5)]!;
  }
  return Uint8Array.from(bytes);
}

// Long pictures only make the mutation slow; the readers see their heads and lengths all the same.
const short = targets.map((target) => ({ ...target, inputs: target.inputs.filter(({ length }) => length < 4_000) }));
const began = performance.now();
for (let i = 0; i < executions; i++) {
  const { name, inputs, read } = short[i % short.length]!;
  const input = mutate(inputs[random(inputs.length)]!);
  const start = process.cpuUsage();
  try {
    read(input);
  } catch (error) {
    if (!isCoded(error)) {
      console.log(`${name}: ${error instanceof Error ? error.stack : error}\n${Buffer.from(input).toString("hex")}`);
      process.exit(1);
    }
  }
  const { user, system } = process.cpuUsage(start);
  const took = (user + system) / 1000;
  if (took > slowMs) {
    console.log(`${name}: ${Math.round(took)} ms\n${Buffer.from(input).toString("hex")}`);
    process.exit(1);
  }
}
const seconds = (performance.now() - began) / 1000;
const megabytes = Math.round(process.memoryUsage().rss / 1024 / 1024);
console.log(
  `${executions} executions over ${short.length} readers, ${Math.round(executions / seconds)}/s, ${megabytes} MB resident; no fault`,
);
