/**
 * One random thing to do before the camera, after the burst: watched, recorded, thanked for. Whether it was done or not, the session goes on;
 * without a camera it goes on at once.
 */

import { faceLimits } from "../../biometrics/face/limits.ts";
import type { FaceObservation } from "../../biometrics/face/observation.ts";
import {
  type ChallengeResult,
  ChallengeWatch,
  longestChallenge,
} from "../../biometrics/face/presentation/challenge.ts";
import { challengeSignal, motionSignal } from "../../biometrics/face/presentation/signals.ts";
import { decodeImage } from "../../biometrics/image/codec.ts";
import type { AskedChallenge } from "../../crypto/package/enrolment.ts";
import type { Activity, Stage } from "../session/activity.ts";
import type { FaceTools } from "./face-loop.ts";
import { captureLimits } from "./limits.ts";

const limits = faceLimits.challenge;

export function faceChallenge(tools: FaceTools): Activity {
  return async (stage) => {
    const { asked } = stage.session.face;
    if (asked === null) return;
    const seen = new Extremes();
    const result = await watched(tools, stage, asked, seen);
    if (stage.signal.aborted) return;
    stage.live(({ face }) => {
      face.challenge = { phase: "thanks", left: 0 };
    });
    await stage.pause(captureLimits.thanksMs);
    stage.live(({ face }) => {
      face.challenge = null;
    });
    const { presentation } = faceLimits;
    await stage.emit({
      type: "face.answered",
      challenge: recordOf(asked, result, seen),
      signals: [
        motionSignal(tools.motion.motion(), presentation),
        challengeSignal(result === null ? [] : [result], presentation),
      ],
    });
  };
}

/** Null where the camera gave no pictures to watch. */
async function watched(
  tools: FaceTools,
  stage: Stage,
  asked: ChallengeResult["kind"],
  seen: Extremes,
): Promise<ChallengeResult | null> {
  const device = stage.session.face.source === "browser" ? tools.browser : tools.devices.camera;
  const camera = device.current;
  if (camera === null) return null;
  const watch = new ChallengeWatch(asked, limits);
  const late = new AbortController();
  void stage.pause(longestChallenge(limits) + captureLimits.firstPictureMs).then(() => late.abort());
  const signal = AbortSignal.any([stage.signal, late.signal]);
  let actingSince: number | null = null;
  try {
    for await (const frame of camera.preview({ signal, maxWidth: captureLimits.guideFrameWidth })) {
      const observation = await tools.detector.observe(await decodeImage(frame.jpeg));
      if (observation === undefined) continue;
      tools.motion.observe(observation, frame.takenAt);
      const { phase, result } = watch.observe(observation, frame.takenAt);
      seen.observe(observation);
      if (result !== null) return result;
      if (phase === "act") actingSince ??= frame.takenAt;
      const left = actingSince === null ? 1 : Math.max(0, 1 - (frame.takenAt - actingSince) / limits.latestMs);
      stage.live(({ face }) => {
        face.challenge = { phase: phase === "act" ? "act" : "settle", left: Math.round(left * 100) / 100 };
      });
    }
  } catch (error) {
    // The camera went, or the engine is being opened again: neither is the person's doing, and nothing to wait for.
    if (stage.signal.aborted) throw error;
  }
  return null;
}

function recordOf(asked: AskedChallenge["asked"], result: ChallengeResult | null, seen: Extremes): AskedChallenge {
  return {
    asked,
    outcome: result === null ? "not-watched" : result.met ? "met" : "not-met",
    fault: result?.fault ?? null,
    reactionMs: result?.reactionMs == null ? null : Math.round(result.reactionMs),
    ...seen.record(),
  };
}

/** How far the head turned and the eyes closed while they were watched. */
class Extremes {
  #yaw: { least: number; most: number } | null = null;
  #eyes = { least: Number.POSITIVE_INFINITY, most: 0 };

  observe({ faces }: FaceObservation): void {
    const [face] = faces;
    if (face === undefined || faces.length > 1) return;
    const { yaw } = face.pose;
    this.#yaw = { least: Math.min(this.#yaw?.least ?? yaw, yaw), most: Math.max(this.#yaw?.most ?? yaw, yaw) };
    this.#eyes = {
      least: Math.min(this.#eyes.least, face.eyesOpen),
      most: Math.max(this.#eyes.most, face.eyesOpen),
    };
  }

  record(): Pick<AskedChallenge, "yaw" | "eyesLeast"> {
    const tenth = (value: number) => Math.round(10 * value) / 10;
    const { least, most } = this.#eyes;
    return {
      yaw: this.#yaw && { least: tenth(this.#yaw.least), most: tenth(this.#yaw.most) },
      eyesLeast: most > 0 ? Math.round((100 * least) / most) / 100 : null,
    };
  }
}
