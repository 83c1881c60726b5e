/**
 * Everything that passes between the booth and its kiosk screen. The screen holds no state of its own: it shows the last
 * `ScreenState` that it received and sends what the person did. Whatever is typed or drawn and not yet sent is the only
 * thing a screen may lose.
 *
 * Transport: one WebSocket at `/api/screen`. The screen's first message is `hello`; the booth answers `granted` (with a
 * token to keep in sessionStorage, so that a reload keeps the place) or `in-use` (another browser has the session).
 * Then the booth sends a whole `state` whenever anything changes (at most `MAX_STATES_PER_SECOND`), and the screen sends
 * events. Times are ISO 8601 UTC; image coordinates are fractions (0–1) of the unmirrored frame's width and height, from
 * the top left; every URL is a path on the booth's own origin that is good for this session only.
 */
import { z } from "zod";
import { hintCodes } from "../../biometrics/face/hints.ts";
import { challengeKinds } from "../../biometrics/face/presentation/challenge.ts";
import {
  ChipSkipReason,
  FingerExceptionReason,
  FingerPosition,
  SignatureStrokes,
} from "../../crypto/package/enrolment.ts";

/** How often a `state` is sent at most; face and finger views change this often while something is held to a sensor. */
export const MAX_STATES_PER_SECOND = 12;
/** A text typed by a person. */
const MAX_TEXT = 100;
/** Bytes of one binary message: a still of the person's own camera. */
export const MAX_CAMERA_FRAME_BYTES = 6_000_000;

export const Language = z.enum(["en", "ru"]);
export type Language = z.infer<typeof Language>;

/** The steps in their order. `resume` and `wipe` lie outside the numbered path that the screen draws. */
export const StepName = z.enum([
  "welcome",
  "resume",
  "consent",
  "slip",
  "document",
  "confirm",
  "face",
  "fingers",
  "signature",
  "review",
  "seal",
  "receipt",
  "verdict",
  "wipe",
]);
export type StepName = z.infer<typeof StepName>;

export const DeviceKind = z.enum(["camera", "fingerprint", "smartcard", "scanner", "signature", "printer"]);
export type DeviceKind = z.infer<typeof DeviceKind>;

/** What a person may take again: a whole step, or one finger without losing the other. */
export const RedoTarget = z.enum([
  "slip",
  "document",
  "face",
  "fingers",
  "finger-right-index",
  "finger-left-index",
  "signature",
]);
export type RedoTarget = z.infer<typeof RedoTarget>;

export const PickupVerdict = z.enum(["passed", "failed", "not-checked"]);
export type PickupVerdict = z.infer<typeof PickupVerdict>;
/** `proof`: passive authentication; `genuine`: the chip's own key; `data`: zone and chip; `order`: as ordered; `face`, `finger`: the holder's. */
export const PickupCheckName = z.enum(["proof", "genuine", "data", "order", "face", "finger"]);
export type PickupCheckName = z.infer<typeof PickupCheckName>;

// ───────────────────────────────────────────── screen → booth ─────────────────────────────────────────────

const event = <T extends string>(type: T) => z.strictObject({ type: z.literal(type) });

/** What a person did. A state's `actions` lists the types that the booth will take now; any other is answered with `rejected`. */
export const ScreenEvent = z.discriminatedUnion("type", [
  /** welcome: somebody is here; `wipe`: back to the welcome, for the next person. */
  event("begin"),
  /** welcome: somebody has come for a finished passport; it is read, proved and compared with them, and nothing is kept. */
  event("pickup"),
  /** verdict: the answer was seen; wipe. */
  event("verdict.done"),
  /** Any step: the language of the screen and of what is recorded. */
  z.strictObject({ type: z.literal("language"), language: Language }),
  /** consent: given to exactly the text whose version the view named. */
  z.strictObject({ type: z.literal("consent.give"), textVersion: z.string().max(40) }),
  /** consent: refused; the session ends and everything is erased. */
  event("consent.refuse"),
  /** slip: the number as typed (digits; blanks and hyphens are ignored) or the whole text of the QR code. */
  z.strictObject({ type: z.literal("slip.enter"), value: z.string().min(1).max(1000) }),
  /** slip: the person has none; the document alone opens the session. Only where the booth's policy allows it. */
  event("slip.none"),
  /** document: the machine-readable zone as typed or scanned, 2 lines of 44 or 36 or 3 of 30 characters. Opens the chip. */
  z.strictObject({ type: z.literal("document.mrz"), lines: z.array(z.string().max(44)).min(2).max(3) }),
  /** document: the page lies on the scanner; read its zone. Only where the view says `canScan`. */
  event("document.scan"),
  /** document: the chip is not read; the typed zone stands alone. Only after `document.mrz`. */
  z.strictObject({ type: z.literal("document.skip"), reason: ChipSkipReason }),
  /** document: on to the next step, once the view's phase is `done`. */
  event("document.accept"),
  /** confirm: the data are right. */
  event("confirm.accept"),
  /** confirm: these fields are wrong; the operator will be told, the session goes on. Names as in the view's `fields`. */
  z.strictObject({ type: z.literal("confirm.dispute"), fields: z.array(z.string().max(40)).min(1).max(20) }),
  /** face: take a picture now, although the guide would wait (only when a face is seen). */
  event("face.capture"),
  /** face: the person's own choice among the candidates. */
  z.strictObject({ type: z.literal("face.choose"), candidate: z.number().int().min(0).max(20) }),
  /** face: on, with the chosen picture. */
  event("face.accept"),
  /**
   * face: the screen shows no colours after the photo, because the person wishes it or their system asks for less motion; null: it may.
   * Recorded, and no reason to refuse anybody.
   */
  z.strictObject({ type: z.literal("face.calm"), calm: z.enum(["person", "reduced-motion"]).nullable() }),
  /** face: the person cannot do what is asked before the camera; recorded, and on. */
  event("face.cannot"),
  /** face: which camera to use. */
  z.strictObject({ type: z.literal("face.camera"), source: z.enum(["booth", "browser"]) }),
  /** fingers: the finger that the view asks for cannot be given; the booth asks for the next of the fallback order. */
  z.strictObject({ type: z.literal("finger.unable"), reason: FingerExceptionReason }),
  /** fingers: another try for the position shown, although the last one would do; only while tries are left. */
  event("finger.again"),
  /** fingers: a member of staff has looked at the finger that cannot be given; number and PIN. */
  z.strictObject({
    type: z.literal("finger.approve"),
    staff: z.string().regex(/^\d{3,12}$/),
    pin: z.string().regex(/^\d{6,12}$/),
  }),
  /** fingers: nobody of the staff is here; the operator will be told. */
  event("finger.unapproved"),
  /** fingers: on, once the view's phase is `done`. */
  event("fingers.accept"),
  /** signature: what was drawn. */
  z.strictObject({ type: z.literal("signature.done"), signature: SignatureStrokes }),
  /** signature: cannot sign. */
  z.strictObject({ type: z.literal("signature.unable"), reason: z.enum(["injury", "cannot-write", "other"]) }),
  /** review: seal it. */
  event("review.accept"),
  /** seal: it takes long; the person goes, the booth finishes by itself. */
  event("seal.park"),
  /** receipt: the person has what they need; wipe. */
  event("receipt.done"),
  /** Any step with a `problem`: try that again. */
  event("retry"),
  /** resume: the same person is still here; go on where the power went. */
  event("resume.continue"),
  /** Any step: one step back. Nothing captured is lost. */
  event("back"),
  /** Any step: take this again; the step is gone to. */
  z.strictObject({ type: z.literal("redo"), what: RedoTarget }),
  /** Any step: open or close help; the deadline is extended while it is open. */
  z.strictObject({ type: z.literal("help"), open: z.boolean() }),
  /** Any step: go away; everything is erased and an erase receipt shown. */
  event("leave"),
  /** Any step: "I am still here". Restarts the step's time. */
  event("stay"),
]);
export type ScreenEvent = z.infer<typeof ScreenEvent>;
export type ScreenEventType = ScreenEvent["type"];

/** The first message of a screen. */
export const ScreenHello = z.strictObject({
  type: z.literal("hello"),
  /** The token of an earlier `granted`, or null. */
  token: z.string().max(64).nullable(),
  /** Answering `in-use`: take the session although another screen had it. Granted only when that screen is gone. */
  takeOver: z.boolean(),
  /** Whether this browser has a camera that it is allowed to use. */
  camera: z.boolean(),
});
export type ScreenHello = z.infer<typeof ScreenHello>;

export const ScreenMessage = z.union([ScreenHello, ScreenEvent]);
export type ScreenMessage = z.infer<typeof ScreenMessage>;

/**
 * Binary messages of a screen carry the person's own camera while `view.preview.source` is `browser`: one byte of kind,
 * then a JPEG. Preview frames are about 640 × 480, 5–10 a second; a still (full size) is sent for each
 * `view.preview.stillsWanted`.
 */
export const CameraFrameKind = { preview: 0x01, still: 0x02 } as const;

// ───────────────────────────────────────────── booth → screen ─────────────────────────────────────────────

export const DeviceState = z.object({
  kind: DeviceKind,
  /** The maker's name of it, for the status page. */
  name: z.string().max(MAX_TEXT),
  /** Which driver found it: what is Kabina's own has a name in each language. */
  driver: z.string().max(60).nullable(),
  /** As in `devices/port.ts`: `degraded` works, but `code` says what is wrong; `failed` is tried again by itself. */
  state: z.enum(["ready", "degraded", "opening", "failed", "absent"]),
  /** No physical device is behind it: the screen says so. */
  simulated: z.boolean(),
  /** Why, as a code of the catalogue. */
  code: z.string().nullable(),
});
export type DeviceState = z.infer<typeof DeviceState>;

/** A failure that the person must know of. `cause` and `next` are already in the session's language. */
export const Problem = z.object({
  code: z.string(),
  details: z.record(z.string(), z.unknown()),
  cause: z.string(),
  next: z.string(),
  /** The device at fault. */
  device: DeviceKind.nullable(),
  /** True: the booth goes on by itself when the device is back. */
  waiting: z.boolean(),
});
export type Problem = z.infer<typeof Problem>;

const Box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

/** The one thing that a person should do for the camera now: the codes of the face engine. */
export const FaceHint = z.enum(hintCodes);
export type FaceHint = z.infer<typeof FaceHint>;

/** The one thing that a person should do for the fingerprint sensor now. */
export const FingerHint = z.enum([
  "place-finger",
  "hold-still",
  "lift-finger",
  "press-harder",
  "press-lighter",
  "finger-dry",
  "finger-wet",
  "place-flat",
  "place-centre",
  "whole-fingertip",
  "another-finger",
  "other-hand",
  "clean-sensor",
  "try-again",
  /** Good, and once more: two prints must agree. */
  "once-more",
  /** It agrees with no other print of this finger. */
  "unlike-before",
]);
export type FingerHint = z.infer<typeof FingerHint>;

const WelcomeView = z.object({
  step: z.literal("welcome"),
  languages: z.array(Language),
  /** False: a device that no enrolment can do without is missing; `problem` says which. */
  open: z.boolean(),
});

const ResumeView = z.object({
  step: z.literal("resume"),
  /** Where the session stood when the power went. No personal data is shown before the person says they are here. */
  at: StepName,
  interruptedAt: z.string(),
});

const ConsentView = z.object({
  step: z.literal("consent"),
  textVersion: z.string(),
  /** What is asked, paragraph by paragraph, in the session's language. */
  paragraphs: z.array(z.string()),
  /** State duties that the officers' policy names; ages in whole years, amounts in the currency's smallest unit. */
  fees: z.array(
    z.object({ fromAge: z.number().int(), toAge: z.number().int(), amount: z.number().int(), currency: z.string() }),
  ),
});

const SlipView = z.object({
  step: z.literal("slip"),
  phase: z.enum(["enter", "checking"]),
  /** Digits of a typed number. */
  numberLength: z.number().int(),
  /** Whether "I have no slip" is offered. */
  optional: z.boolean(),
});

export const DataGroupProgress = z.object({
  name: z.enum(["COM", "SOD", "DG1", "DG2", "DG3"]),
  state: z.enum(["waiting", "reading", "done", "failed"]),
  /** 0–1. */
  progress: z.number(),
});

const DocumentView = z.object({
  step: z.literal("document"),
  /**
   * `mrz`: type (or scan) the machine-readable zone; `scanning`: the page is being read; `place`: lay the document on the reader; `reading`: leave it there;
   * `done`: read, or skipped; `failed`: `problem` says why, `retry` and `document.skip` are offered.
   */
  phase: z.enum(["mrz", "scanning", "place", "reading", "done", "failed"]),
  /** The lines entered so far; null while none. */
  lines: z.array(z.string()).nullable(),
  /** What is wrong with the lines as typed: the field, and `check-digit`, `character`, `value` or `length`. */
  mrzFaults: z.array(z.object({ field: z.string(), kind: z.string() })),
  groups: z.array(DataGroupProgress),
  /** How the chip was opened: `BAC`, `PACE-GM` … */
  access: z.string().nullable(),
  /** A proof of the chip failed: somebody will look at the document. */
  doubt: z.boolean(),
  skipped: ChipSkipReason.nullable(),
  skipReasons: z.array(ChipSkipReason),
  /** A scanner for pages is there. */
  canScan: z.boolean(),
  /** The zone of the specimen passport when simulated devices are in use, so that a visitor can try; else null. */
  specimen: z.array(z.string()).nullable(),
});

export const ConfirmField = z.object({
  /** `surname`, `givenNames`, `documentNumber`, `nationality`, `dateOfBirth`, `sex`, `dateOfExpiry`, `issuer`. */
  name: z.string(),
  mrz: z.string().nullable(),
  chip: z.string().nullable(),
  match: z.enum(["same", "different", "one-source"]),
  disputed: z.boolean(),
});

const ConfirmView = z.object({
  step: z.literal("confirm"),
  fields: z.array(ConfirmField),
  /** The portrait in the chip, as the browser can show it; null without a chip. */
  chipPortraitUrl: z.string().nullable(),
  document: z.object({ type: z.string(), expired: z.boolean() }),
});

export const PortraitCandidate = z.object({
  index: z.number().int(),
  url: z.string(),
  /** 0–100. */
  score: z.number(),
  /** All requirements met. */
  passes: z.boolean(),
  /** What is wrong with it, worst first. */
  hints: z.array(FaceHint),
});

const FaceView = z.object({
  step: z.literal("face"),
  /**
   * `live`: preview and guide run; `capturing`: burst, and then colours while it is judged; `answering`: `challenge` is asked; `choose`:
   * candidates are shown and the preview rests.
   */
  phase: z.enum(["live", "capturing", "answering", "choose"]),
  /** The colour that the whole screen shows now (linear light, 0–1), and which of how many; null: none. */
  flash: z
    .object({
      red: z.number(),
      green: z.number(),
      blue: z.number(),
      step: z.number().int(),
      of: z.number().int(),
    })
    .nullable(),
  /** Whether colours will be shown after the photo: `none`, nobody asks for them; `declined`, not to this person. */
  colours: z.enum(["shown", "declined", "none"]),
  /**
   * What is asked: `settle`, look straight at the camera; `act`, do it; `thanks`, it is over. `left`: share of the time to do it that is left;
   * when it is over, the booth goes on.
   */
  challenge: z
    .object({
      kind: z.enum(challengeKinds),
      phase: z.enum(["settle", "act", "thanks"]),
      left: z.number(),
    })
    .nullable(),
  preview: z.object({
    /** `mjpeg`: show `url` in an <img>; `browser`: show the person's own camera and send frames; `none`: no camera. */
    source: z.enum(["mjpeg", "browser", "none"]),
    url: z.string().nullable(),
    /** Show the preview as a mirror. */
    mirror: z.boolean(),
    /** Pixels of a frame. */
    width: z.number().int(),
    height: z.number().int(),
    /** Whether the other source can be chosen by `face.camera`. */
    canUseBrowser: z.boolean(),
    canUseBooth: z.boolean(),
    /** `browser` only: counts up; for each count send one still. */
    stillsWanted: z.number().int(),
  }),
  /** Where the face was last seen, for the outline; null when none. */
  face: Box.nullable(),
  /** Where it should be. */
  target: Box,
  outline: z.enum(["searching", "adjust", "ready", "taken"]),
  hint: FaceHint.nullable(),
  /** 0–1: how much of the holding time has passed. */
  hold: z.number(),
  candidates: z.array(PortraitCandidate),
  machineChoice: z.number().int().nullable(),
  personChoice: z.number().int().nullable(),
  /** Bursts so far, and how many are allowed before the best is taken and flagged. */
  tries: z.number().int(),
  maxTries: z.number().int(),
});

export const FingerResult = z.object({
  position: FingerPosition,
  /** `captured`: a print is kept; `missing`: a reason is recorded and the fallback is used. */
  state: z.enum(["captured", "missing"]),
  /** 0–100 of the kept print. */
  quality: z.number().nullable(),
  passes: z.boolean(),
  tries: z.number().int(),
  url: z.string().nullable(),
  reason: FingerExceptionReason.nullable(),
  /** A second person has looked at the reason. */
  approved: z.boolean(),
});

const FingersView = z.object({
  step: z.literal("fingers"),
  /**
   * `place`: waiting for the finger; `hold`: being taken; `captured`: this try's result is shown; `lift`: lift it before
   * the next; `approve`: a member of staff is asked to look at a finger that cannot be given; `approving`: who they are is being
   * checked; `done`: both hands have a print or reasons. The screen never moves on by itself.
   */
  phase: z.enum(["place", "hold", "captured", "lift", "approve", "approving", "done"]),
  /** The finger asked for now; null when done. */
  position: FingerPosition.nullable(),
  /** The try now running or just finished, from 1. */
  attempt: z.number().int(),
  maxAttempts: z.number().int(),
  /** 0–100 of the last try; null before the first. */
  quality: z.number().nullable(),
  /** Quality from which a print is taken at once. */
  qualityWanted: z.number(),
  hint: FingerHint.nullable(),
  /** What the sensor's live picture shows; null for a sensor without one. */
  live: z.object({ present: z.boolean(), centred: z.boolean(), still: z.boolean() }).nullable(),
  /** The other finger that the print just taken is of; null when it is of none. */
  sameAs: FingerPosition.nullable(),
  /** `approve`, `approving`: why the finger cannot be given. */
  reason: FingerExceptionReason.nullable(),
  /** The last try's picture. */
  previewUrl: z.string().nullable(),
  results: z.array(FingerResult),
  reasons: z.array(FingerExceptionReason),
});

const SignatureView = z.object({
  step: z.literal("signature"),
  /** Width : height of the field to draw. */
  aspect: z.number(),
  /** What was drawn before, to show when the person comes back. */
  signature: SignatureStrokes.nullable(),
});

const ReviewView = z.object({
  step: z.literal("review"),
  fields: z.array(ConfirmField),
  chipRead: z.boolean(),
  portraitUrl: z.string().nullable(),
  fingers: z.array(FingerResult),
  signature: SignatureStrokes.nullable(),
  /** What an operator will look at: codes such as `face/forced`, `finger/missing`, `chip/skipped`, `data/disputed`. */
  exceptions: z.array(z.string()),
});

const SealView = z.object({
  step: z.literal("seal"),
  /** `failed`: tried again by itself; `parked`: the person has gone, the booth finishes by itself. */
  phase: z.enum(["building", "encrypting", "storing", "done", "failed", "parked"]),
  /** 0–1. */
  progress: z.number(),
  /** The number that the person may go with (`seal.park`); null while there is nothing to wait for. */
  packageNumber: z.string().nullable(),
});

const ReceiptView = z.object({
  step: z.literal("receipt"),
  /** The number that the person keeps. */
  packageNumber: z.string(),
  qrText: z.string(),
  /** Seconds until the screen is wiped are in `deadline`. */
  printed: z.enum(["printing", "printed", "no-printer", "failed"]),
});

/** Pick-up: what came of the finished passport, its chip, and whoever stands here. */
const VerdictView = z.object({
  step: z.literal("verdict"),
  phase: z.enum(["checking", "done"]),
  /** Of all checks: failed when one failed, not checked when one could not be made. */
  verdict: PickupVerdict,
  checks: z.array(
    z.object({
      check: PickupCheckName,
      verdict: PickupVerdict,
      /** Why it did not pass, in the session's language. */
      reasons: z.array(z.object({ code: z.string(), cause: z.string(), next: z.string() })),
    }),
  ),
});

const WipeView = z.object({
  step: z.literal("wipe"),
  phase: z.enum(["erasing", "erased"]),
  reason: z.enum(["finished", "answered", "left", "refused", "timed-out", "power-cut", "fault"]),
  /** The erase receipt: what was destroyed and when. */
  erase: z
    .object({ session: z.string(), erasedAt: z.string(), records: z.number().int(), keyDestroyed: z.boolean() })
    .nullable(),
  /** After a sealed session, the number once more. */
  packageNumber: z.string().nullable(),
});

export const View = z.discriminatedUnion("step", [
  WelcomeView,
  ResumeView,
  ConsentView,
  SlipView,
  DocumentView,
  ConfirmView,
  FaceView,
  FingersView,
  SignatureView,
  ReviewView,
  SealView,
  ReceiptView,
  VerdictView,
  WipeView,
]);
export type View = z.infer<typeof View>;
export type ViewOf<S extends View["step"]> = Extract<View, { step: S }>;

/** One snapshot of everything that a screen shows. */
export const ScreenState = z.object({
  type: z.literal("state"),
  /** Counts up; a screen ignores one that is not newer. */
  sequence: z.number().int(),
  /** A random number of the session without meaning; null at welcome. */
  session: z.string().nullable(),
  now: z.string(),
  step: StepName,
  /** The path that the screen draws, in order, without `welcome`, `resume`, `seal` and `wipe`. */
  steps: z.array(z.object({ name: StepName, state: z.enum(["done", "current", "ahead"]) })),
  language: Language,
  /** Event types that are taken now; a button whose event is not here is not shown or is disabled. */
  actions: z.array(z.string()),
  /** What `redo` may name now. */
  redo: z.array(RedoTarget),
  helpOpen: z.boolean(),
  /** When the session times out; null where time does not run (seal, welcome). */
  deadline: z
    .object({
      at: z.string(),
      remainingMs: z.number(),
      /** True: ask "are you still here?"; `stay` gives the step's whole time again. */
      warning: z.boolean(),
    })
    .nullable(),
  devices: z.array(DeviceState),
  problem: Problem.nullable(),
  /** The session was resumed after a power cut. */
  resumed: z.boolean(),
  view: View,
});
export type ScreenState = z.infer<typeof ScreenState>;

export const BoothMessage = z.discriminatedUnion("type", [
  ScreenState,
  /** The session is this screen's. Keep the token in sessionStorage. */
  z.object({ type: z.literal("granted"), token: z.string() }),
  /**
   * Another screen has the session. `canTakeOver` becomes true (a new `in-use` is sent) once that screen has been gone
   * for a while; then `hello` with `takeOver: true`.
   */
  z.object({
    type: z.literal("in-use"),
    canTakeOver: z.boolean(),
    code: z.string(),
    cause: z.string(),
    next: z.string(),
  }),
  /** An event was not taken: not allowed now, or not well formed. The state is unchanged. */
  z.object({ type: z.literal("rejected"), event: z.string(), code: z.string(), cause: z.string(), next: z.string() }),
]);
export type BoothMessage = z.infer<typeof BoothMessage>;

// ───────────────────────────────────────────── status page ─────────────────────────────────────────────

/** `GET /api/status`: for the people who run the booth; no personal data. */
export const BoothStatus = z.object({
  booth: z.string(),
  version: z.string(),
  startedAt: z.string(),
  now: z.string(),
  session: z.object({ running: z.boolean(), step: StepName }),
  devices: z.array(DeviceState),
  outbox: z.object({
    /** Sealed packages that wait for a receipt. */
    waiting: z.number().int(),
    bytes: z.number(),
    limitBytes: z.number(),
    /** When it will be full at today's rate; null when it will not. */
    fullAt: z.string().nullable(),
    delivered: z.number().int(),
    /** The newest packages, newest first: as in `booth/outbox/outbox.ts`. */
    items: z.array(
      z.object({
        packageNumber: z.string(),
        state: z.enum(["waiting", "uploading", "received", "quarantined"]),
        size: z.number(),
        sentBytes: z.number(),
        sealedAt: z.string(),
        receivedAt: z.string().nullable(),
        /** Why the last try failed, in the reader's language (`Accept-Language`). */
        problem: z.object({ code: z.string(), cause: z.string(), next: z.string() }).nullable(),
      }),
    ),
  }),
  /** What operators decided about this booth's packages, newest first. */
  decisions: z.array(
    z.object({
      packageNumber: z.string(),
      kind: z.enum(["accept", "retake", "escalate"]),
      /** Reason codes of a retake. */
      reasons: z.array(z.string()),
      at: z.string(),
    }),
  ),
  disk: z.object({ freeBytes: z.number(), enough: z.boolean() }),
  /** `suspect`: the clock is before the software was made or before the last session, or a certificate says so. */
  clock: z.object({ now: z.string(), state: z.enum(["good", "suspect"]), code: z.string().nullable() }),
  /** Passports that were checked at pick-up since the booth started, newest first. */
  pickups: z.array(
    z.object({
      at: z.string(),
      verdict: PickupVerdict,
      checks: z.array(z.object({ check: PickupCheckName, verdict: PickupVerdict })),
    }),
  ),
  /** The certificate by which chips let the booth read their prints; null where it has none. */
  inspection: z
    .object({ holder: z.string(), until: z.string(), state: z.enum(["good", "ending", "ended"]) })
    .nullable(),
  /** Fingerprint of a new key that an officer must compare before it is certified, hex; null when none waits. */
  awaitingKey: z.string().nullable(),
  /** Fingerprint of a new key that an officer refused, hex: the booth asks no more by itself; null when none stands refused. */
  refusedKey: z.string().nullable(),
  memory: z.object({ rssBytes: z.number() }),
});
export type BoothStatus = z.infer<typeof BoothStatus>;

/** `GET /api/health`: 200 with `ready` true when an enrolment can begin, else 503. */
export const BoothHealth = z.object({ ready: z.boolean(), problems: z.array(z.string()) });
export type BoothHealth = z.infer<typeof BoothHealth>;
