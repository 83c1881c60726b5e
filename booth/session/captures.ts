/**
 * What a session has captured, without the pictures themselves: each picture is a blob, named here by its id and kept in
 * memory and in the encrypted journal (`booth/journal`).
 */
import type { FingerPosition as RecordedPosition } from "../../biometrics/finger/position.ts";
import type { AttestedCapture } from "../../crypto/device/signed-capture.ts";
import type { ErrorDetail } from "../../crypto/errors/kabina-error.ts";
import type {
  AskedChallenge,
  ChipPart,
  Measure,
  MrzFields,
  PortraitCut,
  PresentationSignal,
  ShownColours,
} from "../../crypto/package/enrolment.ts";
import type { FaceHint, PickupCheckName, PickupVerdict } from "../api/messages.ts";

/** Names one blob of the session: `face-3`, `finger-right-index-2`, `chip-dg1`. */
export type BlobId = string;

export interface MrzReading {
  readonly lines: readonly string[];
  readonly fields: MrzFields;
  readonly expired: boolean;
}

export interface ChipReading {
  readonly access: string;
  readonly fields: MrzFields;
  readonly files: readonly {
    readonly part: ChipPart;
    readonly sha256: string;
    readonly bytes: number;
    readonly blob: BlobId;
  }[];
  readonly proofs: readonly {
    readonly name: string;
    readonly outcome: "passed" | "failed" | "not-checked" | "not-supported";
    readonly reasons: readonly string[];
  }[];
  /** What the chip signed in active authentication, hexadecimal; null where it signed nothing. */
  readonly signedChallenge: { readonly challenge: string; readonly signature: string } | null;
  /** The chip's own prints (DG3); absent in what an earlier version journalled. */
  readonly prints?: ChipPrints;
  /** The chip's portrait as a browser can show it; null when it could not be decoded. */
  readonly portrait: BlobId | null;
  readonly readMs: number;
}

/** Whose prints a chip gave, in the order of its file; `reason`: why there are none to compare with. */
export interface ChipPrints {
  readonly positions: readonly (RecordedPosition | null)[];
  readonly verdict: "passed" | "failed" | "not-checked" | "not-supported";
  readonly reason: { readonly code: string; readonly details: Readonly<Record<string, ErrorDetail>> } | null;
}

/** One question asked of a finished passport and whoever came for it. */
export interface PickupCheck {
  readonly check: PickupCheckName;
  readonly verdict: PickupVerdict;
  /** Codes of the catalogue, with what fills their texts. */
  readonly reasons: readonly { readonly code: string; readonly details: Readonly<Record<string, ErrorDetail>> }[];
}

export interface FaceCandidate {
  /** The still as the camera gave it. */
  readonly blob: BlobId;
  /** The passport portrait cut out of it; null where no face was found. */
  readonly cut: { readonly blob: BlobId; readonly record: PortraitCut } | null;
  readonly score: number;
  readonly passes: boolean;
  readonly hints: readonly FaceHint[];
  readonly measures: readonly Measure[];
  /** Signs of a picture held before the camera, of this photo alone. */
  readonly presentation: readonly PresentationSignal[];
  readonly capturedAt: string;
  readonly trigger: "guide" | "person";
  /** What the camera signed of the still; null of one that signs nothing. */
  readonly signed?: AttestedCapture | null;
}

/** What was asked and shown after one burst, and the signs that it gave; told to nobody here, recorded for the operator. */
export interface BurstEvidence {
  /** Which of the session's candidates are of this burst: from, and how many. */
  readonly first: number;
  readonly count: number;
  readonly challenge: AskedChallenge | null;
  readonly colours: ShownColours | null;
  readonly signals: readonly PresentationSignal[];
}

export interface FingerTry {
  /** The print as PNG. */
  readonly blob: BlobId;
  readonly quality: number;
  readonly measures: readonly Measure[];
  /** What was wrong with it, worst first (`FingerHint` and the engine's reasons). */
  readonly hints: readonly string[];
  readonly capturedAt: string;
  /** Match scores against every print of the session taken before it, of whatever finger. */
  readonly scores: Readonly<Record<BlobId, number>>;
  /** Which extractor and matcher gave them. */
  readonly engine: string;
  /** What the sensor signed of the print; null of one that signs nothing. */
  readonly signed?: AttestedCapture | null;
}
