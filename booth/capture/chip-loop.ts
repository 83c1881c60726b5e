/** The passport's chip: opened with the zone, read group by group; taken away and laid back, the reading goes on. */
import { createHash } from "node:crypto";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { ChipPart } from "../../crypto/package/enrolment.ts";
import type { AccessKey } from "../../mrtd/access/access-key.ts";
import type { DataGroupNumber, FileName } from "../../mrtd/lds/file.ts";
import { fieldsOf } from "../../mrtd/mrz/record-fields.ts";
import { PartialReading } from "../../mrtd/reader/partial-reading.ts";
import {
  type PassportReading,
  type ReadOptions,
  type ReadProgress,
  readPassport,
} from "../../mrtd/reader/read-passport.ts";
import type { ViewOf } from "../api/messages.ts";
import type { Activity, Stage } from "../session/activity.ts";
import type { BlobId, ChipPrints, ChipReading } from "../session/captures.ts";
import { DATA_GROUPS } from "../session/live.ts";
import { chipPrintsOf } from "./chip-prints.ts";
import { type BoothDevices, need } from "./devices.ts";
import type { Inspection } from "./inspection.ts";
import { captureLimits } from "./limits.ts";
import { shownPicture } from "./shown-picture.ts";
import { accessKeyOf } from "./zone.ts";

export interface ChipTools {
  readonly devices: BoothDevices;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Trusted country signing certificates, DER. */
  readonly csca: readonly Uint8Array[];
  /** Who the booth is to chips that keep their prints for inspection systems. */
  readonly inspection: (now: Date) => Promise<Inspection>;
}

/** What the reader may say when the document was taken away. */
const REMOVED = new Set(["device/card-removed", "card/removed"]);
/** What it may say when nobody has laid one down yet. */
const NOBODY = new Set(["device/timeout"]);

/** What goes into the package; a group is one that the screen shows. */
const FILES: readonly { part: ChipPart; file: FileName; group?: ViewOf<"document">["groups"][number]["name"] }[] = [
  { part: "chip-com", file: "EF.COM", group: "COM" },
  { part: "chip-dg1", file: "DG1", group: "DG1" },
  { part: "chip-dg2", file: "DG2", group: "DG2" },
  { part: "chip-sod", file: "EF.SOD", group: "SOD" },
  { part: "chip-dg3", file: "DG3", group: "DG3" },
  { part: "chip-dg4", file: "DG4" },
  { part: "chip-dg14", file: "DG14" },
  { part: "chip-dg15", file: "DG15" },
  { part: "chip-card-access", file: "EF.CardAccess" },
  { part: "chip-card-security", file: "EF.CardSecurity" },
];

export function chipLoop(tools: ChipTools): Activity {
  return async (stage) => {
    if (stage.session.mrz === null) return;
    const partial = new PartialReading();
    try {
      await readUntilSettled(tools, stage, accessKeyOf(stage.session.mrz), partial);
    } finally {
      partial.erase();
    }
  };
}

/** Until the chip was read, or has failed; laid down again, the reading goes on where it was. */
async function readUntilSettled(
  tools: ChipTools,
  stage: Stage,
  access: AccessKey,
  partial: PartialReading,
): Promise<void> {
  const wantsPrints = stage.session.policy.chip.prints === "read";
  const inspection = await tools.inspection(tools.clock.now());
  resetGroups(stage, wantsPrints && inspection.mayRead.prints);
  while (!stage.signal.aborted) {
    const reader = await need(tools.devices.smartcard, "smartcard", stage);
    let connected = false;
    try {
      const channel = await reader.connect({ signal: stage.signal, timeoutMs: captureLimits.waitForPersonMs });
      connected = true;
      try {
        await stage.emit({ type: "chip.placed" });
        const began = tools.clock.monotonic();
        const reading = await readPassport(channel, access, {
          clock: tools.clock,
          random: tools.random,
          signal: stage.signal,
          csca: tools.csca,
          ...wanted(stage, inspection),
          partial,
          onProgress: (progress) => showProgress(progress, stage),
        });
        const prints = chipPrintsOf(reading, inspection, wantsPrints);
        const { chip, blobs } = await takeOver(reading, prints, tools.clock, began);
        return await stage.emit({ type: "chip.read", chip }, blobs);
      } finally {
        await channel.close();
      }
    } catch (error) {
      if (stage.signal.aborted) return;
      const { code, details } = isCoded(error) ? error : { code: "internal/unexpected", details: {} };
      if (!connected && NOBODY.has(code)) continue;
      if (REMOVED.has(code)) {
        await stage.emit({ type: "chip.removed", code, details });
        continue;
      }
      // The reader itself went away: the loop waits for it. Anything else is the chip's fault, and the person's choice.
      if (code.startsWith("device/") && tools.devices.smartcard.current === null) continue;
      return await stage.emit({ type: "chip.failed", code, details });
    }
  }
}

/** Prints and irises where the policy wants them and this booth's certificate covers them; irises are no matter of a pick-up. */
function wanted({ session }: Stage, { terminal, mayRead }: Inspection): Pick<ReadOptions, "dataGroups" | "terminal"> {
  const { prints, irises } = session.policy.chip;
  const groups: DataGroupNumber[] = [];
  if (prints === "read" && mayRead.prints) groups.push(3);
  if (irises === "read" && mayRead.irises && session.purpose === "enrol") groups.push(4);
  return { dataGroups: [1, 2, ...groups], ...(groups.length > 0 && terminal !== undefined && { terminal }) };
}

function resetGroups(stage: Stage, withPrints: boolean): void {
  stage.live(({ document }) => {
    const names = [...DATA_GROUPS, ...(withPrints ? (["DG3"] as const) : [])];
    document.groups = names.map((name) => ({ name, state: "waiting", progress: 0 }));
    document.access = null;
  });
}

function showProgress(progress: ReadProgress, stage: Stage): void {
  const share = progress.bytesTotal > 0 ? progress.bytesRead / progress.bytesTotal : 0;
  if (progress.step === "proof") markFilesBefore(undefined, stage, 1);
  else if (progress.step === "files" && progress.file !== undefined)
    markFilesBefore(progress.file, stage, Math.min(1, share));
}

/** The file being read is `reading`; those seen before it are done; undefined: all are done. */
function markFilesBefore(file: FileName | undefined, stage: Stage, share: number): void {
  stage.live(({ document }) => {
    for (const group of document.groups) {
      const name = FILES.find((one) => one.group === group.name)?.file;
      if (name === file) Object.assign(group, { state: "reading", progress: share });
      else if (file === undefined || group.state === "reading") Object.assign(group, { state: "done", progress: 1 });
    }
  });
}

/** The reading as the session keeps it, and the files' bytes. */
async function takeOver(
  reading: PassportReading,
  prints: ChipPrints,
  clock: Clock,
  began: number,
): Promise<{ chip: ChipReading; blobs: Map<BlobId, Uint8Array> }> {
  const blobs = new Map<BlobId, Uint8Array>();
  const files: ChipReading["files"][number][] = [];
  for (const { part, file } of FILES) {
    const bytes = reading.files[file];
    if (bytes === undefined) continue;
    // A copy, which is overwritten with the session; what the reading held is overwritten when it ends.
    blobs.set(part, Uint8Array.from(bytes));
    files.push({ part, blob: part, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
  }
  const shown = await shownPicture(reading.portrait);
  if (shown !== null) blobs.set("chip-portrait", shown);
  const { passiveAuthentication: passive, activeAuthentication, chipAuthentication } = reading.proof;
  const proofs = {
    "passive-authentication": passive,
    "passive-authentication/hashes": passive.hashes,
    "passive-authentication/signature": passive.signature,
    "passive-authentication/chain": passive.chain,
    "active-authentication": activeAuthentication,
    "chip-authentication": chipAuthentication,
    "access-control": reading.proof.accessControl,
    "terminal-authentication": reading.terminalAuthentication,
  };
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
  const { signedChallenge } = reading;
  const chip: ChipReading = {
    access: reading.access,
    fields: fieldsOf(reading.mrz, clock.now()),
    files,
    proofs: Object.entries(proofs).map(([name, { verdict, reasons }]) => ({
      name,
      outcome: verdict,
      reasons: reasons.map(({ code }) => code),
    })),
    signedChallenge: signedChallenge
      ? { challenge: hex(signedChallenge.challenge), signature: hex(signedChallenge.signature) }
      : null,
    portrait: shown === null ? null : "chip-portrait",
    prints,
    readMs: Math.round(clock.monotonic() - began),
  };
  return { chip, blobs };
}
