/** Remembers how one face moved before its picture was taken, as little as is needed to say whether it moved as a flat picture. */
import type { FaceObservation, ObservedFace } from "../observation.ts";
import { type FlatMotion, flatMotion } from "./flat-motion.ts";

/** Frames remembered, and how many milliseconds apart they are at the least. */
const remembered = 40;
const apartMs = 150;

export class MotionWatch {
  #faces: ObservedFace[] = [];
  #last = Number.NEGATIVE_INFINITY;

  /** Takes note of a live frame; one without exactly one face ends what was seen before: it may be another person. */
  observe({ faces }: FaceObservation, timeMs: number): void {
    const [face] = faces;
    if (face === undefined || faces.length > 1) {
      this.reset();
      return;
    }
    if (timeMs - this.#last < apartMs) return;
    this.#last = timeMs;
    this.#faces.push(face);
    if (this.#faces.length > remembered) this.#faces.shift();
  }

  motion(): FlatMotion | undefined {
    return flatMotion(this.#faces);
  }

  reset(): void {
    this.#faces = [];
    this.#last = Number.NEGATIVE_INFINITY;
  }
}
