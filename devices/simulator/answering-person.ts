/**
 * The synthetic person before a camera sees the screen, as somebody real does: they turn the head or close the eyes when it asks, a moment
 * later, and are lit by its colours. `face/answers.json` and `face/answers.mjpeg` of the person's folder say how
 * (docs/formats/passport-folder.md); without them nobody answers, as a recording does not.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { z } from "zod";
import type { Clock } from "../../crypto/environment.ts";
import { isCoded, KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { MjpegFrame } from "../camera/mjpeg-parser.ts";
import type { Camera, CameraFrame, DeviceDriver } from "../port.ts";
import { readFrames } from "./camera.ts";
import { changed } from "./changed-device.ts";

/** Linear light, 0…1. */
interface Light {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** What the person sees on the screen while it asks or shines. */
export interface SeenScreen {
  readonly light: Light | null;
  /** What they are to do now, by its name in `face/answers.json`; null: look straight at the camera. */
  readonly asked: string | null;
}

const share = z.number().min(0).max(1);
const Answers = z.object({
  /** Indices into the film: `rest`, and what is done when it is asked; the last picture is held. */
  frames: z.record(z.string(), z.array(z.int().nonnegative()).min(1)),
  /** How much of the screen's light reaches the face and what is behind it, and where the face is, in shares of the picture. */
  light: z.object({ face: share, behind: share, oval: z.object({ x: share, y: share, rx: share, ry: share }) }),
});
type Answers = z.infer<typeof Answers>;

/** Milliseconds until a person begins to do what they are asked, and of each picture of it. */
const REACTION_MS = 600;
const PICTURE_MS = 90;
const QUALITY = 90;

/** @param folder the person's. @param sees null while the screen neither asks nor shines */
export function answeringPerson(
  driver: DeviceDriver<"camera">,
  folder: string,
  clock: Clock,
  sees: () => SeenScreen | null,
): DeviceDriver<"camera"> {
  return {
    ...driver,
    open: async (id, options) => {
      const camera = await driver.open(id, options);
      const answers = await readAnswers(folder);
      if (answers === null) return camera;
      const person = new Answering(answers.answers, answers.film, clock, sees);
      return changed<Camera>(camera, { preview: (wanted) => person.answer(camera.preview(wanted)) });
    },
  };
}

/** Null where the folder says nothing of answers. Throws `device/open-failed` where it says it badly. */
async function readAnswers(
  folder: string,
): Promise<{ readonly answers: Answers; readonly film: readonly MjpegFrame[] } | null> {
  const text = await readFile(join(folder, "face", "answers.json"), "utf8").catch(() => null);
  if (text === null) return null;
  const wrong = (reason: string) => new KabinaError("device/open-failed", { device: "Simulated camera", reason });
  try {
    const answers = Answers.parse(JSON.parse(text));
    const film = await readFrames(join(folder, "face", "answers.mjpeg"));
    if (Object.values(answers.frames).some((list) => list.some((at) => at >= film.length)))
      throw wrong("answers.json names pictures that answers.mjpeg has not");
    return { answers, film };
  } catch (error) {
    throw isCoded(error) ? error : wrong("answers.json is not what it should be");
  }
}

class Answering {
  readonly #answers: Answers;
  readonly #film: readonly MjpegFrame[];
  readonly #clock: Clock;
  readonly #sees: () => SeenScreen | null;
  readonly #lit = new Map<string, Promise<Uint8Array>>();
  #asked: { readonly what: string; readonly since: number } | null = null;

  constructor(answers: Answers, film: readonly MjpegFrame[], clock: Clock, sees: () => SeenScreen | null) {
    this.#answers = answers;
    this.#film = film;
    this.#clock = clock;
    this.#sees = sees;
  }

  /** The camera's pictures; while the screen asks or shines, what the person does then. */
  async *answer(pictures: AsyncIterable<CameraFrame>): AsyncGenerator<CameraFrame> {
    for await (const frame of pictures) {
      const seen = this.#sees();
      if (seen === null) {
        this.#asked = null;
        this.#lit.clear();
        yield frame;
        continue;
      }
      // The picture is of what the person does now: on a busy machine the frame that it takes the place of is older.
      const takenAt = this.#clock.monotonic();
      const at = this.#pictureAt(seen.asked, takenAt);
      const { width, height, jpeg } = this.#film[at]!;
      yield { ...frame, takenAt, width, height, jpeg: seen.light === null ? jpeg : await this.#litBy(at, seen.light) };
    }
  }

  #pictureAt(what: string | null, now: number): number {
    const rest = this.#answers.frames.rest?.[0] ?? 0;
    if (what === null) {
      this.#asked = null;
      return rest;
    }
    if (this.#asked?.what !== what) this.#asked = { what, since: now };
    const acting = now - this.#asked.since - REACTION_MS;
    const pictures = this.#answers.frames[what];
    if (pictures === undefined || acting < 0) return rest;
    return pictures[Math.min(pictures.length - 1, Math.floor(acting / PICTURE_MS))]!;
  }

  #litBy(at: number, light: Light): Promise<Uint8Array> {
    const key = `${at} ${light.red} ${light.green} ${light.blue}`;
    const made = this.#lit.get(key) ?? lit(this.#film[at]!, light, this.#answers.light);
    this.#lit.set(key, made);
    return made;
  }
}

/** The picture with the screen's light added, as much as reaches the face and what is behind it. */
async function lit(frame: MjpegFrame, { red, green, blue }: Light, reach: Answers["light"]): Promise<Uint8Array> {
  const { data, info } = await sharp(frame.jpeg).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const colours = [red, green, blue];
  const face = colours.map((colour) => brightened(1 + reach.face * colour));
  const behind = colours.map((colour) => brightened(1 + reach.behind * colour));
  const { x: cx, y: cy, rx, ry } = reach.oval;
  for (let y = 0; y < height; y++) {
    const dy = (y / height - cy) / ry;
    for (let x = 0; x < width; x++) {
      const dx = (x / width - cx) / rx;
      const tables = dx * dx + dy * dy <= 1 ? face : behind;
      const i = (y * width + x) * 3;
      for (let k = 0; k < 3; k++) data[i + k] = tables[k]![data[i + k]!]!;
    }
  }
  const raw = { width, height, channels: 3 as const };
  return new Uint8Array(await sharp(data, { raw }).jpeg({ quality: QUALITY, chromaSubsampling: "4:4:4" }).toBuffer());
}

/** What becomes of each sRGB sample (IEC 61966-2-1) when so much more light falls. */
function brightened(factor: number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, sample) => {
    const value = sample / 255;
    const linear = (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4) * factor;
    const encoded = linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
    return Math.min(255, Math.round(encoded * 255));
  });
}
