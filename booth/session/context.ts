/** What a session knows. Plain JSON; the same events give the same context, so that the journal can replay it. */
import type { ChallengeKind } from "../../biometrics/face/presentation/challenge.ts";
import type {
  ChipSkipReason,
  FingerExceptionReason,
  FingerPosition,
  FingerVerdict,
  SignatureStrokes,
} from "../../crypto/package/enrolment.ts";
import type { SessionPolicy } from "../../crypto/policy/session-policy.ts";
import type { DeviceKind, Language, StepName, ViewOf } from "../api/messages.ts";
import type { BurstEvidence, ChipReading, FaceCandidate, FingerTry, MrzReading, PickupCheck } from "./captures.ts";
import type { Failure, SessionInput } from "./events.ts";

export interface Problem extends Failure {
  readonly device: DeviceKind | null;
  readonly waiting: boolean;
}

/** One finger that was asked for. */
export interface FingerTrack {
  readonly position: FingerPosition;
  readonly tries: readonly FingerTry[];
  readonly kept: number | null;
  /** What the scores say of each try. */
  readonly verdicts: readonly FingerVerdict[];
  readonly missing: FingerExceptionReason | null;
  /** Who of the staff looked at why it is missing. */
  readonly approval: Approval | null;
  /** Tries that may still be made. */
  readonly triesLeft: number;
  readonly redosLeft: number;
}

export interface Approval {
  readonly staff: string;
  readonly at: string;
}

/** One hand: its fingers in the fallback order, as far as they were asked for. `at` is the finger in hand; null when settled. */
export interface HandState {
  readonly tracks: readonly FingerTrack[];
  readonly at: number | null;
}

export interface SessionContext {
  readonly id: string;
  readonly packageId: string;
  readonly software: string;
  readonly policy: SessionPolicy;
  readonly language: Language;
  readonly step: StepName;
  /** `pickup`: somebody has come for a finished passport. */
  readonly purpose: "enrol" | "pickup";
  /** What the finished passport and its holder came to; null before they were compared. */
  readonly pickup: readonly PickupCheck[] | null;
  /** The step's start, on the clock that never goes back. */
  readonly stepSince: number;
  readonly startedAt: number;
  readonly timings: readonly { readonly step: StepName; readonly ms: number }[];
  readonly helpOpen: boolean;
  readonly problem: Problem | null;
  /** A capture is being taken again from the review: go back there afterwards. */
  readonly returning: boolean;
  readonly resumed: number;
  readonly interruptedAt: number | null;

  readonly consent: { readonly textVersion: string; readonly language: Language; readonly givenAt: string } | null;
  readonly slip: { readonly number: string; readonly issuedAt: string; readonly entered: "typed" | "scanned" } | null;
  /** What was entered and is being checked. */
  readonly slipEntered: string | null;
  readonly slipRefusals: number;
  readonly mrz: MrzReading | null;
  readonly mrzSource: "typed" | "scanned";
  readonly mrzFaults: readonly { readonly field: string; readonly kind: string }[];
  /** Lines as typed, when they did not parse. */
  readonly mrzLines: readonly string[] | null;
  readonly chip: ChipReading | null;
  readonly chipSkipped: ChipSkipReason | null;
  readonly chipInterruptions: number;
  readonly disputed: readonly string[];
  readonly face: {
    readonly source: "booth" | "browser";
    readonly candidates: readonly FaceCandidate[];
    readonly tries: number;
    readonly machineChoice: number | null;
    readonly personChoice: number | null;
    /** Who asked for the burst that runs. */
    readonly trigger: "guide" | "person";
    readonly bursts: readonly BurstEvidence[];
    /** What the person is asked to do after the burst; null when nothing is. */
    readonly asked: ChallengeKind | null;
    /** Why the screen shows them no colours; null when it may. */
    readonly calm: "person" | "reduced-motion" | null;
  };
  /** The finger whose try is on the screen after it was taken. */
  readonly fingerShown: FingerPosition | null;
  /** Why the finger in hand cannot be given, until a second person has looked. */
  readonly fingerReason: FingerExceptionReason | null;
  /** What a member of staff entered and is being checked; forgotten at once. */
  readonly staffEntered: { readonly staff: string; readonly pin: string } | null;
  readonly staffRefusals: number;
  readonly hands: { readonly right: HandState; readonly left: HandState };
  readonly signature: SignatureStrokes | null;
  readonly signatureUnable: string | null;
  /** The pad has been read in this visit of the step. */
  readonly padRead: boolean;
  /** Sealing takes so long that the person may go. */
  readonly sealSlow: boolean;
  /** The person has gone and left the sealing to the booth. */
  readonly sealParked: boolean;
  readonly sealed: { readonly qrText: string } | null;
  readonly printed: ViewOf<"receipt">["printed"];
  readonly end: ViewOf<"wipe">["reason"];
  readonly erase: { readonly erasedAt: string; readonly records: number; readonly keyDestroyed: boolean } | null;
}

/** A session that has not begun. */
export function emptySession(input: SessionInput, policy: SessionPolicy): SessionContext {
  return {
    id: input.id,
    packageId: input.packageId,
    software: input.software,
    policy,
    language: input.language,
    step: "welcome",
    purpose: "enrol",
    pickup: null,
    stepSince: 0,
    startedAt: 0,
    timings: [],
    helpOpen: false,
    problem: null,
    returning: false,
    resumed: 0,
    interruptedAt: null,
    consent: null,
    slip: null,
    slipEntered: null,
    slipRefusals: 0,
    mrz: null,
    mrzSource: "typed",
    mrzFaults: [],
    mrzLines: null,
    chip: null,
    chipSkipped: null,
    chipInterruptions: 0,
    disputed: [],
    face: {
      source: input.cameraSource,
      candidates: [],
      tries: 0,
      machineChoice: null,
      personChoice: null,
      trigger: "guide",
      bursts: [],
      asked: null,
      calm: null,
    },
    fingerShown: null,
    fingerReason: null,
    staffEntered: null,
    staffRefusals: 0,
    hands: { right: { tracks: [], at: null }, left: { tracks: [], at: null } },
    signature: null,
    signatureUnable: null,
    padRead: false,
    sealSlow: false,
    sealParked: false,
    sealed: null,
    printed: "printing",
    end: "left",
    erase: null,
  };
}
