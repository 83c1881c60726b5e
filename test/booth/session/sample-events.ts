/** Events of a make-believe booth: everything that people and devices can do to a session, well formed and by the clock. */
import type { ChallengeKind } from "../../../biometrics/face/presentation/challenge.ts";
import type { ScreenEvent } from "../../../booth/api/messages.ts";
import { readZone } from "../../../booth/capture/zone.ts";
import type { ChipReading, FaceCandidate, FingerTry } from "../../../booth/session/captures.ts";
import { CONSENT_VERSION } from "../../../booth/session/consent-text.ts";
import type { SessionEvent, SessionInput, Unstamped } from "../../../booth/session/events.ts";
import { fingerInHand } from "../../../booth/session/hands.ts";
import { advance, newSession, type SessionSnapshot } from "../../../booth/session/machine.ts";
import { defaultPolicy, type SessionPolicy } from "../../../crypto/policy/session-policy.ts";

/** The specimen of ICAO 9303-4. */
export const specimenLines = [
  "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
  "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
];

export const input: SessionInput = {
  id: "ab".repeat(32),
  packageId: "7b6f0d4e-3d2a-4b6e-9c1f-0a1b2c3d4e5f",
  language: "en",
  cameraSource: "booth",
  software: "test",
};

export const at = Date.UTC(2026, 10, 21, 12);

export function begun(policy: SessionPolicy = defaultPolicy): SessionSnapshot {
  return send(newSession(input, policy), { type: "begin" });
}

let tick = 0;
/** Stamps an event a second after the last one. */
export function stamp(event: Unstamped): SessionEvent {
  tick += 1000;
  return { ...event, at: at + tick, mono: tick };
}

export function send(session: SessionSnapshot, ...events: Unstamped[]): SessionSnapshot {
  return events.reduce((now, event) => advance(now, stamp(event)), session);
}

export function candidate(index: number, passes = true): FaceCandidate {
  return {
    blob: `face-${index}`,
    cut: null,
    score: 50 + (index % 40),
    passes,
    hints: passes ? [] : ["close-mouth"],
    measures: [],
    presentation: [],
    capturedAt: new Date(at).toISOString(),
    trigger: "guide",
  };
}

/** A burst after which so much is asked. */
export const faceTaken = (candidates: readonly FaceCandidate[], ask: ChallengeKind | null = null) =>
  ({ type: "face.taken", candidates, colours: null, signals: [], ask }) as const;

export const turnedLeft = {
  type: "face.answered",
  challenge: {
    asked: "turn-left",
    outcome: "met",
    fault: null,
    reactionMs: 700,
    yaw: { least: -1, most: 22 },
    eyesLeast: 0.9,
  },
  signals: [{ name: "Challenge", raw: 0, value: 97, suspicious: false }],
} as const;

/** A print of a finger, whatever finger was asked for, compared with the prints before it as a perfect matcher would. */
export function print(blob: string, quality: number, of = "", before: readonly FingerTry[] = []): FingerTry {
  const scores = Object.fromEntries(
    before.map((other) => [other.blob, other.measures[0]?.name === of && of !== "" ? 100 : 3]),
  );
  const measures = [{ name: of, value: 0, passes: true, hint: null }];
  return { blob, quality, measures, hints: [], capturedAt: new Date(at).toISOString(), scores, engine: "test" };
}

/** A print of the finger that is asked for now, or of another. */
export function taken(session: SessionSnapshot, quality: number, of: string | null = null): Unstamped {
  const { hands } = session.context;
  const track = fingerInHand(hands)?.track;
  const position = track?.position ?? "right-index";
  const blob = `finger-${position}-${track?.tries.length ?? 0}`;
  return { type: "finger.taken", position, taken: print(blob, quality, of ?? position, triesOf(session)) };
}

/** Every print so far. */
export const triesOf = ({ context: { hands } }: SessionSnapshot): FingerTry[] =>
  [...hands.right.tracks, ...hands.left.tracks].flatMap(({ tries }) => tries);

/** As many good prints as the finger in hand needs. */
export function giveFinger(session: SessionSnapshot, quality = 80): SessionSnapshot {
  let now = session;
  for (let tries = 0; tries < defaultPolicy.fingers.agreeing; tries++)
    now = send(now, taken(now, quality), { type: "finger.lifted" });
  return now;
}

export const chip: ChipReading = {
  access: "BAC",
  fields: readZone(specimenLines, new Date(at)).reading!.fields,
  files: [{ part: "chip-dg1", sha256: "0".repeat(64), bytes: 93, blob: "chip-dg1" }],
  proofs: [],
  portrait: null,
  signedChallenge: null,
  readMs: 900,
};

/** The straight way from consent to the moment before each step, by name. */
export const way = {
  consent: (s: SessionSnapshot) => s,
  slip: (s: SessionSnapshot) => send(s, { type: "consent.give", textVersion: CONSENT_VERSION }),
  document: (s: SessionSnapshot) => send(way.slip(s), { type: "slip.none" }),
  confirm: (s: SessionSnapshot) =>
    send(
      way.document(s),
      { type: "document.mrz", lines: specimenLines },
      { type: "chip.placed" },
      { type: "chip.read", chip },
      { type: "document.accept" },
    ),
  face: (s: SessionSnapshot) => send(way.confirm(s), { type: "confirm.accept" }),
  fingers: (s: SessionSnapshot) =>
    send(way.face(s), { type: "face.take" }, faceTaken([candidate(0), candidate(1)], "turn-left"), turnedLeft, {
      type: "face.accept",
    }),
  signature: (s: SessionSnapshot) => {
    let now = way.fingers(s);
    for (let hand = 0; hand < 2; hand++) now = giveFinger(now);
    return send(now, { type: "fingers.accept" });
  },
  review: (s: SessionSnapshot) => send(way.signature(s), { type: "signature.done", signature: drawn }),
  seal: (s: SessionSnapshot) => send(way.review(s), { type: "review.accept" }),
  receipt: (s: SessionSnapshot) => send(way.seal(s), { type: "seal.done", qrText: "kabina:package:x" }),
  wipe: (s: SessionSnapshot) => send(way.receipt(s), { type: "receipt.done" }),
} as const;

export const drawn = { aspect: 3, strokes: [[{ x: 0.1, y: 0.2, t: 0 }]] };
export const failure = { code: "device/unplugged", details: { device: "camera" } } as const;

/** Everything a person can send, with one payload or more of each kind. */
export const personEvents: readonly ScreenEvent[] = [
  { type: "begin" },
  { type: "language", language: "en" },
  { type: "language", language: "ru" },
  { type: "consent.give", textVersion: CONSENT_VERSION },
  { type: "consent.give", textVersion: "another text" },
  { type: "consent.refuse" },
  { type: "slip.enter", value: "'; DROP TABLE slips; --" },
  { type: "slip.none" },
  { type: "document.mrz", lines: specimenLines },
  { type: "document.mrz", lines: ["<script>alert(1)</script>", "' OR 1=1 --"] },
  { type: "document.scan" },
  { type: "document.skip", reason: "no-chip" },
  { type: "document.accept" },
  { type: "confirm.accept" },
  { type: "confirm.dispute", fields: ["surname"] },
  { type: "confirm.dispute", fields: ["__proto__"] },
  { type: "face.capture" },
  { type: "face.choose", candidate: 0 },
  { type: "face.choose", candidate: 19 },
  { type: "face.accept" },
  { type: "face.camera", source: "browser" },
  { type: "face.calm", calm: "person" },
  { type: "face.calm", calm: null },
  { type: "face.cannot" },
  { type: "finger.unable", reason: "amputated" },
  { type: "finger.again" },
  { type: "finger.approve", staff: "1042", pin: "123456" },
  { type: "finger.unapproved" },
  { type: "fingers.accept" },
  { type: "signature.done", signature: drawn },
  { type: "signature.unable", reason: "injury" },
  { type: "review.accept" },
  { type: "seal.park" },
  { type: "receipt.done" },
  { type: "retry" },
  { type: "resume.continue" },
  { type: "back" },
  { type: "redo", what: "slip" },
  { type: "redo", what: "document" },
  { type: "redo", what: "face" },
  { type: "redo", what: "fingers" },
  { type: "redo", what: "finger-right-index" },
  { type: "redo", what: "finger-left-index" },
  { type: "redo", what: "signature" },
  { type: "help", open: true },
  { type: "help", open: false },
  { type: "leave" },
  { type: "stay" },
];

/** Kinds of `worldEvent`. */
export const worldKinds = 25;

/** Everything that devices, disk and time can do; `n` makes captures different. */
export function worldEvent(kind: number, n: number, session: SessionSnapshot): Unstamped {
  const events: readonly Unstamped[] = [
    { type: "slip.accepted", number: "1063265894", issuedAt: new Date(at).toISOString(), entered: "typed" },
    { type: "slip.refused", code: "slip/unknown", details: {} },
    { type: "document.scanned", lines: specimenLines },
    { type: "document.unread", code: "mrtd/mrz-not-found", details: { width: 1, height: 1 } },
    { type: "signature.drawn", signature: drawn },
    { type: "chip.placed" },
    { type: "chip.removed", code: "device/card-removed", details: {} },
    { type: "chip.read", chip },
    { type: "chip.failed", code: "mrtd/bac-refused", details: {} },
    { type: "face.take" },
    faceTaken([candidate(session.context.face.candidates.length, n % 3 > 0)], n % 2 > 0 ? "turn-left" : null),
    faceTaken([], "turn-left"),
    turnedLeft,
    { type: "finger.placed" },
    taken(session, n % 101, n % 7 === 0 ? "left-index" : null),
    { type: "finger.lifted" },
    { type: "staff.approved", staff: "1042" },
    { type: "staff.refused", code: "staff/unknown", details: {} },
    { type: "seal.done", qrText: "kabina:package:x" },
    { type: "seal.failed", code: "seal/disk-full", details: {} },
    { type: "seal.slow", code: "seal/slow", details: {} },
    { type: "printed", printed: "printed" },
    { type: "trouble", ...failure, device: "camera", waiting: true },
    { type: "trouble.over" },
    { type: "power.restored", interruptedAt: at },
  ];
  if (events.length !== worldKinds) throw new Error(`${events.length} kinds`);
  return events[kind]!;
}
