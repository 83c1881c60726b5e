/** Every reader of `mrtd/` with inputs that it takes, and the loop that cuts, splices and changes them at random. */
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

/** Executions between two looks at clock and memory, which cost as much as an execution. */
const batch = 2_000;
/** Processor time that a batch may take: 50 ms for one execution, many times what any takes, is a way to stall a booth. */
const slowBatchMs = 50 * batch;
/** Processor time that one execution may take, where a batch was slow. */
const slowMs = 500;

export interface FuzzResult {
  readonly executions: number;
  readonly readers: number;
  /** Processor time, seconds. */
  readonly seconds: number;
  /** Most that the heap and what hangs on it grew above where it began, megabytes. */
  readonly heapGrowth: number;
}

/** An input that ended in anything but a value or a coded error in bounded time. */
export class FuzzFault extends Error {
  constructor(reader: string, what: string, input: Uint8Array) {
    super(`${reader}: ${what}\n${Buffer.from(input).toString("hex")}`);
  }
}

let state = 1;
/** xorshift32: fast, and the same run for the same seed. */
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

const heapMegabytes = () => {
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return (heapUsed + external + arrayBuffers) / 1024 / 1024;
};

/** The same run for the same seed. @param onBatch is told how far it is. @throws FuzzFault */
export function fuzzReaders(
  executions: number,
  seed: number,
  onBatch: (done: FuzzResult) => void = () => {},
): FuzzResult {
  state = seed * 2_654_435_761 || 1;
  const base = heapMegabytes();
  const began = process.cpuUsage();
  let heapGrowth = 0;
  let batchBegan = began;
  const result = (done: number): FuzzResult => {
    const { user, system } = process.cpuUsage(began);
    return { executions: done, readers: short.length, seconds: (user + system) / 1e6, heapGrowth };
  };
  for (let i = 0; i < executions; i++) {
    const { name, inputs, read } = short[i % short.length]!;
    const input = mutate(inputs[random(inputs.length)]!);
    const start = i % batch === 0 ? process.cpuUsage() : undefined;
    try {
      read(input);
    } catch (error) {
      if (!isCoded(error))
        throw new FuzzFault(name, error instanceof Error ? (error.stack ?? "") : String(error), input);
    }
    if (start === undefined) continue;
    const { user, system } = process.cpuUsage(start);
    if ((user + system) / 1000 > slowMs) throw new FuzzFault(name, `${(user + system) / 1000} ms`, input);
    const whole = process.cpuUsage(batchBegan);
    if ((whole.user + whole.system) / 1000 > slowBatchMs) throw new FuzzFault(name, "a slow batch ends here", input);
    batchBegan = process.cpuUsage();
    heapGrowth = Math.max(heapGrowth, heapMegabytes() - base);
    onBatch(result(i));
  }
  return result(executions);
}
