/**
 * What a view shows besides the session's context: the moving things, which no journal keeps (where the face is, how far the
 * chip is read), and how to name a picture for a browser.
 */
import type { FingerHint, Language, ViewOf } from "../api/messages.ts";
import type { BlobId } from "./captures.ts";

export interface Live {
  face: Pick<ViewOf<"face">, "face" | "outline" | "hint" | "hold" | "flash"> & {
    /** How far the challenge that is asked has come; null while it has not begun. */
    challenge: Omit<NonNullable<ViewOf<"face">["challenge"]>, "kind"> | null;
    preview: Omit<ViewOf<"face">["preview"], "mirror">;
  };
  finger: { hint: FingerHint | null; seen: ViewOf<"fingers">["live"] };
  document: { groups: ViewOf<"document">["groups"]; access: string | null; canScan: boolean };
  seal: Pick<ViewOf<"seal">, "phase" | "progress">;
}

export interface Scene {
  /** What the policy in force lets a person choose from. */
  readonly languages: readonly Language[];
  readonly live: Live;
  /** The path under which this session's screen gets a picture. */
  url(blob: BlobId): string;
  /** The zone of the specimen passport when simulated devices are in use. */
  readonly specimen: readonly string[] | null;
  /** False: a device that no enrolment can do without is missing. */
  readonly open: boolean;
}

/** What every document has; prints are added where they are read. */
export const DATA_GROUPS = ["COM", "SOD", "DG1", "DG2"] as const;

export function stillLife(): Live {
  return {
    face: {
      face: null,
      outline: "searching",
      hint: null,
      hold: 0,
      flash: null,
      challenge: null,
      preview: {
        source: "none",
        url: null,
        width: 640,
        height: 480,
        canUseBrowser: false,
        canUseBooth: false,
        stillsWanted: 0,
      },
    },
    finger: { hint: null, seen: null },
    document: {
      groups: DATA_GROUPS.map((name) => ({ name, state: "waiting", progress: 0 })),
      access: null,
      canScan: false,
    },
    seal: { phase: "building", progress: 0 },
  };
}
