/** The `enrolment` part: the whole session as one JSON record, and which pictures go with it. */

import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { ENROLMENT_VERSION, Enrolment, PART_MEDIA_TYPES } from "../../crypto/package/enrolment.ts";
import type { DeviceInfo } from "../../devices/port.ts";
import type { BlobId } from "../session/captures.ts";
import { compareFields } from "../session/confirm.ts";
import { consentHash } from "../session/consent-text.ts";
import type { FingerTrack, SessionContext } from "../session/context.ts";
import { exceptionsOf } from "../session/exceptions.ts";
import { chosenFace } from "../session/face.ts";
import { hasPrint } from "../session/hands.ts";

/** Candidates that were not chosen and are sent along, best first. */
const BURST_SENT = 2;

export interface RecordFacts {
  readonly finishedAt: Date;
  readonly devices: readonly DeviceInfo[];
  readonly crossMatch: Enrolment["fingerCrossMatch"];
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
      mrz: { lines: [...mrz.lines], fields: mrz.fields, source: "typed" },
      chip:
        context.chip === null
          ? null
          : {
              access: context.chip.access,
              fields: context.chip.fields,
              files: context.chip.files.map(({ part, sha256, bytes }) => ({ part, sha256, bytes })),
              proofs: context.chip.proofs.map((proof) => ({ ...proof, reasons: [...proof.reasons] })),
              readMs: context.chip.readMs,
              interruptions: context.chipInterruptions,
            },
      chipSkipped: context.chipSkipped,
      comparison: compareFields(context).map(({ name, match, disputed }) => ({ field: name, match, disputed })),
    },
    portrait: {
      source: context.face.source,
      candidates: context.face.candidates.map((candidate) => ({
        part: portraits.find(({ blob }) => blob === candidate.blob)?.name ?? null,
        score: candidate.score,
        measures: [...candidate.measures],
        capturedAt: candidate.capturedAt,
        trigger: candidate.trigger,
      })),
      machineChoice: context.face.machineChoice ?? 0,
      personChoice: context.face.personChoice,
      tries: context.face.tries,
      forced: !chosen.passes,
    },
    fingers: tracks.map((track) => fingerRecord(track, context)),
    fingerCrossMatch: facts.crossMatch,
    signature: {
      part: context.signature === null || context.signatureUnable !== null ? null : "signature",
      strokes: context.signature?.strokes.length ?? 0,
      unable: context.signatureUnable,
    },
    exceptions,
    timings: context.timings
      .filter(({ step }) => step !== "welcome")
      .map(({ step, ms }) => ({ step, ms: Math.round(ms) })),
    devices: facts.devices.map(({ kind, name, driver, id }) => ({ kind, name, driver, serial: id })),
    resumed: context.resumed,
    software: { name: "kabina", version: context.software },
  };
  return {
    record: Enrolment.parse(record),
    parts: [...portraits, ...fingerParts(tracks, context), ...chipParts(context)],
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
    { name: "portrait", mediaType: PART_MEDIA_TYPES.portrait, blob: chosen.blob },
    ...sent.map(({ blob }, index) => ({
      name: `portrait-burst-${index + 1}`,
      mediaType: PART_MEDIA_TYPES["portrait-burst"],
      blob,
    })),
  ];
}

function fingerParts(tracks: readonly FingerTrack[], context: SessionContext): PicturePart[] {
  return tracks.flatMap((track) => {
    const kept = track.kept === null || !hasPrint(track, context.policy) ? undefined : track.tries[track.kept];
    if (kept === undefined) return [];
    return [{ name: `finger-${track.position}`, mediaType: PART_MEDIA_TYPES.finger, blob: kept.blob }];
  });
}

function chipParts(context: SessionContext): PicturePart[] {
  return (context.chip?.files ?? []).map(({ part, blob }) => ({ name: part, mediaType: PART_MEDIA_TYPES.chip, blob }));
}

function fingerRecord(track: FingerTrack, context: SessionContext): Enrolment["fingers"][number] {
  const captured = hasPrint(track, context.policy);
  const kept = captured && track.kept !== null ? track.tries[track.kept] : undefined;
  return {
    position: track.position,
    part: captured ? `finger-${track.position}` : null,
    tries: track.tries.map(({ quality, measures, hints, capturedAt }) => ({
      quality,
      measures: [...measures],
      hints: [...hints],
      capturedAt,
    })),
    kept: captured ? track.kept : null,
    scoreMatrix: track.scoreMatrix.map((row) => [...row]),
    forced: kept !== undefined && kept.quality < context.policy.fingers.wanted,
    missing: track.missing,
  };
}
