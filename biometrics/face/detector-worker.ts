/** The detector's thread: one engine, one request at a time. */
import { parentPort, workerData } from "node:worker_threads";
import { BiometricsError } from "../errors.ts";
import type { RgbImage } from "../image/image.ts";
import type { PortraitAssessment } from "./assessment.ts";
import { assessPortrait } from "./assessment.ts";
import { FaceEngine } from "./engine.ts";
import type { FaceLikeness } from "./likeness.ts";
import type { FaceLimits, PassLimits } from "./limits.ts";
import type { FaceObservation } from "./observation.ts";

export type DetectorRequest =
  | { readonly kind: "open" }
  | { readonly kind: "observe"; readonly image: RgbImage }
  | { readonly kind: "assess"; readonly image: RgbImage; readonly pass: PassLimits }
  | { readonly kind: "compare"; readonly image: RgbImage; readonly other: RgbImage };

export interface DetectorReply {
  readonly observation?: FaceObservation;
  readonly assessment?: PortraitAssessment;
  readonly likeness?: FaceLikeness;
  readonly failure?: { readonly code: string; readonly details: BiometricsError["details"] };
}

const port = parentPort;
if (port !== null) {
  const limits = workerData as FaceLimits;
  const now = () => performance.now();
  const engine = await FaceEngine.open(limits.detection);
  const answer = async (request: DetectorRequest): Promise<DetectorReply> => {
    if (request.kind === "open") return {};
    if (request.kind === "compare") return { likeness: await engine.compare(request.image, request.other) };
    if (request.kind === "observe") return { observation: engine.follow(request.image, now) };
    const observation = engine.look(request.image, now);
    return {
      observation,
      assessment: assessPortrait(request.image, observation, { ...limits, pass: { ...limits.pass, ...request.pass } }),
    };
  };
  port.on("message", async (request: DetectorRequest) => {
    try {
      port.postMessage(await answer(request));
    } catch (error) {
      const failure =
        error instanceof BiometricsError
          ? { code: error.code, details: error.details }
          : { code: "face/engine-failed", details: { reason: error instanceof Error ? error.message : "unknown" } };
      port.postMessage({ failure });
    }
  });
  port.postMessage({});
}
