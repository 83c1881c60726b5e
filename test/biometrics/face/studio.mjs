/**
 * A thread that renders synthetic people and looks at them with the built engine. The test runner's own context makes tight loops
 * many times slower, so the work is done here.
 */
import { parentPort } from "node:worker_threads";

const built = (path) => import(new URL(`../../../dist/biometrics/${path}.js`, import.meta.url));
const { FaceEngine } = await built("face/engine");
const { faceLimits } = await built("face/limits");
const { assessPortrait } = await built("face/assessment");
const { FaceModel } = await built("synthetic/face");
const { answerCaptures } = await built("synthetic/captures");
const { heldAnswers } = await built("synthetic/held-picture");
const { faceTraits } = await built("synthetic/face-traits");
const { filmFace, approachScript } = await built("synthetic/face-video");
const { sampleCut } = await built("image/sample-cut");
const { presented, turned } = await built("synthetic/face-attack");
const { flatMotion } = await built("face/presentation/flat-motion");
const { PortraitGuide } = await built("face/guide");
const { decodeImage } = await built("image/codec");

const engine = await FaceEngine.open(faceLimits.detection);
const now = () => performance.now();
let model;
const photograph = (seed, scene) => {
  if (model?.traits.seed !== seed) model = new FaceModel(faceTraits(seed));
  return model.photograph(scene);
};
const judged = (image) => {
  const observation = engine.look(image, now);
  return { observation, assessment: assessPortrait(image, observation) };
};

/** Pictures of one height side by side. */
function beside(images) {
  const width = images.reduce((sum, image) => sum + image.width, 0);
  const height = images[0].height;
  const data = new Uint8Array(width * height * 3);
  let left = 0;
  for (const image of images) {
    for (let y = 0; y < height; y++)
      data.set(image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3), (y * width + left) * 3);
    left += image.width;
  }
  return { width, height, data };
}

function upsideDown({ width, height, data }) {
  const turned = new Uint8Array(data.length);
  for (let i = 0; i < width * height; i++) turned.set(data.subarray(i * 3, i * 3 + 3), (width * height - 1 - i) * 3);
  return { width, height, data: turned };
}

const work = {
  picture: ({ seed, scene }) => photograph(seed, scene),
  look: ({ seed, scene }) => {
    const { image, truth } = photograph(seed, scene);
    return { truth, ...judged(image) };
  },
  crowd: ({ seeds, scene }) => judged(beside(seeds.map((seed) => photograph(seed, scene).image))),
  upsideDown: ({ seed, scene }) => judged(upsideDown(photograph(seed, scene).image)),
  image: ({ image }) => judged(image),
  file: async ({ bytes }) => judged(await decodeImage(bytes)),
  scaledUp: ({ seed }) => {
    const { image } = photograph(seed, { width: 480, height: 360, noise: 0.5 });
    const data = sampleCut(image, { a: 0.4, b: 0, originX: 0, originY: 0 }, 1196, 896);
    return judged({ width: 1196, height: 896, data: Uint8Array.from(data, Math.round) });
  },
  presentation: ({ seed, attack }) => {
    const { image } = photograph(seed, { width: 1280, height: 720 });
    return judged(attack === undefined ? image : presented(image, attack)).assessment.presentation;
  },
  motion: ({ seed }) => {
    const small = { width: 640, height: 480 };
    const motion = (images) => flatMotion(images.map((image) => engine.look(image, now).faces[0]).filter(Boolean));
    const shots = (scenes) => scenes.map((scene) => photograph(seed, { ...small, ...scene }).image);
    const [picture] = shots([{}]);
    return {
      real: motion(shots([{ yaw: -14 }, {}, { yaw: 14 }])),
      flat: motion([turned(picture, -32, 0), picture, turned(picture, 32, 0)]),
      still: motion(
        shots([
          { yaw: 1, frame: 1 },
          { pitch: 1, frame: 2 },
          { roll: 1, frame: 3 },
        ]),
      ),
    };
  },
  answers: ({ seed, held }) => {
    const person = new FaceModel(faceTraits(seed));
    return held === undefined ? answerCaptures(person) : heldAnswers(person, held);
  },
  descriptor: async ({ bytes }) => {
    try {
      return await engine.describe(await decodeImage(bytes), "picture");
    } catch (error) {
      if (error.code === "face/none") return undefined;
      throw error;
    }
  },
  follow: ({ seed, scenes, last }) => {
    const seen = scenes.map((scene) => {
      const { image, truth } = photograph(seed, scene);
      return { truth, observation: engine.follow(image, now) };
    });
    return { seen, after: engine.follow(last, now) };
  },
  film: ({ seed }) => {
    const guide = new PortraitGuide();
    const hints = [];
    for (const { image, seconds } of filmFace(new FaceModel(faceTraits(seed)), approachScript, 25 / 3, {
      width: 640,
      height: 360,
    })) {
      const state = guide.observe(engine.follow(image, now), seconds * 1000);
      if (hints.at(-1) !== state.hint) hints.push(state.hint);
      if (state.take) return { hints, seconds, ...judged(image) };
    }
    return { hints };
  },
};

parentPort.on("message", async ({ kind, order }) => {
  try {
    parentPort.postMessage({ result: await work[kind](order) });
  } catch (error) {
    parentPort.postMessage({ error: error.code ?? String(error) });
  }
});
