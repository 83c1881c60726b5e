/** What the simulated devices show of one synthetic person, as files: name → bytes. The same seed gives the same bytes. */
import { type FingerPosition, fingerPositions } from "../finger/position.ts";
import { encodeGreyPng, encodeJpeg } from "../image/codec.ts";
import type { RgbImage } from "../image/image.ts";
import { pictureOfGrey, type RecordedPicture, recoded } from "../records/recorded-picture.ts";
import { FaceModel, type FaceTruth } from "./face.ts";
import { type FaceTraits, faceTraits } from "./face-traits.ts";
import { answerScenes, approachScript, filmFace, holdScript, screenReach } from "./face-video.ts";
import { makeFinger } from "./finger.ts";
import { makeImpression } from "./finger-impression.ts";
import { seededRandom } from "./random.ts";
import { drawSignature, makeSignature } from "./signature.ts";

export type { FingerPosition } from "../finger/position.ts";
export type CaptureFiles = Record<string, Uint8Array>;

export interface FaceCaptureOptions {
  readonly sex: "F" | "M";
  /** Years. */
  readonly age: number;
  /** `approach`: comes, is corrected, holds (7 s); `hold`: sits there already (2.4 s); `none`: no film. */
  readonly film: "approach" | "hold" | "none";
}

/** Frames that are rendered a second, and how often each is written: the film plays at 25 a second. */
const film = { rendered: 25 / 3, repeated: 3, width: 1280, height: 720, quality: 85 } as const;

/** Small, because only the live measures look at it. */
const answerFilm = { width: 640, height: 360, quality: 88 } as const;

const json = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`);

/** `face/still.jpg`, `face/still.json` (truth), `face/live.mjpeg`, `face/live.json` (truth of every frame). */
export async function faceCaptures(
  seed: number,
  { sex, age, film: wanted }: FaceCaptureOptions,
): Promise<CaptureFiles> {
  const traits = faceTraits(seed, { sex, age });
  const model = new FaceModel(traits);
  const still = model.photograph({ smooth: 2 });
  const files: CaptureFiles = {
    "face/still.jpg": await encodeJpeg(still.image, { quality: 93 }),
    "face/still.json": json({ width: still.image.width, height: still.image.height, ...still.truth }),
  };
  if (wanted === "none") return files;
  const frames: Uint8Array[] = [];
  const truths: (FaceTruth & { seconds: number })[] = [];
  const script = wanted === "approach" ? approachScript : holdScript;
  for (const { image, truth, seconds } of filmFace(model, script, film.rendered, film)) {
    const frame = await encodeJpeg(image, { quality: film.quality });
    for (let i = 0; i < film.repeated; i++) {
      frames.push(frame);
      truths.push({ seconds: Math.round((seconds + i / 25) * 1000) / 1000, ...truth });
    }
  }
  files["face/live.mjpeg"] = new Uint8Array(Buffer.concat(frames));
  Object.assign(files, await answerCaptures(model));
  files["face/live.json"] = json({ width: film.width, height: film.height, framesPerSecond: 25, frames: truths });
  return files;
}

/**
 * `face/answers.mjpeg`, `face/answers.json`: what the person does when the kiosk screen asks for it, and how much of its light reaches
 * them (`devices/simulator/answering-person.ts`).
 */
export async function answerCaptures(model: FaceModel): Promise<CaptureFiles> {
  const { width, height } = answerFilm;
  let oval = { x: 0.5, y: 0.5, rx: 0.2, ry: 0.35 };
  const answers: Record<string, RgbImage[]> = {};
  for (const [what, scenes] of Object.entries(answerScenes))
    answers[what] = scenes.map((scene) => {
      const { image, truth } = model.photograph({ width, height, ...scene });
      if (what === "rest") oval = ovalOf(truth, width, height);
      return image;
    });
  return filmFiles(answers, { ...screenReach, oval });
}

/** `face/answers.mjpeg` and `face/answers.json` of pictures by what is asked. */
export async function filmFiles(
  answers: Readonly<Record<string, readonly RgbImage[]>>,
  light: {
    readonly face: number;
    readonly behind: number;
    readonly oval: Readonly<Record<"x" | "y" | "rx" | "ry", number>>;
  },
): Promise<CaptureFiles> {
  const pictures: Uint8Array[] = [];
  const frames: Record<string, number[]> = {};
  for (const [what, images] of Object.entries(answers)) {
    frames[what] = images.map((_, at) => pictures.length + at);
    for (const image of images) pictures.push(await encodeJpeg(image, { quality: answerFilm.quality }));
  }
  return {
    "face/answers.mjpeg": new Uint8Array(Buffer.concat(pictures)),
    "face/answers.json": json({ frames, light }),
  };
}

/** Where the head is, in shares of the picture. */
function ovalOf({ rightEye, leftEye, chin }: FaceTruth, width: number, height: number) {
  const middle = { x: (rightEye.x + leftEye.x) / 2, y: (rightEye.y + leftEye.y) / 2 };
  const tall = chin.y - middle.y;
  const share = (value: number) => Math.round(1000 * value) / 1000;
  return {
    x: share(middle.x / width),
    y: share(middle.y / height),
    rx: share((1.05 * tall) / width),
    ry: share((1.3 * tall) / height),
  };
}

/** The portrait in the person's passport: some years younger, in other light. JPEG of 413 × 531 pixels, 35 × 45 mm at 300 ppi, at most 20 KB. */
export async function passportPortrait(
  seed: number,
  { sex, age, years }: { sex: "F" | "M"; age: number; years: number },
): Promise<Uint8Array> {
  const traits: FaceTraits = faceTraits(seed, { sex, age });
  const younger: FaceTraits = { ...traits, wrinkles: Math.max(0, traits.wrinkles - years / 45) };
  const { image } = new FaceModel(younger).photograph({
    width: 413,
    height: 531,
    smooth: 2,
    eyeDistance: 0.704 * traits.eyeHalf,
    y: 0.45,
    lightAzimuth: 10,
    lightElevation: 15,
    noise: 0.6,
  });
  return withinBytes(image, 20_000);
}

/** The best JPEG quality that keeps within so many bytes. */
async function withinBytes(image: RgbImage, most: number): Promise<Uint8Array> {
  for (let quality = 92; quality > 20; quality -= 6) {
    const bytes = await encodeJpeg(image, { quality, ppi: 300 });
    if (bytes.length <= most) return bytes;
  }
  return encodeJpeg(image, { quality: 20, ppi: 300 });
}

/** The prints in the person's passport: pressed once more, years ago; WSQ. */
export function passportPrints(seed: number, positions: readonly FingerPosition[]): Promise<RecordedPicture[]> {
  return Promise.all(
    positions.map((position) => {
      const chance = seededRandom(seed, "passport press", position);
      const { image } = makeImpression(makeFinger(seed, position), {
        seed: 1000,
        rotation: chance.gauss() * 4,
        translation: { x: chance.gauss() * 6, y: chance.gauss() * 7 },
        moisture: Math.max(-0.5, Math.min(0.5, chance.gauss() * 0.2)),
      });
      return recoded({ ...pictureOfGrey(image), position: fingerPositions[position] }, "wsq");
    }),
  );
}

/** `fingers/<position>_<impression>.png` (500 ppi) and `fingers/truth.json`. */
export async function fingerCaptures(
  seed: number,
  positions: readonly FingerPosition[],
  impressions: number,
): Promise<CaptureFiles> {
  const files: CaptureFiles = {};
  const truth: Record<string, unknown> = {};
  for (const position of positions) {
    const master = makeFinger(seed, position);
    const made: unknown[] = [];
    for (let impression = 1; impression <= impressions; impression++) {
      const chance = seededRandom(seed, "press", position, impression);
      // The first press is a good one; later ones are as presses are.
      const loose = impression === 1 ? 0.3 : 1;
      const { image, options, minutiae } = makeImpression(master, {
        seed: impression,
        rotation: chance.gauss() * 7 * loose,
        translation: { x: chance.gauss() * 12 * loose, y: chance.gauss() * 14 * loose },
        moisture: Math.max(-1, Math.min(1, chance.gauss() * 0.35 * loose)),
        pressure: Math.max(0.25, Math.min(0.9, 0.55 + chance.gauss() * 0.15 * loose)),
      });
      const name = `fingers/${position}_${impression}.png`;
      files[name] = await encodeGreyPng(image);
      made.push({ file: name, options, minutiae });
    }
    truth[position] = { kind: master.kind, cores: master.cores, deltas: master.deltas, impressions: made };
  }
  files["fingers/truth.json"] = json(truth);
  return files;
}

/** `signature.json` (strokes) and `signature.png`. */
export async function signatureCaptures(seed: number): Promise<CaptureFiles> {
  const signature = makeSignature(seed);
  return { "signature.json": json(signature), "signature.png": await encodeGreyPng(drawSignature(signature)) };
}
