import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import type { AccessKey } from "../access/access-key.ts";
import type { CardChannel } from "../card/channel.ts";
import type { DataGroupNumber, FileName, PassportFiles } from "../lds/file.ts";
import type { Mrz } from "../mrz/mrz.ts";
import type { PassportProof } from "../proof/verdict.ts";
import type { PartialReading } from "./partial-reading.ts";

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

/** One step of the log: what was done and how long it took, never keys or personal data. */
export interface ReadStep {
  readonly name: string;
  readonly milliseconds: number;
  readonly apdus: number;
  readonly bytes: number;
  /** A code of the error catalogue when the step failed and the read went on without it. */
  readonly failure?: string;
}

export interface ReadOptions {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Data groups to read if the document has them; DG1, DG2, DG14 and DG15 when not given. */
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

/**
 * Opens the chip with the access key and reads, parses and proves the document.
 *
 * Rejects with a `KabinaError` of the codes `card/…`, `mrtd/…` when the chip cannot be opened or read; a document that was read but is
 * not genuine is a result with a failed proof, not an error. After `card/removed` call it again with the same `partial`.
 */
export async function readPassport(
  _channel: CardChannel,
  _access: AccessKey,
  _options: ReadOptions,
): Promise<PassportReading> {
  throw new Error("lands next");
}
