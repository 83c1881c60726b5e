/** Reads a passport: opens the chip, reads its files, proves them. */
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { AccessKey } from "../access/access-key.ts";
import { openWithBac } from "../access/bac/open.ts";
import { formatStatus } from "../card/apdu.ts";
import { saysExtendedLength } from "../card/atr.ts";
import type { CardChannel } from "../card/channel.ts";
import { instruction } from "../card/instruction.ts";
import { CardSession } from "../card/session.ts";
import { status } from "../card/status.ts";
import { parseCom } from "../lds/com.ts";
import { parseDg1 } from "../lds/dg1.ts";
import { parseDg2 } from "../lds/dg2.ts";
import { type DataGroupNumber, dataGroupName, type FileName, type PassportFiles, passportAid } from "../lds/file.ts";
import type { Mrz } from "../mrz/mrz.ts";
import { passiveAuthentication } from "../proof/passive-authentication.ts";
import { notSupported, reason } from "../proof/reason.ts";
import type { PassportProof } from "../proof/verdict.ts";
import { FileReader } from "./file-reader.ts";
import { blockSize } from "./limits.ts";
import { PartialReading } from "./partial-reading.ts";
import { type ReadStep, StepLog } from "./step-log.ts";

export type { ReadStep } from "./step-log.ts";
export type AccessProtocol = "BAC" | "PACE-GM" | "PACE-IM" | "PACE-CAM";

/** How far a read is: for the progress bar of the kiosk. */
export interface ReadProgress {
  readonly step: "access" | "files" | "proof";
  /** The file being read; absent outside the step `files`. */
  readonly file?: FileName;
  readonly bytesRead: number;
  /** Bytes known so far to be needed; grows as files are opened. */
  readonly bytesTotal: number;
}

export interface ReadOptions {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Data groups to read if the document has them; `defaultDataGroups` when not given. DG1 and DG2 are always read. */
  readonly dataGroups?: readonly DataGroupNumber[];
  /** Trusted country signing certificates, DER; none means that the chain is `not-checked`. */
  readonly csca?: readonly Uint8Array[];
  readonly crls?: readonly Uint8Array[];
  /** May a document whose PACE failed be opened with BAC instead? Default: no, a failed PACE is reported. */
  readonly bacAfterPaceFailure?: boolean;
  /** What an earlier, interrupted read of the same document already got; this read goes on from there and adds to it. */
  readonly partial?: PartialReading;
}

/** A portrait out of DG2. */
export interface ChipPortrait {
  readonly data: Uint8Array;
  readonly mediaType: "image/jpeg" | "image/jp2";
}

export interface PassportReading {
  /** Raw files as they are on the chip. */
  readonly files: PassportFiles;
  readonly mrz: Mrz;
  readonly portrait: ChipPortrait;
  readonly access: AccessProtocol;
  readonly steps: readonly ReadStep[];
  readonly proof: PassportProof;
}

/** What proving a document needs. DG3 and DG4 are behind terminal authentication; the rest is of no use to an enrolment. */
export const defaultDataGroups: readonly DataGroupNumber[] = [1, 2, 14, 15];

/**
 * Opens the chip with the access key and reads, parses and proves the document.
 *
 * Rejects with a `KabinaError` of the codes `card/…`, `mrtd/…` when the chip cannot be opened or read; a document that was read but is
 * not genuine is a result with a failed proof, not an error. When the card left the reader (`device/…`), call it again with the same `partial`.
 */
export async function readPassport(
  channel: CardChannel,
  access: AccessKey,
  options: ReadOptions,
): Promise<PassportReading> {
  const session = new CardSession(channel, options.signal);
  const log = new StepLog(options.clock, session);
  const partial = options.partial ?? new PartialReading();
  partial.bind(access);
  const progress = progressReporter(options.onProgress);

  progress.access();
  const protocol = await openChip(session, access, options, log);

  const reader = new FileReader(session, {
    partial,
    block: () => (saysExtendedLength(session.atr) ? blockSize.extended : blockSize.shortTdes),
    onBytes: progress.bytes,
  });
  const resumed = [...partial.files.keys()];
  const files = await readFiles(reader, options.dataGroups ?? defaultDataGroups, log);

  progress.proof();
  const prove = () => passiveAuthentication({ files, ...trustOf(options), at: options.clock.now() });
  let proof = prove();
  // A file of which one half came before the interruption and one after may be of two documents: read it again, whole.
  for (const name of resumed) {
    if (proof.hashes.dataGroups[name] !== "failed") continue;
    partial.files.delete(name);
    const again = await log.run(`read ${name} again`, () => reader.read(name));
    if (again !== undefined) files[name] = again;
    proof = prove();
  }

  return {
    files,
    mrz: parseDg1(files.DG1!),
    portrait: portraitOf(files.DG2!),
    access: protocol,
    steps: log.steps,
    proof: {
      passiveAuthentication: proof,
      activeAuthentication: notSupported(reason("proof/active-authentication-absent")),
      chipAuthentication: notSupported(reason("proof/chip-authentication-absent")),
    },
  };
}

async function openChip(
  session: CardSession,
  access: AccessKey,
  options: ReadOptions,
  log: StepLog,
): Promise<AccessProtocol> {
  await log.run("select application", () => selectPassport(session));
  if (access.kind !== "mrz") throw new KabinaError("mrtd/can-needs-pace");
  await log.run("BAC", () => openWithBac(session, access, options.random));
  return "BAC";
}

/** Selects the passport application by its name; throws `mrtd/not-a-passport`. */
async function selectPassport(session: CardSession): Promise<void> {
  const response = await session.send({ cla: 0, ins: instruction.select, p1: 0x04, p2: 0x0c, data: passportAid });
  if (response.status !== status.ok) {
    throw new KabinaError("mrtd/not-a-passport", { status: formatStatus(response.status) });
  }
}

async function readFiles(reader: FileReader, wanted: readonly DataGroupNumber[], log: StepLog): Promise<PassportFiles> {
  const files: PassportFiles = {};
  const read = async (name: FileName, needed: boolean) => {
    const bytes = await log.run(`read ${name}`, () => reader.read(name));
    if (bytes !== undefined) files[name] = bytes;
    else if (needed) throw new KabinaError("mrtd/file-missing", { file: name });
    return bytes;
  };
  const com = parseCom((await read("EF.COM", true))!);
  await read("EF.SOD", true);
  for (const number of new Set<DataGroupNumber>([1, 2, ...wanted])) {
    const needed = number <= 2;
    if (needed || com.dataGroups.includes(number)) await read(dataGroupName(number), needed);
  }
  return files;
}

function portraitOf(dg2: Uint8Array): ChipPortrait {
  const { data, mediaType } = parseDg2(dg2)[0]!;
  return { data, mediaType };
}

const trustOf = ({ csca = [], crls = [] }: ReadOptions) => ({ csca, crls });

function progressReporter(onProgress: (progress: ReadProgress) => void = () => {}) {
  const known = new Map<FileName, { have: number; total: number }>();
  const sum = (field: "have" | "total") => [...known.values()].reduce((all, one) => all + one[field], 0);
  const report = (step: ReadProgress["step"], file?: FileName) =>
    onProgress({ step, bytesRead: sum("have"), bytesTotal: sum("total"), ...(file === undefined ? {} : { file }) });
  return {
    access: () => report("access"),
    proof: () => report("proof"),
    bytes: (file: FileName, have: number, total: number) => {
      known.set(file, { have, total });
      report("files", file);
    },
  };
}
