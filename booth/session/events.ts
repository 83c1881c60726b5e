/** Everything that can happen to a session: what the person did, and what devices, disk and time did. */
import type { ChallengeKind } from "../../biometrics/face/presentation/challenge.ts";
import type { ErrorDetail } from "../../crypto/errors/kabina-error.ts";
import type {
  AskedChallenge,
  FingerPosition,
  PresentationSignal,
  ShownColours,
  SignatureStrokes,
} from "../../crypto/package/enrolment.ts";
import type { DeviceKind, Language, ScreenEvent } from "../api/messages.ts";
import type { ChipReading, FaceCandidate, FingerTry, PickupCheck } from "./captures.ts";

/** A code of the catalogue and what fills its text. */
export interface Failure {
  readonly code: string;
  readonly details: Readonly<Record<string, ErrorDetail>>;
}

type EffectEvent =
  | {
      readonly type: "slip.accepted";
      readonly number: string;
      readonly issuedAt: string;
      readonly entered: "typed" | "scanned";
    }
  | ({ readonly type: "slip.refused" } & Failure)
  /** The zone on a scanned page. */
  | { readonly type: "document.scanned"; readonly lines: readonly string[] }
  | ({ readonly type: "document.unread" } & Failure)
  /** What was drawn on the pad; the person accepts it at the screen. */
  | { readonly type: "signature.drawn"; readonly signature: SignatureStrokes }
  /** A document lies on the reader and answers. */
  | { readonly type: "chip.placed" }
  | ({ readonly type: "chip.removed" } & Failure)
  | { readonly type: "chip.read"; readonly chip: ChipReading }
  | ({ readonly type: "chip.failed" } & Failure)
  /** The guide says: now. */
  | { readonly type: "face.take" }
  | {
      readonly type: "face.taken";
      readonly candidates: readonly FaceCandidate[];
      /** The colours shown meanwhile; null when the policy asks for none. */
      readonly colours: ShownColours | null;
      readonly signals: readonly PresentationSignal[];
      /** What the person is to do now; null: nothing. */
      readonly ask: ChallengeKind | null;
    }
  | {
      readonly type: "face.answered";
      readonly challenge: AskedChallenge;
      readonly signals: readonly PresentationSignal[];
    }
  /** The sensor has a finger on it. */
  | { readonly type: "finger.placed" }
  | {
      readonly type: "finger.taken";
      readonly position: FingerPosition;
      readonly taken: FingerTry;
    }
  | { readonly type: "finger.lifted" }
  /** A member of staff has shown who they are. */
  | { readonly type: "staff.approved"; readonly staff: string }
  | ({ readonly type: "staff.refused" } & Failure)
  /** Pick-up: the passport was proved and compared with the person. */
  | { readonly type: "pickup.checked"; readonly checks: readonly PickupCheck[] }
  | { readonly type: "seal.done"; readonly qrText: string }
  | ({ readonly type: "seal.failed" } & Failure)
  /** Sealing takes longer than anybody should wait; it goes on. */
  | ({ readonly type: "seal.slow" } & Failure)
  | { readonly type: "printed"; readonly printed: "printing" | "printed" | "no-printer" | "failed" }
  /** A device or the disk fails; `waiting`: the booth goes on by itself when it is back. */
  | ({ readonly type: "trouble"; readonly device: DeviceKind | null; readonly waiting: boolean } & Failure)
  | { readonly type: "trouble.over" }
  | { readonly type: "time.out" }
  /** The booth has started again and found this session in its journal. */
  | { readonly type: "power.restored"; readonly interruptedAt: number }
  | { readonly type: "erased"; readonly erasedAt: string; readonly records: number; readonly keyDestroyed: boolean };

/** When it happened: `at` wall clock and `mono` the clock that never goes back, both in milliseconds. */
interface When {
  readonly at: number;
  readonly mono: number;
}

export type SessionEvent = (ScreenEvent | EffectEvent) & When;
export type SessionEventType = SessionEvent["type"];
export type SessionEventOf<T extends SessionEventType> = Extract<SessionEvent, { type: T }>;
/** An event before the session's clock has stamped it. */
export type Unstamped = ScreenEvent | EffectEvent;

/** What a session begins with. */
export interface SessionInput {
  /** 64 hexadecimal digits, random. */
  readonly id: string;
  /** The package's number if the session comes that far: a UUID, fixed now so that a resumed seal makes the same package. */
  readonly packageId: string;
  readonly language: Language;
  readonly cameraSource: "booth" | "browser";
  readonly software: string;
}
