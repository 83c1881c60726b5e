/** The moment of the portrait: a burst of full-size stills, each judged by every measure. */
import type { PortraitAssessment } from "../../biometrics/face/assessment.ts";
import { faceLimits } from "../../biometrics/face/limits.ts";
import { cutPortrait, portraitRecord } from "../../biometrics/face/portrait.ts";
import { motionSignal, type PresentationSignal } from "../../biometrics/face/presentation/signals.ts";
import { decodeImage, encodeJpeg } from "../../biometrics/image/codec.ts";
import type { Clock } from "../../crypto/environment.ts";
import type { FaceHint } from "../api/messages.ts";
import type { Activity } from "../session/activity.ts";
import type { FaceCandidate } from "../session/captures.ts";
import { cameraOf, type FaceTools } from "./face-loop.ts";

export function portraitBurst(tools: FaceTools & { readonly clock: Clock }): Activity {
  return async (stage) => {
    const { policy, face } = stage.session;
    const camera = await cameraOf(tools, stage);
    const frames = await camera.burst(policy.face.burst, { signal: stage.signal, context: stage.session.id });
    const capturedAt = tools.clock.now().toISOString();
    const candidates: FaceCandidate[] = [];
    const moved = motionSignal(tools.motion.motion(), faceLimits.presentation);
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
      candidates.push({
        blob,
        cut,
        capturedAt,
        trigger: face.trigger,
        signed: frame.signed ?? null,
        ...judged(assessment, moved),
      });
    }
    await stage.emit({ type: "face.taken", candidates }, blobs);
  };
}

function judged(
  assessment: PortraitAssessment,
  moved: PresentationSignal,
): Pick<FaceCandidate, "score" | "passes" | "hints" | "measures"> {
  const measures = Object.entries(assessment.measures).map(([name, measure]) => ({ name, ...measure }));
  const failed = measures.filter(({ pass }) => !pass).sort((a, b) => a.value - b.value);
  const hints = failed.flatMap(({ hint }) => (hint === null ? [] : [hint as FaceHint]));
  return {
    score: clamp(assessment.score),
    passes: assessment.pass,
    hints: [...new Set(hints)],
    measures: [
      ...measures.map(({ name, value, pass, hint }) => ({ name, value, passes: pass, hint })),
      // Signs of a picture held before the camera: recorded for the operator, told to nobody here.
      ...[...assessment.presentation, moved].map(({ name, value, suspicious }) => ({
        name,
        value,
        passes: !suspicious,
        hint: null,
      })),
    ],
  };
}

const clamp = (score: number): number => Math.min(100, Math.max(0, score));
