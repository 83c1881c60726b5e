/**
 * What the encrypted parts of a package hold: the `enrolment` record (the whole session as JSON) and the names and media
 * types of all other parts. The booth writes it, the server reads it; neither imports the other.
 */
import { z } from "zod";
import { DeviceCertificates, SignedCapture } from "../device/signed-capture.ts";

export const ENROLMENT_VERSION = 1;

const Text = z.string().max(200);
/** ISO 8601 UTC, the booth's clock. */
const Instant = z.iso.datetime();
/** ISO 8601 calendar date, or with unknown day or month as in ICAO 9303-3 §4.8 (`1964-XX-XX`). */
const CalendarDate = z.string().regex(/^\d{4}-(\d\d|XX)-(\d\d|XX)$/);
const Score = z.number().min(0).max(100);

// ─────────────────────────────────────────────── parts ───────────────────────────────────────────────

export const FingerPosition = z.enum([
  "right-thumb",
  "right-index",
  "right-middle",
  "right-ring",
  "left-thumb",
  "left-index",
  "left-middle",
  "left-ring",
]);
export type FingerPosition = z.infer<typeof FingerPosition>;

/** Media types by the kind of a part; the parts of a kind are named beside it. */
export const PART_MEDIA_TYPES = {
  enrolment: "application/vnd.kabina.enrolment+json",
  /** The chosen portrait, JPEG: cut out of the still without retouching, or the still itself where no face was found in it. */
  portrait: "image/jpeg",
  /** The still that the portrait was cut out of, JPEG as the camera gave it. */
  "portrait-still": "image/jpeg",
  /** The candidates that were not chosen: `portrait-burst-1` … `-n`, in order of capture. */
  "portrait-burst": "image/jpeg",
  /** The kept print of a finger: PNG, 8-bit grey, lossless, 500 ppi: `finger-right-index` … */
  finger: "image/png",
  /** `SignatureStrokes` as JSON. */
  signature: "application/vnd.kabina.signature+json",
  /** Chip files byte for byte as read. */
  chip: "application/vnd.icao.mrtd-file",
} as const;

/**
 * EF.COM, EF.SOD, DG1, DG2; where the chip has them DG14, DG15, EF.CardAccess and EF.CardSecurity, to prove the chip again; DG3 (prints) and
 * DG4 (irises) where the chip let the booth's inspection system read them.
 */
export const CHIP_PARTS = [
  "chip-com",
  "chip-sod",
  "chip-dg1",
  "chip-dg2",
  "chip-dg3",
  "chip-dg4",
  "chip-dg14",
  "chip-dg15",
  "chip-card-access",
  "chip-card-security",
] as const;
export type ChipPart = (typeof CHIP_PARTS)[number];

/** One stroke point: x and y are fractions of the field's width and height, t milliseconds from the first point, p pressure. */
const StrokePoint = z.strictObject({
  x: z.number().min(0).max(1),
  y: z.number().min(0).max(1),
  t: z.number().min(0).max(600_000),
  p: z.number().min(0).max(1).optional(),
});

/** A signature as it was drawn; also the whole of part `signature`. */
export const SignatureStrokes = z.strictObject({
  /** Width : height of the field drawn in. */
  aspect: z.number().min(0.5).max(10),
  strokes: z.array(z.array(StrokePoint).min(1).max(2000)).min(1).max(100),
});
export type SignatureStrokes = z.infer<typeof SignatureStrokes>;

// ─────────────────────────────────────────────── reasons ───────────────────────────────────────────────

/** Why the chip was not read. */
export const ChipSkipReason = z.enum(["no-chip", "chip-unreadable", "access-refused", "reader-missing", "other"]);
export type ChipSkipReason = z.infer<typeof ChipSkipReason>;

/** Why a finger has no print (OSIA: BANDAGED, AMPUTATED, DAMAGED, and what a booth alone can know). */
export const FingerExceptionReason = z.enum(["amputated", "bandaged", "damaged", "cannot-place", "not-readable"]);
export type FingerExceptionReason = z.infer<typeof FingerExceptionReason>;

/** Reasons that pass with time: their exception has a day on which it ends. */
export const TEMPORARY_FINGER_REASONS: readonly FingerExceptionReason[] = ["bandaged", "damaged"];

/**
 * What the scores say of one print: `own`, it agrees with another of the finger asked for; `single`, there is nothing to compare it
 * with; `unlike`, it agrees with no other of that finger; `other-finger`, it is `position`'s.
 */
export const FingerVerdict = z.object({
  kind: z.enum(["own", "single", "unlike", "other-finger"]),
  position: FingerPosition.nullable(),
  /** The highest score against a print of the finger that it is; null when there is none to compare with. */
  score: z.number().nullable(),
});
export type FingerVerdict = z.infer<typeof FingerVerdict>;

// ─────────────────────────────────────────────── record ───────────────────────────────────────────────

/** The fields of a machine-readable zone (ICAO 9303-3). */
export const MrzFields = z.object({
  documentCode: z.string().max(2),
  issuer: z.string().max(3),
  surname: Text,
  givenNames: Text,
  documentNumber: z.string().max(30),
  nationality: z.string().max(3),
  dateOfBirth: CalendarDate,
  sex: z.enum(["M", "F", "X"]),
  dateOfExpiry: CalendarDate,
  optionalData: z.string().max(40),
});
export type MrzFields = z.infer<typeof MrzFields>;

/** One measure of quality: its value in its own unit, and whether it is good enough. */
export const Measure = z.object({
  name: z.string().max(60),
  value: z.number(),
  passes: z.boolean(),
  hint: z.string().max(60).nullable(),
});
export type Measure = z.infer<typeof Measure>;

const DocumentRecord = z.object({
  /** The zone as typed or scanned. */
  mrz: z.object({
    lines: z.array(z.string().max(44)).min(2).max(3),
    fields: MrzFields,
    source: z.enum(["typed", "scanned"]),
  }),
  chip: z
    .object({
      /** `BAC`, `PACE-GM` … */
      access: z.string().max(20),
      /** The fields of DG1. */
      fields: MrzFields,
      /** Files read, by part name, with the SHA-256 of their bytes in hexadecimal. */
      files: z.array(z.object({ part: z.enum(CHIP_PARTS), sha256: z.string().length(64), bytes: z.number().int() })),
      /** What was proved at the booth, such as `passive-authentication`, `terminal-authentication`, `fingerprints`, with its outcome. */
      proofs: z.array(
        z.object({
          name: z.string().max(60),
          outcome: z.enum(["passed", "failed", "not-checked", "not-supported"]),
          /** Codes of the catalogue. */
          reasons: z.array(z.string().max(80)),
        }),
      ),
      /** What the chip signed in active authentication, hexadecimal: with DG15 the server checks it again. */
      signedChallenge: z
        .object({
          challenge: z.string().regex(/^[0-9a-f]{16}$/),
          signature: z.string().regex(/^([0-9a-f]{2}){1,1024}$/),
        })
        .nullable()
        .optional(),
      /** The kept prints against those of DG3 (`place` in the file), as the booth scored them; `details` fill the text of proof `fingerprints`. */
      fingerprints: z
        .object({
          threshold: z.number(),
          scores: z
            .array(z.object({ position: FingerPosition, place: z.int().min(0).max(31), score: z.number() }))
            .max(256),
          details: z.record(z.string().max(20), z.union([z.string().max(120), z.number()])),
        })
        .optional(),
      readMs: z.number(),
      /** How often the document was taken away and laid back. */
      interruptions: z.number().int(),
    })
    .nullable(),
  chipSkipped: ChipSkipReason.nullable(),
  /** Typed zone against DG1. */
  comparison: z.array(
    z.object({ field: z.string().max(40), match: z.enum(["same", "different", "one-source"]), disputed: z.boolean() }),
  ),
});

const Digest = z.object({ bytes: z.number().int(), sha256: z.string().length(64) });

/** From the sensor to the portrait: what went in, the one similarity that cut it out, what came out. */
export const PortraitCut = z.object({
  still: Digest,
  /** Pixels of the still; `angle` in radians, clockwise; `outside` is the share of the portrait that lies beyond the still's edge. */
  cut: z.object({
    origin: z.object({ x: z.number(), y: z.number() }),
    width: z.number(),
    height: z.number(),
    angle: z.number(),
    outside: z.number(),
  }),
  portrait: Digest.extend({ width: z.number().int(), height: z.number().int() }),
});
export type PortraitCut = z.infer<typeof PortraitCut>;

/** Signs of a picture held before the camera, as `biometrics/face/presentation/signals.ts` names them. */
export const PresentationSignal = z.object({
  name: z.string().max(60),
  /** In the signal's own unit; null where nothing could be told. */
  raw: z.number().nullable(),
  /** 0 (as an attack would be) … 100 (as a face is). */
  value: Score,
  suspicious: z.boolean(),
});
export type PresentationSignal = z.infer<typeof PresentationSignal>;

/** The one random thing that was asked after a burst, and what came of it. */
export const AskedChallenge = z.object({
  asked: z.enum(["turn-left", "turn-right", "close-eyes"]),
  /** `declined`: the person said that they cannot; `not-watched`: the camera gave no pictures. Neither keeps anybody from enrolling. */
  outcome: z.enum(["met", "not-met", "declined", "not-watched"]),
  /** Why it was not met, as `biometrics/face/presentation/challenge.ts` names it. */
  fault: z.string().max(40).nullable(),
  /** Milliseconds from the asking to the answer. */
  reactionMs: z.number().nonnegative().nullable(),
  /** The farthest that the head turned while it was watched, degrees to the person's right (negative) and left. */
  yaw: z.object({ least: z.number(), most: z.number() }).nullable(),
  /** Gap of the eyelids at its least, share of what it was at rest. */
  eyesLeast: z.number().nullable(),
});
export type AskedChallenge = z.infer<typeof AskedChallenge>;

/** The colours that the screen showed after a burst, and how the face answered them. */
export const ShownColours = z.object({
  /** Linear light, 0–1, in the order shown; as far as they were. */
  steps: z
    .array(z.object({ red: z.number(), green: z.number(), blue: z.number(), ms: z.number().nonnegative() }))
    .max(20),
  /** Live pictures in which a face was seen meanwhile. */
  frames: z.int().nonnegative(),
  /** How well the face followed, and how much of the colours it, what is behind it, and the one more than the other took; null where it could not be told. */
  answer: z
    .object({ match: z.number(), strength: z.number(), face: z.number(), behind: z.number().nullable() })
    .nullable(),
  /** Why there is no answer; null when there is one. */
  skipped: z.enum(["person", "reduced-motion", "camera-slow", "camera-gone", "face-lost"]).nullable(),
});
export type ShownColours = z.infer<typeof ShownColours>;

const PortraitRecord = z.object({
  /** The camera used, `browser` for the person's own. */
  source: z.enum(["booth", "browser"]),
  candidates: z.array(
    z.object({
      /** `portrait` of the chosen one, `portrait-burst-1` … of the others; null of one that was not sent. */
      part: z.string().max(40).nullable(),
      score: Score,
      measures: z.array(Measure),
      capturedAt: Instant,
      /** Taken by the guide or by the person's own "take it now". */
      trigger: z.enum(["guide", "person"]),
      /** Which burst it is of, from 0. */
      burst: z.int().nonnegative().optional(),
      /** Signs of a picture instead of a face: of this photo, and of what was asked and shown after its burst. The least value is the score. */
      presentation: z.object({ score: Score, signals: z.array(PresentationSignal).max(20) }).optional(),
    }),
  ),
  /** What was asked and shown after each burst, in order; null what the policy does not ask for. */
  bursts: z
    .array(z.object({ challenge: AskedChallenge.nullable(), colours: ShownColours.nullable() }))
    .max(10)
    .optional(),
  /** How part `portrait` was cut out of part `portrait-still`; null or left out: `portrait` is the still itself. */
  cut: PortraitCut.nullable().optional(),
  /** Indices into `candidates`. */
  machineChoice: z.number().int(),
  personChoice: z.number().int().nullable(),
  /** Bursts taken. */
  tries: z.number().int(),
  /** No candidate met every requirement and the tries were used up, or the person insisted. */
  forced: z.boolean(),
});

const FingerRecord = z.object({
  position: FingerPosition,
  /** `finger-<position>`; null when the finger has no print. */
  part: z.string().max(40).nullable(),
  tries: z.array(
    z.object({
      quality: Score,
      measures: z.array(Measure),
      /** Why it was not good enough, such as `finger-dry`. */
      hints: z.array(z.string().max(60)),
      capturedAt: Instant,
      verdict: FingerVerdict.optional(),
    }),
  ),
  /** Index into `tries` of the kept print: the one that agrees best with the others. */
  kept: z.number().int().nullable(),
  /** Match scores of each try against each other. */
  scoreMatrix: z.array(z.array(z.number())),
  /** Kept although below the wanted quality after all tries. */
  forced: z.boolean(),
  missing: FingerExceptionReason.nullable(),
  /** Of a finger that the person could not give. */
  exception: z
    .object({
      /** The day after which it must be asked for again; null where that is not to be expected. */
      expiresOn: CalendarDate.nullable(),
      /** The second person: the number of the member of staff who looked; null when nobody was there. */
      approvedBy: z.string().max(20).nullable(),
      approvedAt: Instant.nullable(),
    })
    .nullable()
    .optional(),
});

/** Something an operator must look at. `code` such as `face/forced`, `finger/missing`, `finger/same-as-other`, `chip/skipped`, `data/disputed`, `clock/suspect`. */
const ExceptionRecord = z.object({ code: z.string().max(60), reason: z.string().max(60).nullable(), at: Instant });

/** The JSON of part `enrolment`. */
export const Enrolment = z.object({
  version: z.literal(ENROLMENT_VERSION),
  /** The session's number; random. */
  session: z.string().max(64),
  startedAt: Instant,
  finishedAt: Instant,
  language: z.enum(["en", "ru"]),
  consent: z.object({
    textVersion: z.string().max(40),
    /** SHA-256 of the text shown, hexadecimal. */
    textSha256: z.string().length(64),
    language: z.enum(["en", "ru"]),
    givenAt: Instant,
  }),
  /** The slip that opened the session; null where the document alone did. */
  slip: z.object({ number: z.string().max(40), issuedAt: Instant, entered: z.enum(["typed", "scanned"]) }).nullable(),
  document: DocumentRecord,
  portrait: PortraitRecord,
  fingers: z.array(FingerRecord),
  /** Match scores between the kept prints of different fingers: a high one is the same finger twice. */
  fingerCrossMatch: z.array(z.object({ a: FingerPosition, b: FingerPosition, score: z.number() })),
  /** Every print of the session against every other: what the verdicts of the tries rest on. */
  fingerScores: z
    .object({
      /** The engine that gave the scores (10 · −log10 of the false match rate). */
      engine: z.string().max(60),
      /** Scores from which prints of different positions are one finger, and prints of one position agree. */
      thresholds: z.object({ same: z.number(), agree: z.number() }),
      /** Rows and columns of the matrix: index into `tries` of that finger. */
      prints: z.array(z.object({ position: FingerPosition, try: z.number().int() })).max(100),
      matrix: z.array(z.array(z.number()).max(100)).max(100),
    })
    .optional(),
  signature: z.object({
    part: z.literal("signature").nullable(),
    strokes: z.number().int(),
    unable: z.string().max(40).nullable(),
  }),
  exceptions: z.array(ExceptionRecord),
  /** How long each step was on the screen, milliseconds, in order of visit. */
  timings: z.array(z.object({ step: z.string().max(20), ms: z.number() })),
  devices: z.array(
    z.object({
      kind: z.string().max(20),
      name: Text,
      driver: z.string().max(60),
      /** Its serial number; where it tells none, the place that it is plugged in at. */
      serial: Text.nullable(),
      maker: Text.nullable().optional(),
      model: Text.nullable().optional(),
      /** Its own certificate and those that lead to the root; empty of a device without one. */
      certificates: DeviceCertificates.optional(),
    }),
  ),
  /** What the sensors signed of their captures, by part (`crypto/device/capture.ts`); parts that no sensor signed are not named. */
  captures: z
    .array(SignedCapture.extend({ part: z.string().max(40), certificates: z.int().nonnegative() }))
    .max(64)
    .optional(),
  /** The chains that `captures` name by their index. */
  captureCertificates: z.array(DeviceCertificates).max(16).optional(),
  /** The hot-list of devices that the booth went by; null where it has none. */
  hotList: z.object({ issuedAt: Instant, expires: Instant }).nullable().optional(),
  /** The session was interrupted and resumed this often. */
  resumed: z.number().int(),
  software: z.object({ name: z.literal("kabina"), version: z.string().max(40) }),
});
export type Enrolment = z.infer<typeof Enrolment>;
