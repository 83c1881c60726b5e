/** Reads a passport: opens the chip, reads its files, proves them. */
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { AccessKey } from "../access/access-key.ts";
import {
  authenticateTerminal,
  offersTerminalAuthentication,
  type TerminalIdentity,
} from "../access/terminal-authentication.ts";
import { saysExtendedLength } from "../card/atr.ts";
import type { CardChannel } from "../card/channel.ts";
import { CardSession } from "../card/session.ts";
import { parseCom } from "../lds/com.ts";
import { parseDg1 } from "../lds/dg1.ts";
import { parseDg2 } from "../lds/dg2.ts";
import {
  type DataGroupName,
  type DataGroupNumber,
  dataGroupName,
  type FileName,
  type PassportFiles,
} from "../lds/file.ts";
import { parseAtrInfo } from "../lds/master-file.ts";
import { parseSecurityObject } from "../lds/security-object.ts";
import type { Mrz } from "../mrz/mrz.ts";
import { proveAccessControl } from "../proof/access-control.ts";
import { passiveAuthentication } from "../proof/passive-authentication.ts";
import { failed, notChecked, notSupported, passed, reason, reasonOf } from "../proof/reason.ts";
import type { PassiveAuthenticationResult, PassportProof, ProofResult } from "../proof/verdict.ts";
import { type AccessProtocol, namesPace, type OpenChipOptions, type OpenedChip, openChip } from "./chip-opening.ts";
import { proveChipByAgreement, proveChipBySignature, type SignedChallenge } from "./chip-proof.ts";
import { FileReader, shortIdentifierRefused } from "./file-reader.ts";
import { onlyWithSigned, proveMapping } from "./key-proof.ts";
import { type BlockStep, blockSteps, cautiousBlock, extendedBlock, messagingOverhead } from "./limits.ts";
import { PartialReading } from "./partial-reading.ts";
import { progressReporter, type ReadProgress } from "./progress.ts";
import { type ReadStep, StepLog } from "./step-log.ts";

export type { AccessProtocol } from "./chip-opening.ts";
export type { ReadProgress } from "./progress.ts";
export type { ReadStep } from "./step-log.ts";

export interface ReadOptions {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReadProgress) => void;
  /** Data groups to read beside those that proving needs (DG1, DG2, DG14, DG15), if the document has them. */
  readonly dataGroups?: readonly DataGroupNumber[];
  /** Trusted country signing certificates, DER; none means that the chain is `not-checked`. */
  readonly csca?: readonly Uint8Array[];
  readonly crls?: readonly Uint8Array[];
  /** May a document whose PACE failed be opened with BAC instead? Default: no, a failed PACE is reported. */
  readonly bacAfterPaceFailure?: boolean;
  /** Who the terminal is, for fingerprints and irises (DG3, DG4). */
  readonly terminal?: TerminalIdentity;
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
  /** Whether the chip took us for a terminal that may read prints and irises: it says nothing of the document. */
  readonly terminalAuthentication: ProofResult;
  /** What the chip signed in active authentication, for whoever proves it again; absent when it signed nothing. */
  readonly signedChallenge?: SignedChallenge;
}

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
  return new Reading(channel, access, options).run();
}

class Reading {
  readonly #options: ReadOptions;
  readonly #atr: Uint8Array;
  readonly #session: CardSession;
  readonly #log: StepLog;
  readonly #partial: PartialReading;
  readonly #progress: ReturnType<typeof progressReporter>;
  readonly #reader: FileReader;
  readonly #open: OpenChipOptions;
  readonly #files: PassportFiles = {};
  #opened: OpenedChip | undefined;
  #blockStep: BlockStep;
  /** Most bytes of an extended response, where the card says so. */
  #mostResponse = extendedBlock;

  constructor(channel: CardChannel, key: AccessKey, options: ReadOptions) {
    this.#options = options;
    this.#atr = channel.atr;
    this.#session = new CardSession(channel, options.signal);
    this.#log = new StepLog(options.clock, this.#session);
    this.#partial = options.partial ?? new PartialReading();
    this.#partial.bind(key);
    this.#progress = progressReporter(options.onProgress);
    this.#blockStep = saysExtendedLength(channel.atr) ? "extended" : "short";
    this.#open = { key, random: options.random, bacAfterPaceFailure: options.bacAfterPaceFailure ?? false };
    this.#reader = new FileReader(this.#session, {
      partial: this.#partial,
      block: () => this.#block(),
      onBytes: this.#progress.bytes,
    });
  }

  async run(): Promise<PassportReading> {
    const { random } = this.#options;
    const resumed = [...this.#partial.files.keys()];
    this.#progress.access();
    if (saysExtendedLength(this.#atr) === undefined) await this.#askForLengths();
    let opened = await this.#reopen();

    const listed = listedGroups(await this.#want("EF.COM"));
    const signed = signedGroups(await this.#need("EF.SOD"));
    // EF.COM is not signed: a copy could leave out of it what it cannot do, and a fault in it closes no document. What EF.SOD signs must be there.
    const isThere = (number: DataGroupNumber) => listed.includes(number) || signed.has(number);
    if (isThere(14)) await this.#want("DG14");
    // Closed to PACE only because another program had left the application selected.
    if (opened.cardAccess === undefined && namesPace(this.#files.DG14)) opened = await this.#openFromMasterFile();
    // The mapping has proved the chip already, but a terminal signs the key of a chip authentication (TR-03110-1 §3.5).
    const agreement =
      opened.mapping === undefined || this.#options.terminal !== undefined
        ? await this.#log.run("chip authentication", () => proveChipByAgreement(this.#session, this.#files, random))
        : undefined;
    const terminalAuthentication = await this.#authenticateTerminal(
      opened,
      agreement?.terminalKey,
      isThere(3) || isThere(4),
    );
    // A chip that fails here has often ended the session; what it holds is read all the same, for the operator to see.
    if (this.#session.secure === undefined) await this.#reopen();
    this.#reader.leaveFile();
    if (isThere(15)) await this.#want("DG15");
    const extended = this.#blockStep === "extended";
    const signature = await this.#log.run("active authentication", () =>
      proveChipBySignature(this.#session, this.#files, { random, extended }),
    );
    await this.#need("DG1");
    await this.#need("DG2");
    for (const number of this.#options.dataGroups ?? []) {
      const name = dataGroupName(number);
      if (isThere(number) && this.#files[name] === undefined) await this.#want(name);
    }

    this.#progress.proof();
    const passive = await this.#provePassively(resumed);
    const at = this.#options.clock.now();
    const mapping = opened.mapping && proveMapping(opened.mapping, trustOf(this.#options), at);
    return {
      files: this.#files,
      mrz: parseDg1(this.#files.DG1!),
      portrait: portraitOf(this.#files.DG2!),
      access: opened.access,
      steps: this.#log.steps,
      proof: {
        passiveAuthentication: passive,
        activeAuthentication: this.#notHidden("DG15", passive) ?? onlyWithSigned(signature.proof, "DG15", passive),
        chipAuthentication:
          mapping ?? this.#notHidden("DG14", passive) ?? onlyWithSigned(agreement!.proof, "DG14", passive),
        accessControl:
          this.#notHidden("DG14", passive) ??
          onlyWithSigned(proveAccessControl(opened.cardAccess, this.#files.DG14), "DG14", passive),
      },
      terminalAuthentication,
      ...(signature.signed && { signedChallenge: signature.signed }),
    };
  }

  /** The way to DG3 and DG4; without it they are not given. A chip or a signer that refuses it shows in the step log. */
  async #authenticateTerminal(
    { chipIdentity }: OpenedChip,
    terminalKey: Uint8Array | undefined,
    hasPrints: boolean,
  ): Promise<ProofResult> {
    const { terminal } = this.#options;
    // Documents were made whose DG14 keeps silent of it: whatever holds prints is tried.
    if (!offersTerminalAuthentication(this.#files.DG14) && !(hasPrints && terminalKey !== undefined))
      return notSupported(reason("proof/terminal-authentication-absent"));
    if (terminal === undefined) return notChecked(reason("proof/terminal-certificate-absent"));
    if (terminalKey === undefined) return notChecked(reason("proof/terminal-key-absent"));
    try {
      await this.#log.run("terminal authentication", () =>
        authenticateTerminal(this.#session, terminal, { chipIdentity, terminalKey }),
      );
    } catch (error) {
      const isRefusal =
        isCoded(error) && (error.code === "mrtd/access-failed" || error.code.startsWith("mrtd/signer-"));
      if (!isRefusal) throw error;
      return notChecked(reasonOf(error));
    }
    return passed;
  }

  /** A failed proof when EF.SOD signs this file and the chip does not give it: a copy would hide what it cannot do. */
  #notHidden(file: DataGroupName, passive: PassiveAuthenticationResult): ProofResult | undefined {
    const isHidden = this.#files[file] === undefined && passive.hashes.dataGroups[file] !== undefined;
    return isHidden ? failed(reason("proof/data-group-hidden", { dataGroup: file })) : undefined;
  }

  /** What the answer to reset leaves out EF.ATR/INFO may say: extended length, and how much at a time. A wrong one costs one refused command. */
  async #askForLengths(): Promise<void> {
    const bytes = await this.#log.run("read EF.ATR/INFO", () => this.#reader.read("EF.ATR/INFO"));
    if (bytes === undefined) return;
    this.#files["EF.ATR/INFO"] = bytes;
    try {
      const { extendedLength, mostResponse } = parseAtrInfo(bytes);
      if (extendedLength || mostResponse !== undefined) this.#blockStep = "extended";
      if (mostResponse !== undefined) this.#mostResponse = Math.min(mostResponse, extendedBlock);
    } catch (error) {
      // A file that says nothing understandable says nothing: short commands always work.
      if (!isCoded(error)) throw error;
    }
  }

  #block(): number {
    if (this.#blockStep === "extended") {
      const all = this.#mostResponse >= extendedBlock;
      return all ? extendedBlock : Math.max(cautiousBlock, this.#mostResponse - messagingOverhead);
    }
    if (this.#blockStep === "cautious") return cautiousBlock;
    return this.#session.secure?.shortResponseData ?? 256;
  }

  /** Opens the chip, again where it had ended the session and does not go on all the same. */
  async #reopen(): Promise<OpenedChip> {
    this.#reader.leaveFile();
    if (this.#opened !== undefined && (await this.#reader.goesOn())) return this.#opened;
    return this.#openAnew(this.#open);
  }

  #openFromMasterFile(): Promise<OpenedChip> {
    this.#reader.leaveFile();
    return this.#openAnew({ ...this.#open, fromMasterFile: true });
  }

  async #openAnew(options: OpenChipOptions): Promise<OpenedChip> {
    this.#session.secure = undefined;
    const opened = await this.#adapting(() => openChip(this.#session, this.#reader, this.#log, options));
    for (const [name, bytes] of [
      ["EF.CardAccess", opened.cardAccess],
      ["EF.CardSecurity", opened.mapping?.cardSecurity],
    ] as const) {
      if (bytes !== undefined) this.#files[name] = bytes;
    }
    this.#opened = opened;
    return opened;
  }

  async #need(name: FileName): Promise<Uint8Array> {
    const bytes = await this.#want(name);
    if (bytes === undefined) throw new KabinaError("mrtd/file-missing", { file: name });
    return bytes;
  }

  async #want(name: FileName): Promise<Uint8Array | undefined> {
    const bytes = await this.#log.run(`read ${name}`, () =>
      this.#adapting(async () => {
        if (this.#session.secure === undefined) await this.#reopen();
        return this.#reader.read(name);
      }),
    );
    if (bytes !== undefined) this.#files[name] = bytes;
    return bytes;
  }

  /**
   * Does it again with smaller blocks when the chip refuses the length (6700) or falls over it (6F00, 6Fxx), and by SELECT when it falls over a
   * short file identifier. Each of them happens once.
   */
  async #adapting<Result>(action: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await action();
      } catch (error) {
        if (isCoded(error) && error.details.step === shortIdentifierRefused) continue;
        if (!isAboutLength(error)) throw error;
        const next = blockSteps[blockSteps.indexOf(this.#blockStep) + 1];
        if (next === undefined && !this.#reader.selectFiles()) throw error;
        this.#blockStep = next ?? this.#blockStep;
      }
    }
  }

  /** A file of which one half came before an interruption and one after may be of two documents: it is read again, whole. */
  async #provePassively(resumed: readonly FileName[]): Promise<PassiveAuthenticationResult> {
    const prove = () =>
      passiveAuthentication({ files: this.#files, ...trustOf(this.#options), at: this.#options.clock.now() });
    let proof = prove();
    for (const name of resumed) {
      const isWrong = proof.hashes.dataGroups[name] === "failed" || (name === "EF.SOD" && proof.verdict === "failed");
      if (!isWrong) continue;
      this.#partial.files.delete(name);
      await this.#want(name);
      proof = prove();
    }
    return proof;
  }
}

/** Numbers of the data groups that EF.COM lists; none when it is not there or cannot be read. */
function listedGroups(com: Uint8Array | undefined): readonly DataGroupNumber[] {
  try {
    return com === undefined ? [] : parseCom(com).dataGroups;
  } catch (error) {
    if (!isCoded(error)) throw error;
    return [];
  }
}

/** Numbers of the data groups that EF.SOD signs; none when it cannot be read, which passive authentication then says. */
function signedGroups(sod: Uint8Array): ReadonlySet<DataGroupNumber> {
  try {
    return new Set(parseSecurityObject(sod).lds.hashes.keys());
  } catch (error) {
    if (!isCoded(error)) throw error;
    return new Set();
  }
}

function isAboutLength(error: unknown): boolean {
  if (!isCoded(error)) return false;
  return error.code === "mrtd/read-failed" && /^(6700|6F..|6C..)$/.test(String(error.details.status));
}

function portraitOf(dg2: Uint8Array): ChipPortrait {
  const { data, mediaType } = parseDg2(dg2)[0]!;
  return { data, mediaType };
}

const trustOf = ({ csca = [], crls = [] }: ReadOptions) => ({ csca, crls });
