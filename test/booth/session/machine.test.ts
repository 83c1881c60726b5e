import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { activityOf, matches } from "../../../booth/session/activity.ts";
import type { SessionEvent } from "../../../booth/session/events.ts";
import { exceptionsOf } from "../../../booth/session/exceptions.ts";
import { fingersView } from "../../../booth/session/fingers.ts";
import { fingerInHand, hasPrint } from "../../../booth/session/hands.ts";
import { stillLife } from "../../../booth/session/live.ts";
import { advance, newSession, type SessionSnapshot, takes } from "../../../booth/session/machine.ts";
import { defaultPolicy } from "../../../crypto/policy/session-policy.ts";
import {
  begun,
  candidate,
  drawn,
  faceTaken,
  failure,
  giveFinger,
  input,
  personEvents,
  send,
  specimenLines,
  stamp,
  taken,
  turnedLeft,
  way,
  worldEvent,
  worldKinds,
} from "./sample-events.ts";

const steps = ["consent", "slip", "document", "confirm", "face", "fingers", "signature", "review", "receipt"] as const;
const scene = {
  live: stillLife(),
  url: (blob: string) => blob,
  specimen: null,
  open: true,
  languages: defaultPolicy.languages,
};
const where = (session: SessionSnapshot) => JSON.stringify(session.value);
const at = (session: SessionSnapshot, path: string) => matches(session.value, path.split("."));

describe("the way through", () => {
  test("a person who does what is asked gets a receipt, and nothing of them stays", () => {
    const session = way.wipe(begun());
    expect(session.context.end).toBe("finished");
    const erased = send(session, { type: "erased", erasedAt: "2026-11-21T12:00:00Z", records: 3, keyDestroyed: true });
    expect(at(erased, "wipe.erased")).toBe(true);
    expect(send(erased, { type: "time.out" }).status).toBe("done");
  });

  test.each(steps)("a person can leave at %s, ask for help, and is timed out when they are gone", (step) => {
    const session = way[step](begun());
    expect(session.context.step).toBe(step);
    expect(at(send(session, { type: "leave" }), "wipe")).toBe(true);
    expect(at(send(session, { type: "time.out" }), "wipe")).toBe(true);
    expect(send(session, { type: "help", open: true }).context.helpOpen).toBe(true);
    expect(takes(session, stamp({ type: "stay" }))).toBe(true);
  });

  test("a disputed field goes on to the operator instead of stopping the person", () => {
    const session = send(way.confirm(begun()), { type: "confirm.dispute", fields: ["surname"] });
    expect(session.context.step).toBe("face");
    expect(session.context.disputed).toEqual(["surname"]);
  });

  test("a consent to another text than the one shown is no consent", () => {
    expect(takes(begun(), stamp({ type: "consent.give", textVersion: "older" }))).toBe(false);
  });
});

describe("document", () => {
  test("a mistyped zone says which field is wrong and stays", () => {
    const wrong = [specimenLines[0]!, specimenLines[1]!.replace("7408122", "7408123")];
    const session = send(way.document(begun()), { type: "document.mrz", lines: wrong });
    expect(at(session, "visit.collect.document.mrz")).toBe(true);
    expect(session.context.mrzFaults.length).toBeGreaterThan(0);
    expect(session.context.mrzLines).toEqual(wrong);
  });

  test("a document taken away in the middle of DG2 is asked for again, and counted", () => {
    const reading = send(
      way.document(begun()),
      { type: "document.mrz", lines: specimenLines },
      { type: "chip.placed" },
    );
    const away = send(reading, { type: "chip.removed", code: "device/card-removed", details: {} });
    expect(at(away, "visit.collect.document.place")).toBe(true);
    expect(away.context.problem?.code).toBe("device/card-removed");
    expect(away.context.chipInterruptions).toBe(1);
    // The same loop goes on, so that what was read is not read again.
    expect(activityOf(away)?.key).toBe(activityOf(reading)?.key);
  });

  test("a chip that fails can be tried again or skipped with a reason, which the operator sees", () => {
    const failed = send(
      way.document(begun()),
      { type: "document.mrz", lines: specimenLines },
      { type: "chip.placed" },
      { type: "chip.failed", code: "mrtd/bac-refused", details: {} },
    );
    expect(failed.context.problem?.code).toBe("mrtd/bac-refused");
    expect(at(send(failed, { type: "retry" }), "visit.collect.document.place")).toBe(true);
    const skipped = send(failed, { type: "document.skip", reason: "chip-unreadable" });
    expect(at(skipped, "visit.collect.document.done")).toBe(true);
    expect(skipped.context.chipSkipped).toBe("chip-unreadable");
  });
});

describe("face", () => {
  test("the person may choose another than the machine, and both choices are kept", () => {
    const chosen = send(way.face(begun()), { type: "face.take" }, faceTaken([candidate(0), candidate(1)]), {
      type: "face.choose",
      candidate: 0,
    });
    expect(chosen.context.face).toMatchObject({ machineChoice: 1, personChoice: 0 });
  });

  test("what was done before the camera is recorded with its burst; who cannot do it goes on all the same", () => {
    const asked = send(way.face(begun()), { type: "face.take" }, faceTaken([candidate(0), candidate(1)], "turn-left"));
    expect(at(asked, "visit.collect.face.answering")).toBe(true);
    const met = send(asked, turnedLeft);
    expect(met.context.face.bursts).toMatchObject([{ first: 0, count: 2, challenge: { outcome: "met" } }]);
    const declined = send(asked, { type: "face.cannot" });
    expect(declined.context.face.bursts[0]?.challenge).toMatchObject({ asked: "turn-left", outcome: "declined" });
    expect(declined.context.face.bursts[0]?.signals).toMatchObject([{ name: "Challenge", suspicious: true }]);
    for (const session of [met, declined]) {
      expect(at(session, "visit.collect.face.choose")).toBe(true);
      expect(takes(session, stamp({ type: "face.accept" }))).toBe(true);
    }
  });

  test("a picture that does not pass is not accepted before the tries are used up", () => {
    let session = way.face(begun());
    for (let round = 1; round <= defaultPolicy.face.maxTries; round++) {
      session = send(session, { type: "face.capture" }, faceTaken([candidate(round, false)]));
      const last = round === defaultPolicy.face.maxTries;
      expect(takes(session, stamp({ type: "face.accept" }))).toBe(last);
      expect(takes(session, stamp({ type: "redo", what: "face" }))).toBe(!last);
      if (!last) session = send(session, { type: "redo", what: "face" });
    }
  });

  test("a camera unplugged in the middle of the burst brings the guide back, with the reason", () => {
    const session = send(
      way.face(begun()),
      { type: "face.take" },
      { type: "trouble", ...failure, device: "camera", waiting: true },
    );
    expect(at(session, "visit.collect.face.live")).toBe(true);
    expect(session.context.problem).toMatchObject({ code: "device/unplugged", device: "camera", waiting: true });
    expect(send(session, { type: "trouble.over" }).context.problem).toBeNull();
  });
});

describe("fingers", () => {
  test("up to three tries, then the best is taken although it is poor", () => {
    let session = way.fingers(begun());
    for (const quality of [30, 45, 40]) session = send(session, taken(session, quality), { type: "finger.lifted" });
    const track = session.context.hands.right.tracks[0]!;
    expect(track).toMatchObject({ kept: 1, triesLeft: 0, missing: null });
    expect(session.context.hands.right.at).toBeNull();
  });

  test("unreadable and missing fingers fall back to thumb, middle, ring, never the little finger, each with its reason", () => {
    let session = way.fingers(begun());
    for (let tries = 0; tries < 3; tries++) session = send(session, taken(session, 5), { type: "finger.lifted" });
    for (let finger = 0; finger < 3; finger++)
      session = send(session, { type: "finger.unable", reason: "bandaged" }, { type: "finger.unapproved" });
    const { tracks, at: inHand } = session.context.hands.right;
    expect(tracks.map(({ position, missing }) => [position, missing])).toEqual([
      ["right-index", "not-readable"],
      ["right-thumb", "bandaged"],
      ["right-middle", "bandaged"],
      ["right-ring", "bandaged"],
    ]);
    expect(inHand).toBeNull();
    expect(session.context.hands.left.at).toBe(0);
  });

  test("the same finger given twice is not taken as the other one, and is named", () => {
    let session = giveFinger(way.fingers(begun()));
    session = send(session, taken(session, 90, "right-index"));
    const left = session.context.hands.left;
    expect(left.at).toBe(0);
    expect(left.tracks[0]).toMatchObject({
      triesLeft: 2,
      verdicts: [{ kind: "other-finger", position: "right-index" }],
    });
    const view = fingersView(session.context, "captured", scene);
    expect(view).toMatchObject({ position: "left-index", sameAs: "right-index", hint: "other-hand" });
  });

  test("a finger is not settled by one good print: two must agree, and a stranger among them is not kept", () => {
    let session = way.fingers(begun());
    session = send(session, taken(session, 90));
    expect(fingersView(session.context, "captured", scene).hint).toBe("once-more");
    session = send(session, { type: "finger.lifted" }, taken(session, 95, "right-middle"));
    expect(fingersView(session.context, "captured", scene).hint).toBe("unlike-before");
    session = send(session, { type: "finger.lifted" }, taken(session, 70), { type: "finger.lifted" });
    const { right } = session.context.hands;
    expect(right.at).toBeNull();
    expect(right.tracks[0]?.verdicts.map(({ kind }) => kind)).toEqual(["own", "unlike", "own"]);
    expect(right.tracks[0]?.kept).toBe(0);
  });

  test("left for right: found when the left one is given, named, and mended by taking the right again", () => {
    let session = way.fingers(begun());
    for (let tries = 0; tries < 2; tries++)
      session = send(session, taken(session, 80, "left-index"), { type: "finger.lifted" });
    session = send(session, taken(session, 85, "left-index"));
    expect(fingersView(session.context, "captured", scene)).toMatchObject({ sameAs: "right-index" });
    session = send(session, { type: "redo", what: "finger-right-index" });
    expect(fingerInHand(session.context.hands)?.track.position).toBe("right-index");
    session = send(session, taken(session, 80), { type: "finger.lifted" });
    const [right, left] = [session.context.hands.right.tracks[0], session.context.hands.left.tracks[0]];
    expect(right?.verdicts).toMatchObject([
      { kind: "other-finger", position: "left-index" },
      { kind: "other-finger", position: "left-index" },
      { kind: "single" },
    ]);
    expect(left?.verdicts).toMatchObject([{ kind: "own" }]);
    expect(right?.kept).toBe(2);
    session = send(session, taken(session, 80), { type: "finger.lifted" });
    expect(fingerInHand(session.context.hands)).toBeNull();
    expect(exceptionsOf(session.context).map(({ code }) => code)).not.toContain("finger/same-as-other");
  });

  test("only the same finger, again and again: kept, and the operator is told whose it is", () => {
    let session = giveFinger(way.fingers(begun()));
    for (let tries = 0; tries < 3; tries++)
      session = send(session, taken(session, 80, "right-index"), { type: "finger.lifted" });
    expect(exceptionsOf(session.context)).toContainEqual({
      code: "finger/same-as-other",
      reason: "left-index right-index",
    });
  });

  test("a finger that cannot be given needs a second person, or the operator is told that nobody was there", () => {
    const asked = send(way.fingers(begun()), { type: "finger.unable", reason: "bandaged" });
    expect(at(asked, "visit.collect.fingers.approve")).toBe(true);
    expect(send(asked, { type: "back" }).context.hands).toEqual(asked.context.hands);
    let session = send(asked, { type: "finger.approve", staff: "1042", pin: "123456" });
    expect(at(session, "visit.collect.fingers.approving")).toBe(true);
    session = send(session, { type: "staff.refused", code: "staff/unknown", details: {} });
    expect(session.context).toMatchObject({ staffEntered: null, problem: { code: "staff/unknown" } });
    const confirmed = send(
      session,
      { type: "finger.approve", staff: "1042", pin: "654321" },
      { type: "staff.approved", staff: "1042" },
    );
    expect(confirmed.context.hands.right.tracks[0]).toMatchObject({ missing: "bandaged", approval: { staff: "1042" } });
    expect(confirmed.context.staffEntered).toBeNull();
    const codes = (s: SessionSnapshot) => exceptionsOf(s.context).map(({ code }) => code);
    expect(codes(confirmed)).not.toContain("finger/unapproved");
    expect(codes(send(session, { type: "finger.unapproved" }))).toContain("finger/unapproved");
  });

  test("one finger taken again loses neither its earlier print nor the other hand, and leads back to the review", () => {
    const review = way.review(begun());
    let session = send(review, { type: "redo", what: "finger-left-index" });
    expect(session.context.step).toBe("fingers");
    expect(session.context.hands.right).toEqual(review.context.hands.right);
    expect(session.context.hands.left.tracks[0]!.tries).toHaveLength(2);
    session = send(session, taken(session, 95), { type: "finger.lifted" }, { type: "fingers.accept" });
    expect(session.context.step).toBe("review");
    expect(session.context.hands.left.tracks[0]!.tries).toHaveLength(3);
  });

  test("the screen does not move on while a finger lies on the sensor", () => {
    const session = way.fingers(begun());
    const captured = send(session, taken(session, 80));
    expect(at(captured, "visit.collect.fingers.captured")).toBe(true);
    expect(takes(captured, stamp({ type: "fingers.accept" }))).toBe(false);
  });
});

describe("a capture that the disk cannot hold yet", () => {
  const full = { type: "trouble", code: "journal/disk-full", details: {}, device: null, waiting: true } as const;
  const unplugged = { ...full, code: "device/unplugged" };

  test("is kept and waits: only a device's trouble begins the capture anew", () => {
    const burst = send(way.face(begun()), { type: "face.take" });
    const waiting = send(burst, full);
    expect(at(waiting, "visit.collect.face.capturing")).toBe(true);
    expect(waiting.context.problem?.code).toBe("journal/disk-full");
    expect(at(send(waiting, faceTaken([candidate(0)])), "visit.collect.face.choose")).toBe(true);
    expect(at(send(burst, { ...unplugged, device: "camera" }), "visit.collect.face.live")).toBe(true);

    const held = send(way.fingers(begun()), { type: "finger.placed" });
    expect(at(send(held, full), "visit.collect.fingers.hold")).toBe(true);
    expect(at(send(held, { ...unplugged, device: "fingerprint" }), "visit.collect.fingers.place")).toBe(true);
  });
});

describe("sealing", () => {
  test("a full disk loses nothing: the session waits, and a later try makes the package", () => {
    const failed = send(way.seal(begun()), { type: "seal.failed", code: "seal/disk-full", details: {} });
    expect(failed.context.problem?.code).toBe("seal/disk-full");
    expect(at(send(failed, { type: "time.out" }), "visit.seal.failed")).toBe(true);
    const again = send(failed, { type: "retry" }, { type: "seal.done", qrText: "kabina:package:x" });
    expect(again.context.step).toBe("receipt");
    expect(send(failed, { type: "back" }).context.step).toBe("review");
  });

  test("nobody is kept by a seal that takes too long: they go with the number, and whoever comes next can neither look nor throw away", () => {
    const working = way.seal(begun());
    expect(takes(working, stamp({ type: "seal.park" }))).toBe(false);
    const slow = send(working, { type: "seal.slow", code: "seal/slow", details: {} });
    expect(slow.context.problem?.code).toBe("seal/slow");
    const parked = send(slow, { type: "seal.park" });
    expect(at(parked, "visit.seal.working")).toBe(true);
    const failed = send(parked, { type: "seal.failed", code: "seal/disk-full", details: {} });
    for (const type of ["back", "leave", "seal.park"] as const) expect(takes(failed, stamp({ type }))).toBe(false);
    const done = send(failed, { type: "retry" }, { type: "seal.done", qrText: "kabina:package:x" });
    expect(at(done, "wipe")).toBe(true);
    expect(done.context).toMatchObject({ end: "finished", sealed: { qrText: "kabina:package:x" } });
  });

  test("a power cut while sealing needs nobody's answer", () => {
    const session = send(way.seal(begun()), { type: "power.restored", interruptedAt: 0 });
    expect(at(session, "visit.seal.working")).toBe(true);
  });
});

describe("power cut", () => {
  test.each(steps)(
    "at %s: nothing personal is shown before the person says they are here; then it goes on there",
    (step) => {
      const before = way[step](begun());
      const cut = send(before, { type: "power.restored", interruptedAt: 1 });
      expect(at(cut, "resume")).toBe(true);
      const back = send(cut, { type: "resume.continue" });
      expect(where(back)).toBe(where(before));
      expect(at(send(cut, { type: "time.out" }), "wipe")).toBe(true);
    },
  );

  test("with the help open: the question whether to go on is not hidden behind it, and has a help of its own", () => {
    const open = send(way.face(begun()), { type: "help", open: true });
    const cut = send(open, { type: "power.restored", interruptedAt: 1 });
    expect(cut.context.helpOpen).toBe(false);
    const asked = send(cut, { type: "help", open: true });
    expect(asked.context.helpOpen).toBe(true);
    expect(send(asked, { type: "help", open: false }).context.helpOpen).toBe(false);
  });
});

/** Blobs that a session holds. */
function captured({ context }: SessionSnapshot): Set<string> {
  const { face, hands } = context;
  return new Set([
    ...face.candidates.map(({ blob }) => blob),
    ...[...hands.right.tracks, ...hands.left.tracks].flatMap(({ tries }) => tries.map(({ blob }) => blob)),
    ...(context.chip === null ? [] : ["chip"]),
    ...(context.signature === null ? [] : ["signature"]),
  ]);
}

/** What can always happen next in a state: an applicant's and a device's ways out of it. */
function someoneCanGoOn(session: SessionSnapshot): boolean {
  if (session.status === "done") return true;
  const world = Array.from({ length: worldKinds }, (_, kind) => worldEvent(kind, 80, session));
  const progress = [
    ...personEvents,
    ...world,
    { type: "erased", erasedAt: "", records: 0, keyDestroyed: true } as const,
    { type: "time.out" } as const,
  ];
  return progress.some((event) => {
    const stamped = stamp(event);
    return takes(session, stamped) && where(advance(session, stamped)) !== where(session);
  });
}

const randomEvent = fc.oneof(
  { weight: 3, arbitrary: fc.record({ person: fc.nat(personEvents.length - 1) }) },
  { weight: 3, arbitrary: fc.record({ world: fc.nat(worldKinds - 1), n: fc.nat(100) }) },
  // Sequences that are likely to get far: what the present state takes.
  { weight: 6, arbitrary: fc.record({ legal: fc.nat(200), n: fc.nat(100) }) },
);

function pick(
  session: SessionSnapshot,
  choice: { person: number } | { world: number; n: number } | { legal: number; n: number },
): SessionEvent {
  if ("person" in choice) return stamp(personEvents[choice.person]!);
  if ("world" in choice) return stamp(worldEvent(choice.world, choice.n, session));
  const ending = new Set(["leave", "consent.refuse", "begin"]);
  const all = [
    ...personEvents.filter(({ type }) => !ending.has(type)),
    ...Array.from({ length: worldKinds }, (_, kind) => worldEvent(kind, choice.n, session)),
  ];
  const legal = all.map(stamp).filter((event) => takes(session, event));
  return legal[choice.legal % Math.max(1, legal.length)] ?? stamp({ type: "stay" });
}

describe("whatever happens, in whatever order", () => {
  test("no session wedges, loses a capture, keeps a person in, or ends without being wiped", () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(
        fc.constantFrom(...steps, "seal" as const),
        fc.array(randomEvent, { minLength: 1, maxLength: 40 }),
        (from, choices) => {
          let session = way[from](begun());
          for (const choice of choices) {
            const event = pick(session, choice);
            const before = captured(session);
            const next = advance(session, event);
            reached.add(where(next));
            // Nothing captured disappears before the wipe.
            if (!at(next, "wipe") && next.status !== "done")
              for (const blob of before) expect(captured(next)).toContain(blob);
            expect(someoneCanGoOn(next)).toBe(true);
            // Leaving works everywhere but in the seconds of sealing, and where the session is over.
            const free = takes(next, stamp({ type: "leave" }));
            const parked = at(next, "visit.seal") && next.context.sealParked;
            const brief = at(next, "visit.seal.working") || parked || at(next, "wipe") || next.status === "done";
            expect(free || brief).toBe(true);
            if (free) expect(at(advance(next, stamp({ type: "leave" })), "wipe")).toBe(true);
            if (session.status !== "done" && next.status === "done") expect(at(session, "wipe.erased")).toBe(true);
            session = next;
            if (session.status === "done") return;
          }
          // However it stands, time alone ends it, wiped; only a seal that waits for the disk is kept for as long as it takes.
          if (at(session, "visit.seal")) return;
          session = send(session, { type: "time.out" });
          expect(at(session, "wipe") || session.status === "done").toBe(true);
        },
      ),
      { numRuns: 150, seed: 20261121 },
    );
    // The simulator reaches every step.
    for (const step of ["consent", "slip", "document", "confirm", "face", "fingers", "signature", "review"])
      expect([...reached].some((state) => state.includes(step))).toBe(true);
    for (const state of ["seal", "receipt", "wipe", "resume"])
      expect([...reached].some((value) => value.includes(state))).toBe(true);
  });

  test("the same events make the same session, so that the journal can tell it again", () => {
    fc.assert(
      fc.property(fc.array(randomEvent, { minLength: 1, maxLength: 30 }), (choices) => {
        const events: SessionEvent[] = [stamp({ type: "begin" })];
        let session = advance(newSession(input, defaultPolicy), events[0]!);
        for (const choice of choices) {
          const event = pick(session, choice);
          events.push(event);
          session = advance(session, event);
          if (session.status === "done") break;
        }
        const told = JSON.parse(JSON.stringify(events)) as SessionEvent[];
        const again = told.reduce(advance, newSession(input, defaultPolicy));
        expect(again.value).toEqual(session.value);
        expect(again.context).toEqual(session.context);
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  test("a print that counts is one that was kept and can be read", () => {
    const session = way.signature(begun());
    for (const side of ["right", "left"] as const)
      expect(session.context.hands[side].tracks.some((track) => hasPrint(track, defaultPolicy))).toBe(true);
    expect(drawn.strokes).toHaveLength(1);
  });
});
