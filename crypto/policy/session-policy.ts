/**
 * Every duration, count and threshold of a session, with its unit, in one place. The officers' signed policy replaces it whole; booth,
 * server and the officer's form read the same schema (docs/formats/updates.md).
 */
import { z } from "zod";
import { suiteIds } from "../suites/names.ts";

const seconds = (n: number) => n * 1000;
const Ms = z.number().int().positive();

/** Its name among the targets of the officers' repository. */
export const POLICY_TARGET = "policy.json";

export const policyLanguages = ["ru", "en"] as const;
/** Kinds of device that a policy may bind to drivers. */
export const policyDeviceKinds = ["camera", "fingerprint", "smartcard", "scanner", "signature", "printer"] as const;
/** The portrait's measures that a policy may hold to another limit: those of `biometrics/face/limits.ts`, which a test compares. */
export const portraitMeasures = [
  "SingleFacePresent",
  "InterEyeDistance",
  "LeftwardCropOfTheFaceImage",
  "RightwardCropOfTheFaceImage",
  "MarginAboveOfTheFaceImage",
  "MarginBelowOfTheFaceImage",
  "HeadPoseRoll",
  "HeadPoseYaw",
  "HeadPosePitch",
  "EyesOpen",
  "Gaze",
  "MouthClosed",
  "ExpressionNeutrality",
  "DarkGlasses",
  "GlassesGlare",
  "EyesVisible",
  "MouthOcclusionPrevention",
  "FaceOcclusionPrevention",
  "NoHeadCoverings",
  "LuminanceMean",
  "LuminanceVariance",
  "UnderExposurePrevention",
  "OverExposurePrevention",
  "DynamicRange",
  "IlluminationUniformity",
  "BackgroundUniformity",
  "BackgroundLight",
  "BackgroundShadow",
  "Sharpness",
  "Noise",
  "CompressionArtifacts",
  "OriginalPixels",
  "RedEyes",
  "ColourPresent",
  "NaturalColour",
] as const;

/** A driver's name as `devices/` knows it, such as `v4l2`. */
const Driver = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$/);
const listed = <T>(values: readonly T[]): boolean => new Set(values).size === values.length;

/** A state duty, told to the person before they agree. */
const Fee = z.strictObject({
  /** Age in whole years from which, and up to which (not included), it is asked for. */
  fromAge: z.number().int().min(0).max(150),
  toAge: z.number().int().min(1).max(151),
  /** In the currency's smallest unit, such as kopecks. */
  amount: z.number().int().min(0).max(1_000_000_000),
  /** ISO 4217. */
  currency: z.string().regex(/^[A-Z]{3}$/),
});

export const SessionPolicy = z.strictObject({
  version: z.string().max(40),
  /** Milliseconds a step may last without anything happening; `stay` gives them again. */
  stepMs: z.strictObject({
    resume: Ms,
    consent: Ms,
    slip: Ms,
    document: Ms,
    confirm: Ms,
    face: Ms,
    fingers: Ms,
    signature: Ms,
    review: Ms,
    receipt: Ms,
    verdict: Ms.default(seconds(120)),
    wipe: Ms,
  }),
  /** Milliseconds before the end at which the screen asks "are you still here?". */
  warningMs: Ms,
  /** How many times longer a step lasts while help is open. */
  helpFactor: z.number().min(1).max(10),
  /** `required`: no session without a slip; `optional`: the document alone opens it too. */
  slip: z.enum(["required", "optional"]),
  /** Slips that may be refused in one session before it ends. */
  slipTries: z.number().int().min(1),
  face: z.strictObject({
    /** Stills in one burst. */
    burst: z.number().int().min(1).max(5),
    /** Bursts in one session. */
    maxTries: z.number().int().min(1).max(5),
    /** The least value (0–100) at which a measure of the portrait passes, where it is to be another than the software's. */
    pass: z.partialRecord(z.enum(portraitMeasures), z.number().min(0).max(100)).default({}),
    /** Ask one random thing of the person before the camera: turn the head, or close the eyes. */
    challenge: z.boolean().default(true),
    /** Show a few soft colours while the photo is judged, and see whether the face throws them back. */
    colours: z.boolean().default(true),
  }),
  fingers: z.strictObject({
    /** Tries of one finger in one go. */
    maxTries: z.number().int().min(1).max(10),
    /** How often one finger may be taken again after that. */
    redos: z.number().int().min(0).max(5),
    /** Quality (0–100) at which no further try is asked for. */
    wanted: z.number().min(0).max(100),
    /** Quality under which, after all tries, the finger counts as not readable. */
    least: z.number().min(0).max(100),
    /** Prints of one finger that must agree before no further try is asked for. */
    agreeing: z.number().int().min(1).max(3),
    /** How often staff may mistype in one session. */
    staffTries: z.number().int().min(1).max(10),
    /** Days after which a finger that was bandaged or injured is asked for again. */
    temporaryDays: z.number().int().min(1).max(3650),
  }),
  chip: z
    .strictObject({
      /** Whether the booth reads the chip's fingerprints (DG3) where its inspection certificate covers them, and compares them. */
      prints: z.enum(["read", "leave"]),
      /** The same of irises (DG4), which go into the package unread: there is nothing here to compare them with. */
      irises: z.enum(["read", "leave"]),
    })
    .default({ prints: "read", irises: "leave" }),
  resume: z.strictObject({
    /** What becomes of a session that the power cut off. */
    afterPowerCut: z.enum(["resume", "erase"]),
    /** Milliseconds after its last record in which it may be resumed. */
    withinMs: Ms,
  }),
  /** Milliseconds between automatic tries to seal when the disk was full. */
  sealRetryMs: Ms,
  /** Milliseconds of sealing after which the person may go: the booth finishes by itself. */
  sealSlowMs: Ms,
  /** Milliseconds to wait for a disk that does not answer before the screen says so. */
  diskPatienceMs: Ms,
  /** Days that a server may take the package. */
  packageDays: z.number().int().min(1).max(180),
  /** The weakest suite that a booth seals under; with keys of a weaker one it takes no enrolment to its end. */
  suite: z.enum(suiteIds).default("p256-sha256-aes256gcm/1"),
  /** Languages that the booth speaks, the first one first. */
  languages: z
    .array(z.enum(policyLanguages))
    .min(1)
    .max(policyLanguages.length)
    .refine(listed)
    .default([...policyLanguages]),
  fees: z.array(Fee).max(10).default([]),
  /** The drivers that a kind of device may have; a kind that is not named may have any. No session begins with another. */
  devices: z.partialRecord(z.enum(policyDeviceKinds), z.array(Driver).min(1).max(20).refine(listed)).default({}),
});
export type SessionPolicy = z.infer<typeof SessionPolicy>;

export const defaultPolicy: SessionPolicy = {
  version: "2026-11",
  stepMs: {
    resume: seconds(60),
    consent: seconds(180),
    slip: seconds(120),
    document: seconds(180),
    confirm: seconds(120),
    face: seconds(120),
    fingers: seconds(120),
    signature: seconds(120),
    review: seconds(180),
    receipt: seconds(60),
    verdict: seconds(120),
    wipe: seconds(15),
  },
  warningMs: seconds(30),
  helpFactor: 3,
  slip: "optional",
  slipTries: 5,
  face: { burst: 3, maxTries: 3, pass: {}, challenge: true, colours: true },
  fingers: { maxTries: 3, redos: 2, wanted: 60, least: 20, agreeing: 2, staffTries: 3, temporaryDays: 30 },
  chip: { prints: "read", irises: "leave" },
  resume: { afterPowerCut: "resume", withinMs: seconds(15 * 60) },
  sealRetryMs: seconds(15),
  sealSlowMs: seconds(15),
  diskPatienceMs: seconds(5),
  packageDays: 60,
  suite: "p256-sha256-aes256gcm/1",
  languages: [...policyLanguages],
  fees: [],
  devices: {},
};
