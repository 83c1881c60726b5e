/** The `enrolment` part: the whole session as one JSON record, and which pictures go with it. */

import { presentationScore } from "../../biometrics/face/presentation/signals.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import {
  ENROLMENT_VERSION,
  Enrolment,
  PART_MEDIA_TYPES,
  TEMPORARY_FINGER_REASONS,
} from "../../crypto/package/enrolment.ts";
import type { DeviceInfo } from "../../devices/port.ts";
import { captureLimits } from "../capture/limits.ts";
import type { BlobId, ChipReading, FaceCandidate } from "../session/captures.ts";
import { comparePrints } from "../session/chip-prints.ts";
import { compareFields } from "../session/confirm.ts";
import { consentHash } from "../session/consent-text.ts";
import type { FingerTrack, SessionContext } from "../session/context.ts";
import { exceptionsOf } from "../session/exceptions.ts";
import { burstOf, chosenFace } from "../session/face.ts";
import { fingerThresholds, scoreMatrix } from "../session/finger-evidence.ts";
import { hasPrint, impressionsOf } from "../session/hands.ts";

/** Candidates that were not chosen and are sent along, best first. */
const BURST_SENT = 2;

export interface RecordFacts {
  readonly finishedAt: Date;
  readonly devices: readonly DeviceInfo[];
  /** The hot-list of devices that the booth goes by; null where it has none. */
  readonly hotList: { readonly issuedAt: string; readonly expires: string } | null;
  /** Codes of what was wrong with the booth itself, such as `clock/suspect`. */
  readonly boothExceptions: readonly string[];
}

/** A part that is a picture or a file of the session. */
export interface PicturePart {
  readonly name: string;
  readonly mediaType: string;
  readonly blob: BlobId;
}

/** Throws `session/incomplete` when something is missing that the review should have asked for. */
export function enrolmentRecord(
  context: SessionContext,
  facts: RecordFacts,
): { readonly record: Enrolment; readonly parts: readonly PicturePart[] } {
  const { consent, mrz } = context;
  const chosen = chosenFace(context);
  if (consent === null) throw new KabinaError("session/incomplete", { missing: "consent" });
  if (mrz === null) throw new KabinaError("session/incomplete", { missing: "document" });
  if (chosen === null) throw new KabinaError("session/incomplete", { missing: "face" });
  const portraits = portraitParts(context);
  const tracks = [...context.hands.right.tracks, ...context.hands.left.tracks];
  const at = facts.finishedAt.toISOString();
  const exceptions = [...exceptionsOf(context), ...facts.boothExceptions.map((code) => ({ code, reason: null }))].map(
    (exception) => ({ ...exception, at }),
  );
  const record: Enrolment = {
    version: ENROLMENT_VERSION,
    session: context.id,
    startedAt: new Date(context.startedAt).toISOString(),
    finishedAt: at,
    language: context.language,
    consent: { ...consent, textSha256: consentHash(consent.language) },
    slip: context.slip,
    document: {
      mrz: { lines: [...mrz.lines], fields: mrz.fields, source: context.mrzSource },
      chip:
        context.chip === null
          ? null
          : {
              access: context.chip.access,
              fields: context.chip.fields,
              files: context.chip.files.map(({ part, sha256, bytes }) => ({ part, sha256, bytes })),
              ...chipProofs(context.chip, context),
              signedChallenge: context.chip.signedChallenge,
              readMs: context.chip.readMs,
              interruptions: context.chipInterruptions,
            },
      chipSkipped: context.chipSkipped,
      comparison: compareFields(context).map(({ name, match, disputed }) => ({ field: name, match, disputed })),
    },
    portrait: {
      source: context.face.source,
      candidates: context.face.candidates.map((candidate) => ({
        part: candidate === chosen ? "portrait" : (portraits.find(({ blob }) => blob === candidate.blob)?.name ?? null),
        score: candidate.score,
        measures: [...candidate.measures],
        capturedAt: candidate.capturedAt,
        trigger: candidate.trigger,
        ...presentationOf(context, candidate),
      })),
      bursts: context.face.bursts.map(({ challenge, colours }) => ({ challenge, colours })),
      cut: chosen.cut?.record ?? null,
      machineChoice: context.face.machineChoice ?? 0,
      personChoice: context.face.personChoice,
      tries: context.face.tries,
      forced: !chosen.passes,
    },
    fingers: tracks.map((track) => fingerRecord(track, context, facts.finishedAt)),
    fingerCrossMatch: crossMatch(tracks, context),
    ...fingerScores(context),
    signature: {
      part: context.signature === null || context.signatureUnable !== null ? null : "signature",
      strokes: context.signature?.strokes.length ?? 0,
      unable: context.signatureUnable,
    },
    exceptions,
    timings: context.timings
      .filter(({ step }) => step !== "welcome")
      .map(({ step, ms }) => ({ step, ms: Math.round(ms) })),
    devices: facts.devices.map(({ kind, name, driver, id, ...info }) => ({
      ...{ kind, name, driver, serial: info.serial ?? id },
      ...{ maker: info.maker ?? null, model: info.model ?? null, certificates: [...(info.certificates ?? [])] },
    })),
    ...captureRecord(tracks, portraits, context),
    hotList: facts.hotList,
    resumed: context.resumed,
    software: { name: "kabina", version: context.software },
  };
  return {
    record: Enrolment.parse(record),
    parts: [...portraits, ...fingerParts(tracks, context), ...chipParts(context)],
  };
}

type ChipRecord = NonNullable<Enrolment["document"]["chip"]>;

/** What was proved of the chip, and what its prints came to beside the fresh ones. */
function chipProofs(chip: ChipReading, context: SessionContext): Pick<ChipRecord, "proofs" | "fingerprints"> {
  const { verdict: outcome, reason, scores } = comparePrints(context);
  const fingerprints = { name: "fingerprints", outcome, reasons: reason === null ? [] : [reason.code] };
  const details = Object.fromEntries(
    Object.entries(reason?.details ?? {}).map(([name, value]) => [
      name,
      typeof value === "number" ? value : String(value),
    ]),
  );
  return {
    proofs: [...chip.proofs.map((proof) => ({ ...proof, reasons: [...proof.reasons] })), fingerprints],
    fingerprints: { threshold: captureLimits.sameFinger, scores: [...scores], details },
  };
}

/** Signs of a picture held before the camera: of the photo, and of its burst. */
function presentationOf(
  context: SessionContext,
  candidate: FaceCandidate,
): Pick<Enrolment["portrait"]["candidates"][number], "burst" | "presentation"> {
  const burst = burstOf(context, candidate);
  const signals = [...candidate.presentation, ...(burst?.signals ?? [])];
  return {
    ...(burst === undefined ? {} : { burst: context.face.bursts.indexOf(burst) }),
    presentation: { score: presentationScore(signals), signals },
  };
}

function portraitParts(context: SessionContext): PicturePart[] {
  const chosen = chosenFace(context);
  if (chosen === null) return [];
  const others = context.face.candidates
    .filter((candidate) => candidate !== chosen)
    .sort((a, b) => b.score - a.score)
    .slice(0, BURST_SENT);
  const sent = context.face.candidates.filter((candidate) => others.includes(candidate));
  return [
    { name: "portrait", mediaType: PART_MEDIA_TYPES.portrait, blob: chosen.cut?.blob ?? chosen.blob },
    ...(chosen.cut === null
      ? []
      : [{ name: "portrait-still", mediaType: PART_MEDIA_TYPES["portrait-still"], blob: chosen.blob }]),
    ...sent.map(({ blob }, index) => ({
      name: `portrait-burst-${index + 1}`,
      mediaType: PART_MEDIA_TYPES["portrait-burst"],
      blob,
    })),
  ];
}

/** What the sensors signed of the stills and prints that are sent; each chain of certificates once. */
function captureRecord(
  tracks: readonly FingerTrack[],
  portraits: readonly PicturePart[],
  context: SessionContext,
): Pick<Enrolment, "captures" | "captureCertificates"> {
  const stills = context.face.candidates.flatMap(({ blob, signed }) => {
    const part = portraits.find((one) => one.blob === blob)?.name;
    return part === undefined || !signed ? [] : [{ part, signed }];
  });
  const prints = keptPrints(tracks, context).flatMap(({ part, print: { signed } }) =>
    signed ? [{ part, signed }] : [],
  );
  const chains = new Map<string, readonly string[]>();
  for (const { signed } of [...stills, ...prints]) chains.set(signed.certificates.join(), signed.certificates);
  const order = [...chains.keys()];
  return {
    captures: [...stills, ...prints].map(({ part, signed: { certificates, statement, signature } }) => ({
      ...{ part, statement, signature, certificates: order.indexOf(certificates.join()) },
    })),
    captureCertificates: [...chains.values()].map((chain) => [...chain]),
  };
}

function keptPrints(tracks: readonly FingerTrack[], context: SessionContext) {
  return tracks.flatMap((track) => {
    const kept = track.kept === null || !hasPrint(track, context.policy) ? undefined : track.tries[track.kept];
    return kept === undefined ? [] : [{ part: `finger-${track.position}`, print: kept }];
  });
}

function fingerParts(tracks: readonly FingerTrack[], context: SessionContext): PicturePart[] {
  return keptPrints(tracks, context).map(({ part, print }) => ({
    name: part,
    mediaType: PART_MEDIA_TYPES.finger,
    blob: print.blob,
  }));
}

function chipParts(context: SessionContext): PicturePart[] {
  return (context.chip?.files ?? []).map(({ part, blob }) => ({ name: part, mediaType: PART_MEDIA_TYPES.chip, blob }));
}

function fingerRecord(track: FingerTrack, context: SessionContext, finishedAt: Date): Enrolment["fingers"][number] {
  const captured = hasPrint(track, context.policy);
  const kept = captured && track.kept !== null ? track.tries[track.kept] : undefined;
  return {
    position: track.position,
    part: captured ? `finger-${track.position}` : null,
    tries: track.tries.map(({ quality, measures, hints, capturedAt }, index) => ({
      quality,
      measures: [...measures],
      hints: [...hints],
      capturedAt,
      ...(track.verdicts[index] === undefined ? {} : { verdict: track.verdicts[index] }),
    })),
    kept: captured ? track.kept : null,
    scoreMatrix: scoreMatrix(track.tries),
    forced: kept !== undefined && kept.quality < context.policy.fingers.wanted,
    missing: track.missing,
    exception: exceptionOf(track, context, finishedAt),
  };
}

/** Of a finger that the person could not give; what the machine could not read needs no second person. */
function exceptionOf(
  { missing, approval }: FingerTrack,
  context: SessionContext,
  finishedAt: Date,
): Enrolment["fingers"][number]["exception"] {
  if (missing === null || missing === "not-readable") return null;
  const ends = new Date(finishedAt.getTime() + context.policy.fingers.temporaryDays * DAY_MS);
  return {
    expiresOn: TEMPORARY_FINGER_REASONS.includes(missing) ? ends.toISOString().slice(0, 10) : null,
    approvedBy: approval?.staff ?? null,
    approvedAt: approval?.at ?? null,
  };
}

const DAY_MS = 24 * 3600 * 1000;

/** Recorded scores between the kept prints of different fingers. */
function crossMatch(tracks: readonly FingerTrack[], context: SessionContext): Enrolment["fingerCrossMatch"] {
  const kept = tracks.flatMap((track) => {
    const print = track.kept === null || !hasPrint(track, context.policy) ? undefined : track.tries[track.kept];
    return print === undefined ? [] : [{ position: track.position, print }];
  });
  const matrix = scoreMatrix(kept.map(({ print }) => print));
  return kept.flatMap((a, row) =>
    kept.slice(row + 1).map((b, next) => ({ a: a.position, b: b.position, score: matrix[row]?.[row + 1 + next] ?? 0 })),
  );
}

/** Every print against every other. */
function fingerScores(context: SessionContext): Pick<Enrolment, "fingerScores"> {
  const impressions = impressionsOf(context.hands);
  const engine = [...context.hands.right.tracks, ...context.hands.left.tracks].flatMap(({ tries }) => tries)[0]?.engine;
  if (engine === undefined) return {};
  const tries = new Map<string, number>();
  const prints = impressions.map(({ position }) => {
    const index = tries.get(position) ?? 0;
    tries.set(position, index + 1);
    return { position, try: index };
  });
  const matrix = scoreMatrix(impressions.map(({ print }) => print));
  return { fingerScores: { engine, thresholds: fingerThresholds, prints, matrix } };
}
