/** One try of one finger: seen live, taken, judged, and compared with every other print of the session and of the chip. */
import type { FingerAssessment, FingerReason } from "../../biometrics/finger/finger.ts";
import { decodeGrey, encodeGreyPng } from "../../biometrics/image/codec.ts";
import type { Clock } from "../../crypto/environment.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";
import type { FingerPosition } from "../../crypto/package/enrolment.ts";
import type { SessionPolicy } from "../../crypto/policy/session-policy.ts";
import type { FingerImage, FingerProgress, FingerRetryReason } from "../../devices/port.ts";
import type { FingerHint } from "../api/messages.ts";
import type { Activity, Stage } from "../session/activity.ts";
import type { BlobId, FingerTry } from "../session/captures.ts";
import { fingerInHand, impressionsOf } from "../session/hands.ts";
import { knownChipPrints } from "./chip-prints.ts";
import { type BoothDevices, need } from "./devices.ts";
import type { FingerExaminer } from "./finger-examiner.ts";
import type { Examination } from "./finger-examiner-thread.ts";
import { captureLimits } from "./limits.ts";

export interface FingerTools {
  readonly devices: BoothDevices;
  readonly clock: Clock;
  readonly examiner: FingerExaminer;
}

const retryHints: Readonly<Record<FingerRetryReason, FingerHint>> = {
  "too-short": "hold-still",
  "not-centred": "place-centre",
  "lift-and-retry": "lift-finger",
  unclear: "clean-sensor",
};

/** In the order of `FingerReason`: what to tell a person of a print that is not good enough. */
const reasonHints: Readonly<Record<FingerReason, FingerHint>> = {
  "no-finger": "place-finger",
  "too-small": "whole-fingertip",
  shifted: "place-centre",
  "no-core": "place-centre",
  rotated: "place-flat",
  "too-dry": "finger-dry",
  "too-wet": "finger-wet",
  smudged: "hold-still",
  moving: "hold-still",
  // What the sensor's driver says of its pictures is wrong: nothing that a person could do better.
  "wrong-resolution": "try-again",
  inverted: "try-again",
};

/** Pixels per inch of the prints that the session keeps. */
const PRINT_PPI = 500;

/** Whether a finger lies on the sensor, as far as the sensor tells. */
export class FingerPresence {
  lying = false;
}

export function fingerLoop(tools: FingerTools, presence: FingerPresence): Activity {
  return async (stage) => {
    const current = fingerInHand(stage.session.hands)?.track;
    if (current === undefined) return;
    stage.live(({ finger }) => {
      finger.hint = "place-finger";
      finger.seen = null;
    });
    const blob: BlobId = `finger-${current.position}-${current.tries.length}`;
    const print = await presentFinger(tools, presence, current.position, blob, stage);
    if (print === undefined) return;
    const { image, examination } = print;
    const { assessment, scores, engine } = examination;
    const png = await encodeGreyPng(image);
    const taken: FingerTry = {
      blob,
      quality: Math.min(100, Math.max(0, Math.round(assessment.score))),
      measures: measuresOf(assessment, stage.session.policy),
      hints: hintsOf(assessment, stage.session.policy),
      capturedAt: tools.clock.now().toISOString(),
      scores,
      engine,
      signed: image.signed ?? null,
    };
    await stage.emit({ type: "finger.taken", position: current.position, taken }, new Map([[blob, png]]));
  };
}

/** Waits until the finger is lifted and the result has been seen. */
export function liftLoop(tools: FingerTools, presence: FingerPresence): Activity {
  return async (stage) => {
    await stage.pause(captureLimits.resultShownMs);
    const until = tools.clock.monotonic() + captureLimits.liftWaitMs;
    while (presence.lying && tools.clock.monotonic() < until && !stage.signal.aborted) await stage.pause(100);
    presence.lying = false;
    await stage.emit({ type: "finger.lifted" });
  };
}

/** A picture with a finger in it; what touched the sensor and is no finger does not count as a try. */
async function presentFinger(
  tools: FingerTools,
  presence: FingerPresence,
  finger: FingerPosition,
  blob: BlobId,
  stage: Stage,
): Promise<{ image: FingerImage; examination: Examination } | undefined> {
  const taken = impressionsOf(stage.session.hands).map(({ print }) => ({
    id: print.blob,
    picture: () => decodeGrey(stage.blob(print.blob), { ppi: PRINT_PPI }),
  }));
  const others = [...taken, ...knownChipPrints(stage)];
  for (;;) {
    const image = await capture(tools, presence, finger, stage);
    if (image === undefined) return undefined;
    const examination = await tools.examiner.examine(blob, image, others);
    if (examination.assessment.present) return { image, examination };
    await stage.emit({ type: "finger.lifted" });
    stage.live(({ finger: shown }) => {
      shown.hint = "place-finger";
    });
    await stage.pause(captureLimits.resultShownMs);
  }
}

async function capture(tools: FingerTools, presence: FingerPresence, finger: FingerPosition, stage: Stage) {
  while (!stage.signal.aborted) {
    const sensor = await need(tools.devices.fingerprint, "fingerprint", stage);
    const off = sensor.on((event) => {
      if (event.type === "finger-lifted") presence.lying = false;
    });
    try {
      const onProgress = (progress: FingerProgress) => {
        if (progress.state === "preview") void showLive(progress.image, tools, stage).catch(() => {});
        else showProgress(progress, presence, stage);
      };
      return await sensor.capture({
        finger,
        context: stage.session.id,
        signal: stage.signal,
        timeoutMs: captureLimits.waitForPersonMs,
        onProgress,
      });
    } catch (error) {
      // Nobody has put a finger down yet: that is the person's time, not a fault.
      if (!isCoded(error) || error.code !== "device/timeout") throw error;
    } finally {
      off();
    }
  }
  return undefined;
}

/** What the live picture shows, as long as nothing newer has come: pictures are dropped, never queued. */
async function showLive(image: FingerImage, tools: FingerTools, stage: Stage): Promise<void> {
  const sight = await tools.examiner.observe(image);
  if (sight === undefined) return;
  const { present, centred, still } = sight;
  const [worst] = sight.reasons;
  stage.live(({ finger }) => {
    finger.seen = { present, centred, still };
    if (present) finger.hint = !centred && worst !== undefined ? reasonHints[worst] : "hold-still";
  });
}

function showProgress(progress: FingerProgress, presence: FingerPresence, stage: Stage): void {
  switch (progress.state) {
    case "placed":
      presence.lying = true;
      void stage.emit({ type: "finger.placed" }).catch(() => {});
      stage.live(({ finger }) => {
        finger.hint = "hold-still";
      });
      return;
    case "lifted":
      presence.lying = false;
      return;
    case "retry":
      void stage.emit({ type: "finger.lifted" }).catch(() => {});
      stage.live(({ finger }) => {
        finger.hint = retryHints[progress.reason];
      });
      return;
  }
}

function hintsOf(assessment: FingerAssessment, policy: SessionPolicy): FingerHint[] {
  if (assessment.score >= policy.fingers.wanted) return [];
  const hints = assessment.reasons.map((reason) => reasonHints[reason]);
  return hints.length > 0 ? hints : ["try-again"];
}

function measuresOf(assessment: FingerAssessment, policy: SessionPolicy): FingerTry["measures"] {
  const raw = Object.entries(assessment.measures).map(([name, value]) => ({ name, value, passes: true, hint: null }));
  return [
    { name: "quality", value: assessment.score, passes: assessment.score >= policy.fingers.wanted, hint: null },
    ...raw,
  ];
}
