/** Renders and judges in a thread outside of the test runner (see studio.mjs). */
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { PortraitAssessment } from "../../../biometrics/face/assessment.ts";
import type { FaceObservation } from "../../../biometrics/face/observation.ts";
import type { FlatMotion } from "../../../biometrics/face/presentation/flat-motion.ts";
import type { PresentationSignal } from "../../../biometrics/face/presentation/signals.ts";
import type { RgbImage } from "../../../biometrics/image/image.ts";
import type { FaceTruth } from "../../../biometrics/synthetic/face.ts";
import type { FaceAttack } from "../../../biometrics/synthetic/face-attack.ts";
import type { FaceScene } from "../../../biometrics/synthetic/face-scene.ts";
import type { HeldPicture } from "../../../biometrics/synthetic/held-picture.ts";

export const studioBuilt = existsSync("dist/biometrics/synthetic/face-video.js");
if (!studioBuilt) console.warn("skipped: dist/ is not built, so nothing can be rendered");

export type Scene = Partial<FaceScene>;
export interface Judged {
  readonly observation: FaceObservation;
  readonly assessment: PortraitAssessment;
}

export class Studio {
  readonly #worker = new Worker(new URL("./studio.mjs", import.meta.url), { execArgv: [] });
  #queue: Promise<unknown> = Promise.resolve();

  picture = (seed: number, scene: Scene = {}) =>
    this.#ask<{ image: RgbImage; truth: FaceTruth }>("picture", { seed, scene });
  look = (seed: number, scene: Scene = {}) => this.#ask<Judged & { truth: FaceTruth }>("look", { seed, scene });
  crowd = (seeds: readonly number[], scene: Scene) => this.#ask<Judged>("crowd", { seeds, scene });
  upsideDown = (seed: number, scene: Scene = {}) => this.#ask<Judged>("upsideDown", { seed, scene });
  image = (image: RgbImage) => this.#ask<Judged>("image", { image });
  file = (bytes: Uint8Array) => this.#ask<Judged>("file", { bytes });
  /** Of the largest face; undefined when there is none. */
  descriptor = (bytes: Uint8Array) => this.#ask<Float32Array | undefined>("descriptor", { bytes });
  /** The signals of a still of a synthetic person, or of an attack made of it. */
  presentation = (seed: number, attack?: FaceAttack) =>
    this.#ask<readonly PresentationSignal[]>("presentation", { seed, attack });
  /** Of a head that turns, of its flat picture turned, and of a person who holds still. */
  motion = (seed: number) => this.#ask<Record<"real" | "flat" | "still", FlatMotion | undefined>>("motion", { seed });
  /** How a person answers what the kiosk screen asks and shows, or what is held in their place. */
  answers = (seed: number, held?: HeldPicture) => this.#ask<Record<string, Uint8Array>>("answers", { seed, held });
  /** A small picture brought to four times its pixels. */
  scaledUp = (seed: number) => this.#ask<Judged>("scaledUp", { seed });
  film = (seed: number) => this.#ask<{ hints: string[]; seconds?: number } & Partial<Judged>>("film", { seed });
  follow = (seed: number, scenes: readonly Scene[], last: RgbImage) =>
    this.#ask<{ seen: { truth: FaceTruth; observation: FaceObservation }[]; after: FaceObservation }>("follow", {
      seed,
      scenes,
      last,
    });

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask<Result>(kind: string, order: unknown): Promise<Result> {
    const answer = this.#queue.then(
      () =>
        new Promise<Result>((resolve, reject) => {
          const settle = ({ result, error }: { result?: Result; error?: string }) => {
            this.#worker.off("error", reject);
            if (error === undefined) resolve(result as Result);
            else reject(new Error(error));
          };
          this.#worker.once("message", settle);
          this.#worker.once("error", reject);
          this.#worker.postMessage({ kind, order });
        }),
    );
    this.#queue = answer.catch(() => undefined);
    return answer;
  }
}
