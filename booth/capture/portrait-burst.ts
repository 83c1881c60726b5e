/** The moment of the portrait: a burst of full-size stills, each judged by every measure. */
import type { PortraitAssessment } from "../../biometrics/face/assessment.ts";
import { faceLimits } from "../../biometrics/face/limits.ts";
import { cutPortrait, portraitRecord } from "../../biometrics/face/portrait.ts";
import { drawChallenges } from "../../biometrics/face/presentation/challenge.ts";
import { motionSignal, reflectionSignal } from "../../biometrics/face/presentation/signals.ts";
import { decodeImage, encodeJpeg } from "../../biometrics/image/codec.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import type { CameraFrame } from "../../devices/port.ts";
import type { FaceHint } from "../api/messages.ts";
import type { Activity, Stage } from "../session/activity.ts";
import type { FaceCandidate } from "../session/captures.ts";
import { asksChallenge, asksColours } from "../session/face.ts";
import { chanceOf } from "./chance.ts";
import { cameraOf, type FaceTools } from "./face-loop.ts";
import { showColours } from "./screen-colours.ts";

type BurstTools = FaceTools & { readonly clock: Clock; readonly random: RandomBytes };

export function portraitBurst(tools: BurstTools): Activity {
  return async (stage) => {
    const { policy } = stage.session;
    const camera = await cameraOf(tools, stage);
    const frames = await camera.burst(policy.face.burst, { signal: stage.signal, context: stage.session.id });
    const capturedAt = tools.clock.now().toISOString();
    const ended = new AbortController();
    try {
      const showing = asksColours(stage.session) ? showColours(tools, stage, camera, ended.signal) : null;
      const { candidates, blobs } = await judgedBurst(tools, stage, frames, capturedAt);
      const colours = await showing;
      const { presentation } = faceLimits;
      const moved = motionSignal(tools.motion.motion(), presentation);
      const signals = colours === null ? [moved] : [moved, reflectionSignal(colours.answer ?? undefined, presentation)];
      const ask = asksChallenge(stage.session) ? drawChallenges(1, chanceOf(tools.random))[0]! : null;
      await stage.emit({ type: "face.taken", candidates, colours, signals, ask }, blobs);
    } finally {
      ended.abort();
    }
  };
}

async function judgedBurst(tools: BurstTools, stage: Stage, frames: readonly CameraFrame[], capturedAt: string) {
  const { policy, face } = stage.session;
  const candidates: FaceCandidate[] = [];
  const blobs = new Map<string, Uint8Array>();
  for (const frame of frames) {
    const still = await decodeImage(frame.jpeg);
    const assessment = await tools.detector.assess(still, policy.face.pass);
    const blob = `face-${face.candidates.length + candidates.length}`;
    blobs.set(blob, frame.jpeg);
    const [seen] = assessment.observation.faces;
    let cut: FaceCandidate["cut"] = null;
    if (seen !== undefined) {
      const portrait = cutPortrait(still, seen);
      const jpeg = await encodeJpeg(portrait.image);
      cut = { blob: `${blob}-cut`, record: portraitRecord(frame.jpeg, portrait, jpeg) };
      blobs.set(cut.blob, jpeg);
    }
    const { trigger } = face;
    candidates.push({ blob, cut, capturedAt, trigger, signed: frame.signed ?? null, ...judged(assessment) });
  }
  return { candidates, blobs };
}

function judged(
  assessment: PortraitAssessment,
): Pick<FaceCandidate, "score" | "passes" | "hints" | "measures" | "presentation"> {
  const measures = Object.entries(assessment.measures).map(([name, measure]) => ({ name, ...measure }));
  const failed = measures.filter(({ pass }) => !pass).sort((a, b) => a.value - b.value);
  const hints = failed.flatMap(({ hint }) => (hint === null ? [] : [hint as FaceHint]));
  return {
    score: clamp(assessment.score),
    passes: assessment.pass,
    hints: [...new Set(hints)],
    measures: measures.map(({ name, value, pass, hint }) => ({ name, value, passes: pass, hint })),
    // Recorded for the operator, told to nobody here.
    presentation: assessment.presentation,
  };
}

const clamp = (score: number): number => Math.min(100, Math.max(0, score));
