/** The face engine, opened again when its thread has died, and after each person: a booth outlives its engine. */
import type { PortraitAssessment } from "../../biometrics/face/assessment.ts";
import { type FaceComparer, openFaceDetector } from "../../biometrics/face/detector.ts";
import type { FaceLikeness } from "../../biometrics/face/likeness.ts";
import type { PassLimits } from "../../biometrics/face/limits.ts";
import type { FaceObservation } from "../../biometrics/face/observation.ts";
import type { RgbImage } from "../../biometrics/image/image.ts";
import { isCoded } from "../../crypto/errors/kabina-error.ts";

export class RevivedDetector implements FaceComparer {
  readonly #open: () => Promise<FaceComparer>;
  readonly #died: (error: unknown) => void;
  #engine: Promise<FaceComparer>;
  #closed = false;

  private constructor(engine: FaceComparer, open: () => Promise<FaceComparer>, died: (error: unknown) => void) {
    this.#engine = Promise.resolve(engine);
    this.#open = open;
    this.#died = died;
  }

  /** @param died is told each time the engine had to be opened again */
  static async open(
    died: (error: unknown) => void,
    open: () => Promise<FaceComparer> = openFaceDetector,
  ): Promise<RevivedDetector> {
    return new RevivedDetector(await open(), open, died);
  }

  observe(frame: RgbImage): Promise<FaceObservation | undefined> {
    return this.#ask((engine) => engine.observe(frame));
  }

  assess(still: RgbImage, pass?: PassLimits): Promise<PortraitAssessment> {
    return this.#ask((engine) => engine.assess(still, pass));
  }

  compare(first: RgbImage, second: RgbImage): Promise<FaceLikeness> {
    return this.#ask((engine) => engine.compare(first, second));
  }

  /**
   * Lets go of what stills needed, which a thread of WebAssembly never gives back (a hundred megabytes): a new engine takes the place of
   * the old one. What is asked meanwhile waits for it. For the time between two persons.
   */
  async rest(): Promise<void> {
    if (this.#closed) return;
    const old = this.#engine;
    const next = old
      .then((engine) => engine.close())
      .catch(() => {})
      .then(() => this.#open());
    this.#engine = next;
    await next.catch(() => {});
  }

  async close(): Promise<void> {
    this.#closed = true;
    await (await this.#engine.catch(() => undefined))?.close();
  }

  async #ask<Answer>(question: (engine: FaceComparer) => Promise<Answer>): Promise<Answer> {
    const asked = this.#engine;
    try {
      return await question(await asked);
    } catch (error) {
      if (!this.#closed && asked === this.#engine && isCoded(error) && error.code.startsWith("face/engine-")) {
        this.#died(error);
        void asked.then((engine) => engine.close()).catch(() => {});
        this.#engine = this.#open();
        this.#engine.catch(() => {});
      }
      throw error;
    }
  }
}
