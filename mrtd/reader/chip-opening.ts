/** Opens a chip: EF.CardAccess, PACE where the chip offers it, else BAC (9303-11 §4.2). */

import type { RandomBytes } from "../../crypto/environment.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { AccessKey } from "../access/access-key.ts";
import { openWithBac } from "../access/bac/open.ts";
import { documentIdentity } from "../access/key-derivation.ts";
import { openWithPace, type PaceOutcome } from "../access/pace/open.ts";
import { choosePace, type PaceProtocol } from "../access/pace/protocol.ts";
import { formatStatus } from "../card/apdu.ts";
import { instruction } from "../card/instruction.ts";
import type { CardSession } from "../card/session.ts";
import { status } from "../card/status.ts";
import { passportAid } from "../lds/file.ts";
import { parseCardAccess, parseDg14 } from "../lds/security-infos.ts";
import type { FileReader } from "./file-reader.ts";
import type { StepLog } from "./step-log.ts";

const masterFileId = Uint8Array.of(0x3f, 0x00);

export type AccessProtocol = "BAC" | "PACE-GM" | "PACE-IM" | "PACE-CAM";

export interface OpenedChip {
  readonly access: AccessProtocol;
  readonly cardAccess: Uint8Array | undefined;
  /** Who the chip is in terminal authentication: its PACE key, or the document number with its check digit. */
  readonly chipIdentity: Uint8Array;
  /** Chip authentication mapping: what is left to check, and EF.CardSecurity to check it with. */
  readonly mapping?: {
    readonly chipProves: NonNullable<PaceOutcome["chipProves"]>;
    readonly cardSecurity: Uint8Array | undefined;
  };
}

export interface OpenChipOptions {
  readonly key: AccessKey;
  readonly random: RandomBytes;
  readonly bacAfterPaceFailure: boolean;
  /** Selects the master file first. */
  readonly fromMasterFile?: true;
}

/**
 * A failed PACE is an error, and BAC is tried after it only when the policy says so; a wrong password is a wrong password either way.
 *
 * Where EF.CardAccess is missing, another program may have left the chip with the passport application selected, where that file is not: a chip that
 * does not open then is asked again from its master file. One that opens with BAC all the same shows it by a DG14 that names PACE: whoever finds that
 * calls again with `fromMasterFile`. So a document that has no such file costs no command for it.
 *
 * Throws the codes of `openWithPace` and `openWithBac`, `mrtd/not-a-passport`, `mrtd/can-needs-pace`.
 */
export async function openChip(
  session: CardSession,
  reader: FileReader,
  log: StepLog,
  options: OpenChipOptions,
): Promise<OpenedChip> {
  const { key } = options;
  if (options.fromMasterFile) await log.run("select master file", () => selectMasterFile(session, reader));
  const cardAccess = await log.run("read EF.CardAccess", () => reader.read("EF.CardAccess"));
  if (cardAccess !== undefined) {
    const opened = await openAsOffered(session, reader, log, cardAccess, options);
    if (opened !== undefined) return opened;
  }
  try {
    await log.run("select application", () => selectPassport(session, reader));
    if (key.kind !== "mrz") throw new KabinaError("mrtd/can-needs-pace");
    await log.run("BAC", () => openWithBac(session, key, options.random));
  } catch (error) {
    const isClosed = isCoded(error) && (error.code === "mrtd/access-failed" || error.code === "mrtd/can-needs-pace");
    if (!isClosed || cardAccess !== undefined || options.fromMasterFile) throw error;
    return openChip(session, reader, log, { ...options, fromMasterFile: true });
  }
  return { access: "BAC", cardAccess, chipIdentity: documentIdentity(key) };
}

/** PACE, where the chip offers one that we speak; undefined where there is none, or where BAC may be tried after it failed. */
async function openAsOffered(
  session: CardSession,
  reader: FileReader,
  log: StepLog,
  cardAccess: Uint8Array,
  options: OpenChipOptions,
): Promise<OpenedChip | undefined> {
  const protocol = choosePace(parseCardAccess(cardAccess));
  const pace = protocol && (await tryPace(session, protocol, log, options));
  if (protocol === undefined || pace === undefined) return undefined;
  const { chipIdentity, chipProves } = pace;
  let mapping: OpenedChip["mapping"];
  if (chipProves !== undefined) {
    const cardSecurity = await log.run("read EF.CardSecurity", () => reader.read("EF.CardSecurity"));
    mapping = { chipProves, cardSecurity };
  }
  await log.run("select application", () => selectPassport(session, reader));
  return { access: `PACE-${protocol.mapping}`, cardAccess, chipIdentity, ...(mapping && { mapping }) };
}

/** Does this DG14 say that the chip speaks PACE? One that cannot be read says nothing. */
export function namesPace(dg14: Uint8Array | undefined): boolean {
  if (dg14 === undefined) return false;
  try {
    return choosePace(parseDg14(dg14)) !== undefined;
  } catch (error) {
    if (!isCoded(error)) throw error;
    return false;
  }
}

/** A chip that knows no SELECT of the master file stands there anyway. */
async function selectMasterFile(session: CardSession, reader: FileReader): Promise<void> {
  await session.send({ cla: 0, ins: instruction.select, p1: 0, p2: 0x0c, data: masterFileId });
  reader.leaveFile();
}

async function tryPace(
  session: CardSession,
  protocol: PaceProtocol,
  log: StepLog,
  { key, random, bacAfterPaceFailure }: OpenChipOptions,
): Promise<PaceOutcome | undefined> {
  const name = `PACE-${protocol.mapping} ${protocol.group.name} ${protocol.cipher}`;
  try {
    return await log.run(name, () => openWithPace(session, protocol, key, random));
  } catch (error) {
    const isRefusal = isCoded(error) && error.code.startsWith("mrtd/") && error.code !== "mrtd/access-denied";
    if (!isRefusal || !bacAfterPaceFailure || key.kind !== "mrz") throw error;
    return undefined;
  }
}

/** Selects the passport application by its name (9303-10 §3.6.1); no Le, which some documents refuse. */
async function selectPassport(session: CardSession, reader: FileReader): Promise<void> {
  const response = await session.send({ cla: 0, ins: instruction.select, p1: 0x04, p2: 0x0c, data: passportAid });
  reader.leaveFile();
  if (response.status !== status.ok) {
    throw new KabinaError("mrtd/not-a-passport", { status: formatStatus(response.status) });
  }
}
