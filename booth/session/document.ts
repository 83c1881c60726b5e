/** Document: its machine-readable zone opens the chip; the chip is read, or skipped with a reason. */
import { ChipSkipReason } from "../../crypto/package/enrolment.ts";
import type { ViewOf } from "../api/messages.ts";
import { readZone } from "../capture/zone.ts";
import type { SessionContext } from "./context.ts";
import { endAs } from "./ending.ts";
import type { Scene } from "./live.ts";
import { change, clearProblem, enter, given, problemOf, sessionSetup, when } from "./setup.ts";
import { isPickup } from "./verdict.ts";

const settled = (context: SessionContext) => context.chip !== null || context.chipSkipped !== null;
const skip = {
  guard: given((context) => context.chip === null && context.mrz !== null),
  target: "done",
  actions: [change("document.skip", (_context, { reason }) => ({ chipSkipped: reason })), clearProblem],
} as const;

/** Lines as typed, or as scanned and accepted: sound ones lead on, others are shown with their faults. */
function takeZone(type: "document.mrz", source: "typed" | "scanned") {
  return [
    {
      guard: when(type, (_context, { lines, at }) => readZone(lines, new Date(at)).reading !== null),
      target: "place",
      actions: [
        change(type, (context, { lines, at }) => ({
          mrz: readZone(lines, new Date(at)).reading,
          mrzSource: lines.join() === context.mrzLines?.join() ? context.mrzSource : source,
          mrzFaults: [],
          mrzLines: null,
          chipSkipped: null,
        })),
        clearProblem,
      ],
    },
    {
      actions: change(type, (_context, { lines, at }) => ({
        mrzFaults: readZone(lines, new Date(at)).faults,
        mrzLines: lines,
        mrzSource: source,
      })),
    },
  ] as const;
}

/** Who came for a passport goes from here: there is nothing before the document. */
const backFromPickup = { guard: given(isPickup), target: "#wipe", actions: endAs("left") } as const;
const failed = { target: "failed", actions: problemOf("chip.failed") } as const;

export const document = sessionSetup.createStateConfig({
  id: "document",
  entry: enter("document"),
  initial: "arriving",
  states: {
    arriving: {
      always: [
        { guard: given(settled), target: "done" },
        { guard: given((context) => context.mrz !== null), target: "place" },
        { target: "mrz" },
      ],
    },
    mrz: {
      id: "documentAgain",
      on: {
        "document.mrz": takeZone("document.mrz", "typed"),
        "document.scan": { target: "scanning", actions: clearProblem },
        back: [
          backFromPickup,
          { guard: given((context) => context.returning), target: "#review" },
          { guard: given((context) => context.slip !== null), target: "#consent" },
          { target: "#slip" },
        ],
      },
    },
    scanning: {
      on: {
        // What was read is shown before anything is done with it: a picture can be read wrong where no check digit tells.
        "document.scanned": {
          target: "mrz",
          actions: [
            change("document.scanned", (_context, { lines, at }) => ({
              mrzFaults: readZone(lines, new Date(at)).faults,
              mrzLines: lines,
              mrzSource: "scanned",
            })),
            clearProblem,
          ],
        },
        "document.unread": { target: "mrz", actions: problemOf("document.unread") },
        back: { target: "mrz", actions: clearProblem },
      },
    },
    place: {
      on: {
        "chip.placed": { target: "reading", actions: clearProblem },
        "chip.failed": failed,
        "document.skip": skip,
        back: [{ guard: given(settled), target: "done" }, { target: "mrz" }],
      },
    },
    reading: {
      on: {
        "chip.read": {
          target: "done",
          actions: [change("chip.read", (_context, { chip }) => ({ chip, chipSkipped: null })), clearProblem],
        },
        "chip.removed": {
          target: "place",
          actions: [
            problemOf("chip.removed"),
            change("chip.removed", (context) => ({ chipInterruptions: context.chipInterruptions + 1 })),
          ],
        },
        "chip.failed": failed,
        back: { target: "mrz" },
      },
    },
    failed: {
      on: {
        retry: { target: "place", actions: clearProblem },
        "document.skip": skip,
        back: { target: "mrz", actions: clearProblem },
      },
    },
    done: {
      on: {
        "document.accept": [
          { guard: given((context) => isPickup(context) && context.chip === null), target: "#verdict" },
          { guard: given(isPickup), target: "#face" },
          { target: "#confirm" },
        ],
        retry: { guard: given((context) => context.chip === null), target: "place" },
        back: [
          backFromPickup,
          { guard: given((context) => context.returning), target: "#review" },
          { guard: given((context) => context.slip !== null), target: "#consent" },
          { target: "#slip" },
        ],
      },
    },
  },
});

export function documentView(context: SessionContext, phase: string, scene: Scene): ViewOf<"document"> {
  const { groups, access } = scene.live.document;
  const done = phase === "done" && context.chip !== null;
  return {
    step: "document",
    phase: phase === "arriving" ? "mrz" : (phase as ViewOf<"document">["phase"]),
    lines:
      [...(context.mrzLines ?? context.mrz?.lines ?? [])].length > 0
        ? [...(context.mrzLines ?? context.mrz?.lines ?? [])]
        : null,
    mrzFaults: context.mrzFaults.map(({ field, kind }) => ({ field, kind })),
    groups: done ? groups.map(({ name }) => ({ name, state: "done", progress: 1 })) : groups,
    access: done ? (context.chip?.access ?? null) : access,
    doubt: done && (context.chip?.proofs ?? []).some(({ outcome }) => outcome === "failed"),
    skipped: context.chipSkipped,
    skipReasons: ChipSkipReason.options,
    canScan: scene.live.document.canScan,
    specimen: scene.specimen === null ? null : [...scene.specimen],
  };
}
