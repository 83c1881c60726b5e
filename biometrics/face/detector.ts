/** Finds faces in frames, in a thread of its own, so that whoever asks is never blocked. */
import type { RgbImage } from "../image/image.ts";
import type { PortraitAssessment } from "./assessment.ts";
import type { FaceLimits } from "./limits.ts";
import type { FaceObservation } from "./observation.ts";

export interface FaceDetector {
  /**
   * Observes a live frame. While one frame is in work, one more may wait; a newer frame takes its place and the older call
   * resolves to `undefined` (newest wins). The frame's bytes are copied.
   * @throws `face/engine-failed`, `face/engine-closed`
   */
  observe(frame: RgbImage): Promise<FaceObservation | undefined>;
  /** Judges a still portrait by every measure; never dropped. @throws `face/engine-failed`, `face/engine-closed` */
  assess(still: RgbImage, limits?: FaceLimits): Promise<PortraitAssessment>;
  /** Ends the thread. Calls still open fail with `face/engine-closed`. */
  close(): Promise<void>;
}
