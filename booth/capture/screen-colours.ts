/**
 * A few soft colours on the whole screen, and live pictures of the face meanwhile: does it throw them back? Runs while the burst is judged,
 * so that it costs the person hardly any time. Never fails: what could not be told is recorded with its reason.
 */
import {
  drawFlash,
  type FaceLight,
  type FlashStep,
  type Reflection,
  reflectionOf,
} from "../../biometrics/face/presentation/reflection.ts";
import { screenLight } from "../../biometrics/face/presentation/screen-light.ts";
import { decodeImage } from "../../biometrics/image/codec.ts";
import type { Clock, RandomBytes } from "../../crypto/environment.ts";
import type { ShownColours } from "../../crypto/package/enrolment.ts";
import type { Camera, CameraFrame } from "../../devices/port.ts";
import type { Stage } from "../session/activity.ts";
import { chanceOf } from "./chance.ts";
import type { FaceTools } from "./face-loop.ts";
import { captureLimits } from "./limits.ts";

export interface ColourTools extends Pick<FaceTools, "detector" | "motion"> {
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/** @param ended nobody needs the answer any more */
export async function showColours(
  tools: ColourTools,
  stage: Stage,
  camera: Camera,
  ended: AbortSignal,
): Promise<ShownColours> {
  const { calm } = stage.session.face;
  if (calm !== null) return { steps: [], frames: 0, answer: null, skipped: calm };
  const flash = drawFlash(captureLimits.colours, chanceOf(tools.random));
  const watch = new LightWatch(tools, camera, AbortSignal.any([stage.signal, ended]));
  const began = tools.clock.monotonic();
  const steps: FlashStep[] = [];
  let slow = false;
  try {
    for (const [at, colour] of flash.entries()) {
      const from = tools.clock.monotonic();
      stage.live(({ face }) => {
        const { red, green, blue } = colour;
        face.flash = { red, green, blue, step: at + 1, of: flash.length };
      });
      await stage.pause(colour.ms);
      steps.push({ ...colour, ms: Math.round(tools.clock.monotonic() - from) });
      slow = watch.pictures < steps.length * captureLimits.picturesOfColour;
      if (slow || watch.failed || stage.signal.aborted || ended.aborted) break;
    }
  } finally {
    stage.live(({ face }) => {
      face.flash = null;
    });
  }
  // What the camera still has on the way.
  if (!slow) await stage.pause(captureLimits.colourLagMs);
  const lights = await watch.end();
  const answer = slow || watch.failed ? undefined : reflectionOf(steps, began, lights);
  const skipped =
    answer !== undefined ? null : watch.failed ? "camera-gone" : slow ? "camera-slow" : ("face-lost" as const);
  return { steps, frames: lights.length, answer: answer === undefined ? null : rounded(answer), skipped };
}

/** To a ten-thousandth: no more is known of it. */
function rounded({ match, strength, face, behind }: Reflection): NonNullable<ShownColours["answer"]> {
  const round = (value: number) => Math.round(1e4 * value) / 1e4;
  return {
    match: round(match),
    strength: round(strength),
    face: round(face),
    behind: behind === null ? null : round(behind),
  };
}

/** Gathers live pictures at once, and looks at them one after the other, as the engine has time between the stills. */
class LightWatch {
  /** Pictures that the camera gave. */
  pictures = 0;
  failed = false;
  readonly #tools: ColourTools;
  readonly #over = new AbortController();
  readonly #lights: FaceLight[] = [];
  readonly #gathering: Promise<void>;
  #looked: Promise<void> = Promise.resolve();

  constructor(tools: ColourTools, camera: Camera, ended: AbortSignal) {
    this.#tools = tools;
    const signal = AbortSignal.any([ended, this.#over.signal]);
    this.#gathering = this.#gather(camera, signal, ended).catch(() => {
      this.failed = true;
    });
  }

  /** Ends the gathering; resolves with what all pictures showed. */
  async end(): Promise<readonly FaceLight[]> {
    this.#over.abort();
    await this.#gathering;
    await this.#looked;
    return this.#lights;
  }

  async #gather(camera: Camera, signal: AbortSignal, ended: AbortSignal): Promise<void> {
    let last = Number.NEGATIVE_INFINITY;
    for await (const frame of camera.preview({ signal, maxWidth: captureLimits.guideFrameWidth })) {
      this.pictures += 1;
      if (frame.takenAt - last < captureLimits.lightEveryMs) continue;
      last = frame.takenAt;
      this.#looked = this.#looked.then(() => (ended.aborted ? undefined : this.#look(frame)));
    }
  }

  async #look({ jpeg, takenAt }: CameraFrame): Promise<void> {
    try {
      const picture = await decodeImage(jpeg);
      const observation = await this.#tools.detector.observe(picture);
      if (observation === undefined) return;
      this.#tools.motion.observe(observation, takenAt);
      const [face] = observation.faces;
      if (face !== undefined && observation.faces.length === 1) this.#lights.push(screenLight(picture, face, takenAt));
    } catch {
      // A torn picture, or an engine that is being opened again: one light fewer.
    }
  }
}
