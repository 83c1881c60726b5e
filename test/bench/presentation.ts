/**
 * Pictures held before the camera, generated from pictures of people: how many the texture and the frame give away, by carrier, period and
 * blur; and how flat a turned picture moves. Baseline of the same run: the same pictures without an attack.
 *
 *     npm run build && node dist/test/bench/presentation.js PICTURE…
 */
import { readFile } from "node:fs/promises";
import { FaceEngine } from "../../biometrics/face/engine.ts";
import { faceLimits } from "../../biometrics/face/limits.ts";
import { flatMotion } from "../../biometrics/face/presentation/flat-motion.ts";
import { presentationScore, stillSignals } from "../../biometrics/face/presentation/signals.ts";
import { decodeImage } from "../../biometrics/image/codec.ts";
import type { RgbImage } from "../../biometrics/image/image.ts";
import { presented, turned } from "../../biometrics/synthetic/face-attack.ts";

const engine = await FaceEngine.open(faceLimits.detection);
const now = () => performance.now();
const images = await Promise.all(process.argv.slice(2).map(async (file) => decodeImage(await readFile(file))));
const faceOf = (image: RgbImage) => engine.look(image, now).faces[0];

function printed(name: string, shown: readonly RgbImage[]): void {
  const signals = shown.flatMap((image) => {
    const face = faceOf(image);
    return face === undefined ? [] : [stillSignals(image, face, faceLimits.presentation)];
  });
  const suspected = signals.filter((list) => list.some(({ suspicious }) => suspicious)).length;
  const mean = signals.reduce((sum, list) => sum + presentationScore(list), 0) / Math.max(1, signals.length);
  console.log(`${name}: ${suspected} of ${signals.length} suspected, mean score ${mean.toFixed(0)}`);
}

printed("as they are", images);
for (const carrier of ["screen", "print"] as const) {
  for (const pitch of [2.2, 3.3, 6]) {
    for (const blur of [0.6, 1.5]) {
      const attack = { carrier, pitch, angle: 11, blur, noise: 2, frame: 0, seed: 1 };
      printed(
        `${carrier}, period ${pitch}, blur ${blur}`,
        images.map((image) => presented(image, attack)),
      );
    }
  }
}
for (const degrees of [15, 25, 35]) {
  const flat = images.flatMap((image) => {
    const faces = [turned(image, -degrees, 0), image, turned(image, degrees, 0)].map(faceOf);
    const motion = flatMotion(faces.filter((face) => face !== undefined));
    return motion === undefined ? [] : [motion.depth / Math.max(1, motion.turn)];
  });
  const largest = Math.max(...flat).toFixed(4);
  console.log(
    `flat, turned by ${degrees}°: depth per degree at most ${largest}, limit ${faceLimits.presentation.depthPerDegree}`,
  );
}
