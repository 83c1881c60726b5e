/**
 * The face engine's figures on synthetic people, CPU time of one thread, warm. Baseline of the same run: the two networks alone on the
 * same input sizes, so the ratio says what everything around them costs.
 *
 *     npm run build && node dist/test/bench/faces.js
 */
import { assessPortrait } from "../../biometrics/face/assessment.ts";
import { FaceEngine } from "../../biometrics/face/engine.ts";
import { faceLimits } from "../../biometrics/face/limits.ts";
import { loadModel } from "../../biometrics/face/models.ts";
import { cutPortrait, encodeForChip } from "../../biometrics/face/portrait.ts";
import { FaceModel } from "../../biometrics/synthetic/face.ts";
import { faceTraits } from "../../biometrics/synthetic/face-traits.ts";

const now = () => performance.now();

/** CPU milliseconds of one call: the mean of the middle half of `rounds` calls after a warm-up, so that a neighbour's moment does not count. */
async function cpu(rounds: number, work: (round: number) => unknown): Promise<number> {
  for (let i = 0; i < 4; i++) await work(i);
  const each: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const before = process.cpuUsage();
    await work(i);
    const { user, system } = process.cpuUsage(before);
    each.push((user + system) / 1000);
  }
  const middle = each.sort((a, b) => a - b).slice(Math.floor(rounds / 4), Math.ceil((3 * rounds) / 4));
  return middle.reduce((sum, one) => sum + one, 0) / middle.length;
}

const megabytes = () => Math.round(process.memoryUsage.rss() / 1e6);
const bare = megabytes();
const loading = now();
const engine = await FaceEngine.open(faceLimits.detection);
console.log(`models loaded in ${Math.round(now() - loading)} ms, memory ${bare} → ${megabytes()} MB`);

const model = new FaceModel(faceTraits(7));
const search = await loadModel("blazeface");
const mesh = await loadModel("facemesh");
const iris = await loadModel("iris");
const inputs = {
  search: new Float32Array(256 * 256 * 3),
  mesh: new Float32Array(192 * 192 * 3),
  iris: new Float32Array(2 * 64 * 64 * 3),
};
const baseline = await cpu(30, (round) => {
  if (round % faceLimits.detection.searchEvery === 0) search.run(inputs.search, [1, 256, 256, 3]);
  mesh.run(inputs.mesh, [1, 192, 192, 3]);
  iris.run(inputs.iris, [2, 64, 64, 3]);
});
console.log(`networks alone, as often as a live picture needs them: ${baseline.toFixed(1)} ms a frame`);

for (const [width, height] of [
  [640, 480],
  [1280, 720],
] as const) {
  const frames = Array.from(
    { length: 6 },
    (_, frame) => model.photograph({ width, height, x: 0.49 + frame * 0.003, frame }).image,
  );
  const each = await cpu(36, (round) => engine.follow(frames[round % frames.length]!, now));
  console.log(
    `live ${width}×${height}: ${each.toFixed(1)} ms a frame, ${(1000 / each).toFixed(0)} a second, ${(each / baseline).toFixed(2)} × the networks`,
  );
}

const { image } = model.photograph();
const looked = await cpu(16, () => engine.look(image, now));
const observation = engine.look(image, now);
const judged = await cpu(16, () => assessPortrait(image, observation));
console.log(
  `still ${image.width}×${image.height}: find ${looked.toFixed(0)} ms + all measures ${judged.toFixed(0)} ms = ${(looked + judged).toFixed(0)} ms`,
);
const face = observation.faces[0]!;
const cut = await cpu(8, () => cutPortrait(image, face, 531));
const portrait = cutPortrait(image, face, 531);
console.log(
  `portrait cut ${cut.toFixed(0)} ms; JPEG within 20 KB ${(await cpu(4, () => encodeForChip(portrait.image, "jpeg"))).toFixed(0)} ms; JPEG 2000 ${(await cpu(4, () => encodeForChip(portrait.image, "jp2"))).toFixed(0)} ms`,
);
console.log(
  `rendering: live 640×480 ${(await cpu(6, (frame) => model.photograph({ width: 640, height: 480, frame }))).toFixed(0)} ms, still 1280×960 ${(await cpu(4, (frame) => model.photograph({ frame }))).toFixed(0)} ms, smooth ${(await cpu(2, (frame) => model.photograph({ frame, smooth: 2 }))).toFixed(0)} ms`,
);
console.log(`memory at the end ${megabytes()} MB`);
