/** An applicant who does what the screen asks: for each state the one event that leads on, or none where devices are at work. */
import type { SignatureStrokes } from "../../crypto/package/enrolment.ts";
import type { ScreenEvent, ScreenState } from "../api/messages.ts";

export interface Applicant {
  /** The zone of the document that they hold. */
  readonly mrzLines: readonly string[];
  readonly signature: SignatureStrokes;
  /** The slip's number; null: they have none. */
  readonly slip: string | null;
  /** Fingers that they do not have. */
  readonly missingFingers: readonly string[];
}

/** What leads on from here; null: wait. */
export function nextEvent({ view, actions, redo }: ScreenState, person: Applicant): ScreenEvent | null {
  switch (view.step) {
    case "welcome":
      return view.open ? { type: "begin" } : null;
    case "resume":
      return { type: "resume.continue" };
    case "consent":
      return { type: "consent.give", textVersion: view.textVersion };
    case "slip":
      if (view.phase === "checking") return null;
      return person.slip === null ? { type: "slip.none" } : { type: "slip.enter", value: person.slip };
    case "document":
      if (view.phase === "mrz") return { type: "document.mrz", lines: [...person.mrzLines] };
      if (view.phase === "failed") return { type: "document.skip", reason: "chip-unreadable" };
      return view.phase === "done" ? { type: "document.accept" } : null;
    case "confirm":
      return { type: "confirm.accept" };
    case "face":
      if (actions.includes("face.accept")) return { type: "face.accept" };
      return view.phase === "choose" && redo.includes("face") ? { type: "redo", what: "face" } : null;
    case "fingers":
      if (view.phase === "done") return { type: "fingers.accept" };
      if (view.phase === "approve") return { type: "finger.unapproved" };
      return view.phase === "place" && view.position !== null && person.missingFingers.includes(view.position)
        ? { type: "finger.unable", reason: "amputated" }
        : null;
    case "signature":
      return { type: "signature.done", signature: person.signature };
    case "review":
      return { type: "review.accept" };
    case "receipt":
      return { type: "receipt.done" };
    case "seal":
      return actions.includes("seal.park") && view.phase !== "failed" ? { type: "seal.park" } : null;
    // Only who came for a passport sees it; an applicant of the enrolment does not.
    case "verdict":
      return view.phase === "done" ? { type: "verdict.done" } : null;
    case "wipe":
      return null;
  }
}
