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
import { fileIdentities, passportAid } from "../lds/file.ts";
import { parseCardAccess } from "../lds/security-infos.ts";
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
}

/**
 * A failed PACE is an error, and BAC is tried after it only when the policy says so; a wrong password is a wrong password either way. Throws the
 * codes of `openWithPace` and `openWithBac`, `mrtd/not-a-passport`, `mrtd/can-needs-pace`.
 */
export async function openChip(
  session: CardSession,
  reader: FileReader,
  log: StepLog,
  options: OpenChipOptions,
): Promise<OpenedChip> {
  const cardAccess = await log.run("read EF.CardAccess", async () => {
    const read = () => reader.read("EF.CardAccess");
    return (await read()) ?? ((await leftApplication(session, reader)) ? read() : undefined);
  });
  const protocol = cardAccess === undefined ? undefined : choosePace(parseCardAccess(cardAccess));
  const pace = protocol && (await tryPace(session, protocol, log, options));
  let mapping: OpenedChip["mapping"];
  if (pace?.chipProves !== undefined) {
    const cardSecurity = await log.run("read EF.CardSecurity", () => reader.read("EF.CardSecurity"));
    mapping = { chipProves: pace.chipProves, cardSecurity };
  }

  await log.run("select application", () => selectPassport(session));
  reader.leaveFile();
  if (protocol !== undefined && pace !== undefined) {
    const { chipIdentity } = pace;
    return { access: `PACE-${protocol.mapping}`, cardAccess, chipIdentity, ...(mapping && { mapping }) };
  }
  const { key } = options;
  if (key.kind !== "mrz") throw new KabinaError("mrtd/can-needs-pace");
  await log.run("BAC", () => openWithBac(session, key, options.random));
  return { access: "BAC", cardAccess, chipIdentity: documentIdentity(key) };
}

/**
 * Another program may have left the chip with the passport application selected, where EF.CardAccess is not: EF.COM answers there that it is closed.
 * True when the master file has been selected then.
 */
async function leftApplication(session: CardSession, reader: FileReader): Promise<boolean> {
  const p1 = 0x80 | fileIdentities["EF.COM"].sfi;
  const closed = await session.send({ cla: 0, ins: instruction.readBinary, p1, p2: 0, le: 1 });
  if (closed.status !== status.securityNotSatisfied) return false;
  const selected = await session.send({ cla: 0, ins: instruction.select, p1: 0, p2: 0x0c, data: masterFileId });
  reader.leaveFile();
  return selected.status === status.ok;
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
async function selectPassport(session: CardSession): Promise<void> {
  const response = await session.send({ cla: 0, ins: instruction.select, p1: 0x04, p2: 0x0c, data: passportAid });
  if (response.status !== status.ok) {
    throw new KabinaError("mrtd/not-a-passport", { status: formatStatus(response.status) });
  }
}
