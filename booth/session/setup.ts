/** The common ground of the step files: the machine's types, and the few words in which every step is written. */
import { setup } from "xstate";
import type { SessionPolicy } from "../../crypto/policy/session-policy.ts";
import type { StepName } from "../api/messages.ts";
import { emptySession, type Problem, type SessionContext } from "./context.ts";
import type { Failure, SessionEvent, SessionEventOf, SessionEventType, SessionInput } from "./events.ts";

export const sessionSetup = setup({
  types: {
    context: {} as SessionContext,
    events: {} as SessionEvent,
    input: {} as { input: SessionInput; policy: SessionPolicy },
  },
});

export const initialContext = ({ input }: { input: { input: SessionInput; policy: SessionPolicy } }) =>
  emptySession(input.input, input.policy);

/** Changes the context by an event of one type. */
export function change<T extends SessionEventType>(
  type: T,
  by: (context: SessionContext, event: SessionEventOf<T>) => Partial<SessionContext>,
) {
  return sessionSetup.assign(({ context, event }) =>
    event.type === type ? by(context, event as SessionEventOf<T>) : {},
  );
}

/** A guard on an event of one type. */
export function when<T extends SessionEventType>(
  type: T,
  test: (context: SessionContext, event: SessionEventOf<T>) => boolean,
) {
  return ({ context, event }: { context: SessionContext; event: SessionEvent }) =>
    event.type === type && test(context, event as SessionEventOf<T>);
}

/** A guard on the context alone. */
export function given(test: (context: SessionContext) => boolean) {
  return ({ context }: { context: SessionContext }) => test(context);
}

/** Entering a step: closes the books of the one before. What was wrong there is over. */
export function enter(step: StepName) {
  return sessionSetup.assign(({ context, event }) => ({
    step,
    stepSince: event.mono,
    timings: [...context.timings, { step: context.step, ms: Math.max(0, event.mono - context.stepSince) }],
    problem: null,
    helpOpen: false,
  }));
}

/** Takes a failure into the context as the problem to show. */
export function problemOf<
  T extends
    | "document.unread"
    | "slip.refused"
    | "chip.failed"
    | "chip.removed"
    | "seal.failed"
    | "seal.slow"
    | "staff.refused"
    | "trouble",
>(type: T) {
  return sessionSetup.assign(({ event }) => {
    if (event.type !== type) return {};
    const { code, details, device, waiting } = event as Failure & Partial<Problem>;
    return { problem: { code, details, device: device ?? null, waiting: waiting ?? false } };
  });
}

/** A device's trouble breaks off what it takes; what the disk cannot hold yet is kept, and waits. */
export const deviceTrouble = when("trouble", (_context, { device }) => device !== null);

export const clearProblem = sessionSetup.assign({ problem: null });

/** Where a finished step goes: back to the review when a capture was taken again from there, else on. */
export const onward = (next: string) =>
  [{ guard: given((context) => context.returning), target: "#review" }, { target: next }] as const;
