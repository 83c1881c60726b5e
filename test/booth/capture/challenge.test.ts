/**
 * What the booth asks and shows after a burst, with a real engine and simulated cameras: a person answers, what is held in their place does
 * not. What would be lost: a photograph or a film of somebody passes as them, or a person is suspected who did all that was asked.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type FaceComparer, openFaceDetector } from "../../../biometrics/face/detector.ts";
import { faceLimits } from "../../../biometrics/face/limits.ts";
import { MotionWatch } from "../../../biometrics/face/presentation/motion-watch.ts";
import { reflectionSignal } from "../../../biometrics/face/presentation/signals.ts";
import type { HeldPicture } from "../../../biometrics/synthetic/held-picture.ts";
import { faceChallenge } from "../../../booth/capture/face-challenge.ts";
import { showColours } from "../../../booth/capture/screen-colours.ts";
import type { SessionEventOf } from "../../../booth/session/events.ts";
import { systemRandom } from "../../../crypto/system-environment.ts";
import type { Camera, CameraFrame, DeviceDriver } from "../../../devices/port.ts";
import { answeringPerson } from "../../../devices/simulator/answering-person.ts";
import { Studio, studioBuilt } from "../../biometrics/face/studio.ts";
import { FakeStage } from "../fake-stage.ts";
import { begun, candidate, faceTaken, send, way } from "../session/sample-events.ts";

const when = studioBuilt ? describe : describe.skip;

/** Milliseconds between pictures: as a camera of ten a second, or of five where nothing is to come of it. */
const FRAME_MS = 100;
const SLOW_MS = 200;
const blank: CameraFrame = { jpeg: new Uint8Array(), width: 640, height: 360, takenAt: 0, sequence: 0 };

/** A booth in which time goes as fast as somebody looks: each picture is a tenth of a second. */
class Theatre extends FakeStage {
  now = 0;
  readonly clock = { now: () => new Date(this.now), monotonic: () => this.now };
  #looking = 0;
  #waiting: { at: number; resolve: () => void }[] = [];

  constructor(asked: "turn-left" | "close-eyes") {
    super(send(way.face(begun()), { type: "face.take" }, faceTaken([candidate(0)], asked)));
  }

  async *pictures(signal: AbortSignal | undefined, frameMs: number): AsyncGenerator<CameraFrame> {
    this.#looking += 1;
    try {
      while (signal?.aborted !== true) {
        await this.#pass(frameMs);
        yield { ...blank, takenAt: this.now };
      }
    } finally {
      this.#looking -= 1;
    }
  }

  override async pause(milliseconds = 0): Promise<void> {
    const over = new Promise<void>((resolve) => this.#waiting.push({ at: this.now + milliseconds, resolve }));
    // Who begins to look does so at once; where nobody does, the pause itself lets the time pass.
    await new Promise(setImmediate);
    if (this.#looking === 0) await this.#pass(milliseconds);
    await over;
  }

  async #pass(milliseconds: number): Promise<void> {
    this.now += milliseconds;
    const due = this.#waiting.filter(({ at }) => at <= this.now);
    this.#waiting = this.#waiting.filter(({ at }) => at > this.now);
    for (const { resolve } of due) resolve();
    await new Promise(setImmediate);
  }
}

when("what is before the camera", () => {
  const root = mkdtempSync(join(tmpdir(), "kabina-challenge-"));
  let studio: Studio;
  let detector: FaceComparer;
  const folders = new Map<string, Promise<string>>();
  beforeAll(async () => {
    studio = new Studio();
    detector = await openFaceDetector();
  });
  afterAll(async () => {
    await Promise.all([studio?.close(), detector?.close()]);
    rmSync(root, { recursive: true, force: true });
  });

  const folderOf = (held: HeldPicture | undefined): Promise<string> => {
    const name = held ?? "self";
    const made =
      folders.get(name) ??
      studio.answers(8, held).then((files) => {
        mkdirSync(join(root, name, "face"), { recursive: true });
        for (const [path, bytes] of Object.entries(files)) writeFileSync(join(root, name, path), bytes);
        return join(root, name);
      });
    folders.set(name, made);
    return made;
  };

  const cameraOf = async (theatre: Theatre, held: HeldPicture | undefined, frameMs = FRAME_MS): Promise<Camera> => {
    const camera = { preview: ({ signal }: { signal?: AbortSignal }) => theatre.pictures(signal, frameMs) };
    const driver = { kind: "camera", name: "theatre", open: async () => camera } as unknown as DeviceDriver<"camera">;
    const sees = () => {
      const { flash, challenge } = theatre.shown.face;
      const asked = challenge?.phase === "act" ? theatre.session.face.asked : null;
      return { light: flash, asked };
    };
    return answeringPerson(driver, await folderOf(held), theatre.clock, sees).open("theatre", {});
  };

  const asking = async (kind: "turn-left" | "close-eyes", held?: HeldPicture) => {
    const theatre = new Theatre(kind);
    const camera = await cameraOf(theatre, held, held === undefined ? FRAME_MS : SLOW_MS);
    const device = { current: camera };
    const tools = { detector, motion: new MotionWatch(), devices: { camera: device }, browser: device };
    await faceChallenge(tools as never)(theatre);
    const [told] = theatre.told as SessionEventOf<"face.answered">[];
    return { ...told!, ms: theatre.now };
  };

  const showing = async (held?: HeldPicture, frameMs = FRAME_MS) => {
    const theatre = new Theatre("turn-left");
    const camera = await cameraOf(theatre, held, frameMs);
    const tools = { detector, motion: new MotionWatch(), clock: theatre.clock, random: systemRandom };
    const colours = await showColours(tools, theatre, camera, new AbortController().signal);
    return { colours, signal: reflectionSignal(colours.answer ?? undefined, faceLimits.presentation), ms: theatre.now };
  };

  test("a person who does what is asked is thanked within three seconds, and nothing is suspicious", async () => {
    for (const kind of ["turn-left", "close-eyes"] as const) {
      const { challenge, signals, ms } = await asking(kind);
      expect(challenge).toMatchObject({ asked: kind, outcome: "met", fault: null });
      expect(signals.filter(({ suspicious }) => suspicious)).toEqual([]);
      expect(ms).toBeLessThan(3000);
    }
  }, 120_000);

  test("a photograph and a played film do not do it, and are waited for eight seconds at the most; a sheet turned by hand shows that it is flat", async () => {
    for (const held of ["photo", "screen", "cut-out"] as const) {
      const { challenge, signals, ms } = await asking("turn-left", held);
      const suspicious = signals.filter((signal) => signal.suspicious).map(({ name }) => name);
      // Turned far enough, a sheet may do what was asked.
      if (held === "cut-out") expect(suspicious).toContain("FlatMotion");
      else expect([held, challenge.outcome, suspicious]).toEqual([held, "not-met", ["Challenge"]]);
      expect(ms).toBeLessThan(8500);
    }
  }, 180_000);

  test("the screen's colours fall on a person, and not alone on paper or glass", async () => {
    const person = await showing();
    expect(person.colours).toMatchObject({ skipped: null, steps: { length: 5 } });
    expect(person.signal).toMatchObject({ suspicious: false });
    expect(person.ms).toBeLessThan(3000);
    for (const held of ["photo", "screen"] as const)
      expect([held, (await showing(held)).signal]).toEqual([held, expect.objectContaining({ suspicious: true })]);
  }, 120_000);

  test("a camera too slow to tell is shown one colour and no more, and is nobody's fault; so is who does without", async () => {
    const slow = await showing(undefined, 600);
    expect(slow.colours).toMatchObject({ skipped: "camera-slow", answer: null, steps: { length: 1 } });
    expect(slow.signal).toMatchObject({ raw: null, suspicious: false });
    const calm = new Theatre("turn-left");
    Object.assign(calm.session.face, { calm: "person" });
    const tools = { detector, motion: new MotionWatch(), clock: calm.clock, random: systemRandom };
    const camera = await cameraOf(calm, undefined);
    expect(await showColours(tools, calm, camera, new AbortController().signal)).toEqual({
      steps: [],
      frames: 0,
      answer: null,
      skipped: "person",
    });
    expect(calm.shown.face.flash).toBeNull();
  }, 60_000);

  test("without a camera the session goes on at once, and nobody is suspected", async () => {
    const theatre = new Theatre("turn-left");
    const gone = { current: null };
    const tools = { detector, motion: new MotionWatch(), devices: { camera: gone }, browser: gone };
    await faceChallenge(tools as never)(theatre);
    expect(theatre.told).toMatchObject([
      { type: "face.answered", challenge: { outcome: "not-watched" }, signals: [{}, { raw: null, suspicious: false }] },
    ]);
  });
});
