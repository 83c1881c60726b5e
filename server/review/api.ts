/**
 * What the operator's console and the server say to each other: JSON over HTTP on the console listener, each message as a
 * zod schema beside its type. Who may ask what is in `server/staff/roles.ts`. Every route but those that sign in needs the session cookie; every route that changes
 * something needs the header `x-kabina-csrf` with the session's token besides. A refusal is an `ApiFailure`.
 *
 * | route | asks | answers |
 * |---|---|---|
 * | POST /api/session | SignIn | Session, and the cookie `kabina_operator` (HttpOnly, SameSite=Strict) |
 * | POST /api/session/certificate | | the same, for the certificate that the connection was made with |
 * | POST /api/passkey/sign-in/options, then /sign-in | PasskeyAnswer | the same, for a passkey |
 * | POST /api/passkey/options, then /api/passkey | PasskeyAnswer | 204: a passkey for whoever is signed in |
 * | GET /api/session | | Session, or 401 `review/not-signed-in` |
 * | DELETE /api/session | | 204 |
 * | GET /api/queue | | Queue |
 * | GET /api/search?text=&zone= | | Found |
 * | GET /api/cases/:caseId | | CaseDetail |
 * | GET /api/cases/:caseId/images/:image | | image/jpeg or image/png, never cached |
 * | POST /api/cases/:caseId/decision | DecisionRequest | DecisionAnswer |
 * | POST /api/cases/:caseId/decision/undo | | DecisionAnswer with `state: "undone"`, or 409 `review/undo-too-late` |
 * | POST /api/cases/:caseId/fresh-finger | the picture or record of one finger, application/octet-stream | FreshFinger |
 * | GET /api/cases/:caseId/erasure | | text/plain: the proof that the case was erased, out of the signed log |
 * | GET /api/look-again | | LookAgain (`server/security/api.ts`) |
 * | POST /api/look-again/:caseId | LookFinding | 204 |
 * | GET /api/events | | text/event-stream of QueueEvent, `id:` is its sequence; resumes from Last-Event-ID |
 */
import { z } from "zod";
import { presentationSignals } from "../../biometrics/face/presentation/signal-names.ts";
import { AskedChallenge, ShownColours, SignatureStrokes } from "../../crypto/package/enrolment.ts";
import { portraitMeasures } from "../../crypto/policy/session-policy.ts";
import { roles } from "../staff/roles.ts";

export const REVIEW_LIMITS = {
  /** Characters of an operator's note. */
  noteCharacters: 2000,
  /** Reasons in one retake. */
  retakeReasons: 8,
  /** Milliseconds in which a decision can be taken back; it is signed only afterwards. */
  undoMs: 8000,
  /** Milliseconds a session lasts without use, and at all: a shift. */
  sessionIdleMs: 30 * 60_000,
  sessionMs: 10 * 60 * 60_000,
  /** Milliseconds of a session that may only add a passkey. */
  enrolMs: 10 * 60_000,
  /** Milliseconds between comments that keep the event stream open. */
  heartbeatMs: 15_000,
} as const;

export const CSRF_HEADER = "x-kabina-csrf";
export const SESSION_COOKIE = "kabina_operator";

const Instant = z.iso.datetime();
const Identifier = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9._-]+$/);

export const ApiFailure = z.object({ error: z.object({ code: z.string(), cause: z.string(), next: z.string() }) });
export type ApiFailure = z.infer<typeof ApiFailure>;

/** The one-time token that the server prints at its start, on the sign-in link `…/#token=…`. */
export const SignIn = z.strictObject({ token: z.string().min(16).max(128) });
export type SignIn = z.infer<typeof SignIn>;

export const Session = z.object({
  operator: z.object({ id: Identifier, name: z.string(), roles: z.array(z.enum(roles)) }),
  /** Goes into the header `x-kabina-csrf`. */
  csrf: z.string(),
  expiresAt: Instant,
  /** Milliseconds of the undo window, so that the console can draw it. */
  undoMs: z.number().int(),
  /** What the person signed in with; with a one-time code and no role, the session only adds a passkey. */
  with: z.enum(["one-time", "passkey", "certificate"]).optional(),
});
export type Session = z.infer<typeof Session>;

/**
 * What a check came to. `not-checked` always has a reason: an engine that is absent never looks like a pass. `not-supported`: the document has
 * no such mechanism, which is nobody's fault and nothing to do.
 */
export const CheckStatus = z.enum(["passed", "failed", "not-checked", "not-supported"]);
export type CheckStatus = z.infer<typeof CheckStatus>;

/** The stages of the pipeline, in order. */
export const STAGES = ["open", "validate", "device", "chip", "quality", "duplicates"] as const;
export const Stage = z.enum(STAGES);
export type Stage = z.infer<typeof Stage>;

/** Every check that the pipeline makes, in the order in which it is shown; the console has a label for each. */
export const CHECKS = [
  /** The booth's signature over the manifest, and its certificate. */
  "package/signature",
  /** Every part is there, unchanged, and opens. */
  "package/parts",
  /** The record is of the agreed form, and its fields are within their limits. */
  "record/form",
  /** Record and parts name the same captures. */
  "record/parts",
  /** Portrait and prints are pictures that can be shown. */
  "record/images",
  "record/consent",
  /** The booth noted nothing exceptional: forced captures, missing fingers, disputed data. */
  "record/exceptions",
  /** The device certificates behind the captures. */
  "device/trust",
  /** When it was sealed, as far as it is proved, and whether the booth's key was to be believed then. */
  "device/time",
  /** The booth's clock fits what else is known of the time. */
  "device/clock",
  /** The session's policy was one in force at its time. */
  "device/policy",
  /** The chip's files are the ones that the record names. */
  "chip/files",
  /** ICAO 9303-11 §5.1, done again here on the raw files. */
  "chip/passive-authentication",
  /** The chip's signature over the booth's challenge (§6.1), checked again here. */
  "chip/active-authentication",
  /** What the booth found (§6.2), which nobody can check again; here, that the signed files offer it. */
  "chip/chip-authentication",
  /** What the chip offered before anything was protected is what it signs (§9.2.11). */
  "chip/access-control",
  /** The fresh prints against the chip's (DG3), which its country signed. */
  "chip/fingerprints",
  /** What is printed, what the chip says, and what the person confirmed agree. */
  "chip/fields",
  /** The portrait is what its record cuts out of the still, pixel for pixel. */
  "quality/cut",
  /** The portrait measured again here. */
  "quality/portrait",
  /** Nothing looks like a picture held before the camera. */
  "quality/presentation",
  /** The face of the portrait against the chip's. */
  "quality/likeness",
  /** The prints measured again here, against the booth's own numbers. */
  "quality/prints",
  /** Neither finger is the same as the other. */
  "duplicates/within",
  /** Nobody enrolled here before has these prints. */
  "duplicates/others",
] as const;
export const CheckName = z.enum(CHECKS);
export type CheckName = z.infer<typeof CheckName>;

export const Check = z.object({
  stage: Stage,
  check: CheckName,
  status: CheckStatus,
  /** A code of the catalogue that says why it failed, was not done or cannot be; null when passed. */
  reason: z.string().nullable(),
  /** That reason in the reader's language (Accept-Language: ru or en), with what to do; null when passed. */
  text: z.object({ cause: z.string(), next: z.string() }).nullable(),
  /** Measures that led to the result, for the operator to see: `{ score: 63, threshold: 40 }`. Never personal data. */
  measures: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type Check = z.infer<typeof Check>;

/** `processing`: the pipeline still works on it; `failed`: the pipeline could not go on, an operator sees why. */
export const CaseState = z.enum(["processing", "failed", "waiting", "accepted", "retake", "escalated"]);
export type CaseState = z.infer<typeof CaseState>;

export const Risk = z.enum(["high", "medium", "low"]);
export type Risk = z.infer<typeof Risk>;

export const QueueItem = z.object({
  caseId: Identifier,
  packageId: z.string(),
  office: z.string(),
  booth: z.string(),
  /** What the booth's clock said when the session was sealed. */
  sealedAt: Instant,
  /** When the package was durable here. */
  receivedAt: Instant,
  /** Milliseconds since `receivedAt` at the moment of the answer. */
  waitingMs: z.number().int().nonnegative(),
  risk: Risk,
  checks: z.object({ passed: z.number().int(), failed: z.number().int(), notChecked: z.number().int() }),
  /** A key or a device behind it was taken back since: somebody must look again, whatever was decided. */
  lookAgain: z.boolean(),
  state: CaseState,
  /** Grows with every change of the case; an older one never replaces a newer one. */
  version: z.number().int(),
});
export type QueueItem = z.infer<typeof QueueItem>;

/** Sorted by risk (high first), then by waiting time (longest first), then caseId. Decided ones are in `decided`, latest first. */
export const Queue = z.object({
  items: z.array(QueueItem),
  decided: z.array(QueueItem),
  /** Ask the event stream for what came after this. */
  sequence: z.number().int(),
});
export type Queue = z.infer<typeof Queue>;

/** Cases that a search has found, latest first. */
export const Found = z.object({ items: z.array(QueueItem) });
export type Found = z.infer<typeof Found>;

/** A case appeared or changed. The console updates it in place, adds new ones below a mark, and never moves what is being read. */
export const QueueEvent = z.object({ sequence: z.number().int(), kind: z.enum(["added", "changed"]), item: QueueItem });
export type QueueEvent = z.infer<typeof QueueEvent>;

/** A URL under `/api/cases/:caseId/images/`, same origin; null when the package holds no such image. */
const ImageUrl = z.string().nullable();

export const Print = z.object({
  /** e.g. `right-index` */
  position: z.string(),
  image: ImageUrl,
  /** The booth's number, 0–100. */
  quality: z.number().nullable(),
  /** The server's own number for the same image, 0–100; null when not checked. */
  serverQuality: z.number().nullable(),
  /** Each try's quality at the booth, in order; the kept one is `kept`. */
  tries: z.array(z.object({ quality: z.number().nullable(), reasons: z.array(z.string()) })),
  kept: z.number().int().nullable(),
  /** Why there is no print, or why a fallback finger was taken; null when nothing is to be said. */
  reason: z.string().nullable(),
});
export type Print = z.infer<typeof Print>;

/** One line of the comparison of what was printed, read from the chip and confirmed by the person. */
export const FieldComparison = z.object({
  /** e.g. `surname`, `documentNumber` */
  field: z.string(),
  mrz: z.string().nullable(),
  chip: z.string().nullable(),
  confirmed: z.string().nullable(),
  agree: z.boolean(),
});
export type FieldComparison = z.infer<typeof FieldComparison>;

/** A person's name, document and decision: `by` is an operator's id, or `booth`, or `server`. */
export const HistoryEntry = z.object({
  at: Instant,
  by: z.string(),
  /** e.g. `received`, `stage-open`, `decided`, `undone`, `signed`, `delivered-to-booth`. */
  event: z.string(),
  detail: z.string().nullable(),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

export const RETAKE_REASONS = [
  "portrait-pose",
  "portrait-expression",
  "portrait-light",
  "portrait-covered",
  "portrait-other-person",
  "finger-quality",
  "finger-wrong",
  "signature-unreadable",
  "data-mismatch",
  "chip-unread",
  "consent-missing",
] as const;
export const RetakeReason = z.enum(RETAKE_REASONS);
export type RetakeReason = z.infer<typeof RetakeReason>;

const Note = z.string().max(REVIEW_LIMITS.noteCharacters);

/** Why a portrait is taken although a measure of it failed. */
export const OVERRIDE_REASONS = [
  "religious-covering",
  "medical",
  "young-child",
  "measure-wrong",
  "no-better",
  "other",
] as const;
export const OverrideReason = z.enum(OVERRIDE_REASONS);
export type OverrideReason = z.infer<typeof OverrideReason>;

export const Decision = z.discriminatedUnion("kind", [
  /** `override`: needed where a measure of the portrait failed, and refused where none did; `other` needs a note. */
  z.strictObject({ kind: z.literal("accept"), override: OverrideReason.optional(), note: Note.min(1).optional() }),
  z.strictObject({
    kind: z.literal("retake"),
    reasons: z.array(RetakeReason).min(1).max(REVIEW_LIMITS.retakeReasons),
    note: Note.optional(),
  }),
  z.strictObject({ kind: z.literal("escalate"), note: Note.min(1) }),
]);
export type Decision = z.infer<typeof Decision>;

/** `version` is the case's version the operator was looking at: a decision on an outdated picture is refused (409 `review/case-changed`). */
export const DecisionRequest = z.strictObject({ decision: Decision, version: z.number().int() });
export type DecisionRequest = z.infer<typeof DecisionRequest>;

export const DecisionAnswer = z.object({
  caseId: Identifier,
  /** `pending`: can still be undone; `final`: signed into the audit log. */
  state: z.enum(["pending", "final", "undone"]),
  decision: Decision,
  by: z.string(),
  at: Instant,
  undoUntil: Instant,
  version: z.number().int(),
});
export type DecisionAnswer = z.infer<typeof DecisionAnswer>;

/** One fresh finger at the desk against the booth's prints of a case. */
export const FreshFinger = z.object({
  /** The booth's print that is most like it, e.g. `right-index`. */
  position: z.string(),
  same: z.boolean(),
  /** 10 · −log10 of the false-match rate at which the comparison would just pass, and from where it counts as the same. */
  score: z.number(),
  threshold: z.number(),
  falseMatchRate: z.number(),
  /** The score is beyond what was measured. */
  extrapolated: z.boolean(),
  /** Which extractors made the templates. */
  template: z.string(),
  /** Quality of the fresh print, 0–100; null when a template was given. */
  quality: z.number().nullable(),
  reasons: z.array(z.string()),
});
export type FreshFinger = z.infer<typeof FreshFinger>;

export const PortraitMeasure = z.object({
  name: z.enum(portraitMeasures),
  /** 0–100. */
  value: z.number(),
  /** From where it passes. */
  least: z.number(),
  passes: z.boolean(),
});
export type PortraitMeasure = z.infer<typeof PortraitMeasure>;

/** Why a case must be looked at again (docs/formats/package.md §12), and who has looked. */
export const Look = z.object({
  cause: z.enum(["booth", "sensor", "hot-list", "operator", "policy", "fork"]),
  /** The serial number, the hot-list's entry, the person, or the booth's line. */
  subject: z.string(),
  /** Whose certificate it is; null of what is no certificate. */
  name: z.string().nullable(),
  since: Instant,
  /** `refused`: sealed when it was already doubted; `look-again`: nobody can tell. */
  standing: z.enum(["refused", "look-again"]),
  foundAt: Instant,
  closedAt: Instant.nullable(),
  closedBy: z.string().nullable(),
});
export type Look = z.infer<typeof Look>;

/** What a supervisor says of a case that had to be looked at again. */
export const LookFinding = z.strictObject({ finding: z.enum(["stands", "decide-again"]) });
export type LookFinding = z.infer<typeof LookFinding>;

/** What was erased of a case: its certificate in words. The proof is at `/api/cases/:caseId/erasure`. */
export const Erasure = z.object({
  scope: z.enum(["captures", "prints"]),
  /** A rule of the retention policy, or the word that two officers gave. */
  reason: z.string(),
  /** `default`, `sha256:…` of the signed policy, or `two-officers`. */
  policy: z.string(),
  by: z.string(),
  begunAt: Instant,
  /** Null while it is being done. */
  doneAt: Instant.nullable(),
  keys: z.number().int(),
  parts: z.number().int(),
  bytes: z.number().int(),
  packageSha256: z.string(),
});
export type Erasure = z.infer<typeof Erasure>;

/** One sign of a picture held before the camera, as the server has it. */
export const PresentationView = z.object({
  name: z.enum(presentationSignals),
  /** 0 (as an attack would be) … 100 (as a face is); null where nothing could be told. */
  value: z.number().nullable(),
  suspicious: z.boolean(),
});
export type PresentationView = z.infer<typeof PresentationView>;

export const CaseDetail = z.object({
  item: QueueItem,
  looks: z.array(Look),
  erasures: z.array(Erasure),
  portrait: ImageUrl,
  /** What was measured on the portrait here, each against its limit; empty when it was not. */
  portraitMeasures: z.array(PortraitMeasure),
  /** Whose limits they are: of the policy that the package names, or of the one in force here; version 0 is the software's own. */
  portraitPolicy: z.object({ version: z.number().int(), source: z.enum(["named", "current"]) }).nullable(),
  /** How the booth took it; null when the record is not read. */
  shot: z
    .object({
      score: z.number(),
      byMachine: z.boolean(),
      byPerson: z.boolean(),
      /** Bursts taken. */
      tries: z.number().int(),
      /** Taken although no photo met every requirement. */
      forced: z.boolean(),
      /** Measures that failed at the booth. */
      failed: z.array(z.string()),
    })
    .nullable(),
  /** Signs of a picture instead of a face, and what the booth asked and showed; null when nobody looked. It rejects nothing by itself. */
  presentation: z
    .object({
      /** The least of the values. */
      score: z.number(),
      signals: z.array(PresentationView),
      challenge: AskedChallenge.pick({ asked: true, outcome: true, fault: true, reactionMs: true }).nullable(),
      colours: ShownColours.pick({ answer: true, skipped: true }).nullable(),
    })
    .nullable(),
  /** The face against the chip's picture: the score, and from where two faces agree; null when they were not compared. */
  likeness: z.object({ score: z.number(), threshold: z.number(), agrees: z.boolean() }).nullable(),
  /** The other frames of the bursts, in order of capture. */
  burst: z.array(
    z.object({
      image: z.string(),
      /** The booth's, 0–100. */
      score: z.number().nullable(),
      /** The booth would have taken this one. */
      byMachine: z.boolean(),
      failed: z.array(z.string()),
    }),
  ),
  /** What an operator overrode when the case was accepted; null when nothing. */
  override: z.object({ reason: OverrideReason, measures: z.array(z.string()) }).nullable(),
  /** As drawn, for the console to draw again. */
  signature: SignatureStrokes.nullable(),
  prints: z.array(Print),
  chip: z.object({
    /** How the chip was opened: `BAC`, `PACE`; null when no chip was read. */
    access: z.string().nullable(),
    portrait: ImageUrl,
    dataGroups: z.array(z.string()),
  }),
  fields: z.array(FieldComparison),
  checks: z.array(Check),
  consent: z
    .object({
      givenAt: Instant,
      language: z.string(),
      /** Identifies the text that the person saw. */
      textVersion: z.string(),
    })
    .nullable(),
  /** Steps of the booth's session and of the pipeline, in order, with how long each took. */
  timings: z.array(z.object({ where: z.enum(["booth", "server"]), step: z.string(), ms: z.number().nonnegative() })),
  history: z.array(HistoryEntry),
  decision: DecisionAnswer.nullable(),
});
export type CaseDetail = z.infer<typeof CaseDetail>;
