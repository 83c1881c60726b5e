/**
 * What the simulated camera sees when something else than a person is held before it: a good photograph, a screen that plays a film of the
 * person, or a photograph with holes for the eyes. As a recording would, none of them knows what the kiosk screen will ask; the hands that
 * hold them do. For trying what the booth asks and shows: a real attack differs from these.
 */
import { encodeJpeg } from "../image/codec.ts";
import type { RgbImage } from "../image/image.ts";
import { type CaptureFiles, filmFiles } from "./captures.ts";
import { FaceModel } from "./face.ts";
import { turned } from "./face-attack.ts";
import { faceTraits } from "./face-traits.ts";
import { filmFace, holdScript, screenReach } from "./face-video.ts";

export const heldPictures = ["photo", "screen", "cut-out"] as const;
export type HeldPicture = (typeof heldPictures)[number];

/** Pixels of the live pictures and of the answers, as `captures.ts` has them. */
const live = { width: 1280, height: 720 } as const;
const small = { width: 640, height: 360 } as const;
/** Pictures a second of a played film, and of a sheet of paper, whose pictures differ by the sensor's noise alone. */
const rates = { film: 25 / 6, paper: 5 } as const;
/** Degrees that a sheet is turned by hand when the screen asks for a turn. */
const byHand = 34;

/** Everything lies in one plane and is lit alike; a screen's own light hardly leaves room for ours. */
const reach = { paper: screenReach.face, glass: 0.01 } as const;

/** `face/live.mjpeg`, `face/answers.mjpeg` and `face/answers.json`, in place of a person's own. */
export async function heldCaptures(
  seed: number,
  { sex, age }: { readonly sex: "F" | "M"; readonly age: number },
  held: HeldPicture,
): Promise<CaptureFiles> {
  const model = new FaceModel(faceTraits(seed, { sex, age }));
  const played = held === "screen";
  const film = played
    ? [...filmFace(model, holdScript, rates.film, live)].map(({ image }) => image)
    : [0, 1].map((frame) => model.photograph({ ...live, frame }).image);
  const shown = await Promise.all(film.map((image) => encodeJpeg(image, { quality: 85 })));
  const each = 25 / (played ? rates.film : rates.paper);
  return {
    "face/live.mjpeg": new Uint8Array(Buffer.concat(shown.flatMap((jpeg) => Array<Uint8Array>(each).fill(jpeg)))),
    ...(await heldAnswers(model, held)),
  };
}

/** `face/answers.mjpeg` and `face/answers.json` alone. */
export function heldAnswers(model: FaceModel, held: HeldPicture): Promise<CaptureFiles> {
  const rest = model.photograph(small).image;
  const answers: Record<string, RgbImage[]> =
    held === "cut-out"
      ? {
          rest: [rest],
          "turn-left": [turned(rest, byHand / 2, 0), turned(rest, byHand, 0)],
          "turn-right": [turned(rest, -byHand / 2, 0), turned(rest, -byHand, 0)],
          "close-eyes": [model.photograph({ ...small, eyesOpen: 0 }).image],
        }
      : { rest: [rest] };
  const share = held === "screen" ? reach.glass : reach.paper;
  // Wherever the oval lies, it is lit as what is around it.
  const light = { face: share, behind: share, oval: { x: 0.5, y: 0.5, rx: 0.2, ry: 0.35 } };
  return filmFiles(answers, light);
}
