/**
 * From sitting down to the accepted portrait: synthetic people who follow the guide's hints as people do (`synthetic/sitter.ts`), over many
 * seeds. Most are told to the guide as what the engine would see, with its measured error; with `--rendered N` so many are rendered and
 * looked at by the engine, frame by frame, and their picture is judged. Times are those of the people, not of this machine.
 *
 *     npm run build && node dist/test/bench/portrait-time.js [--people 300] [--rendered 6]
 */
import { parseArgs } from "node:util";
import { assessPortrait } from "../../biometrics/face/assessment.ts";
import { FaceEngine } from "../../biometrics/face/engine.ts";
import { PortraitGuide } from "../../biometrics/face/guide.ts";
import { faceLimits } from "../../biometrics/face/limits.ts";
import type { FaceObservation } from "../../biometrics/face/observation.ts";
import { FaceModel } from "../../biometrics/synthetic/face.ts";
import type { FaceScene } from "../../biometrics/synthetic/face-scene.ts";
import { faceTraits } from "../../biometrics/synthetic/face-traits.ts";
import { seededRandom } from "../../biometrics/synthetic/random.ts";
import { Sitter } from "../../biometrics/synthetic/sitter.ts";

const { values } = parseArgs({
  options: { people: { type: "string", default: "300" }, rendered: { type: "string", default: "0" } },
});
const size = { width: 640, height: 360 } as const;
/** Frames a second that the guide sees; the burst, its judging and its showing, in seconds; patience, in seconds. */
const fps = 12;
const burst = 2.5;
const patience = 60;

interface Sitting {
  readonly seconds: number | undefined;
  readonly hints: readonly string[];
  readonly scene: Partial<FaceScene>;
}

/** One person, until the guide takes the picture. */
function sit(seed: number, see: (scene: Partial<FaceScene>, frame: number) => FaceObservation): Sitting {
  const guide = new PortraitGuide();
  const sitter = new Sitter(seed);
  const hints: string[] = [];
  for (let frame = 0; frame < patience * fps; frame++) {
    const seconds = frame / fps;
    const scene = sitter.scene(seconds);
    const state = guide.observe(see(scene, frame), seconds * 1000);
    if (hints.at(-1) !== state.hint) hints.push(state.hint);
    sitter.hear(state.hint, seconds);
    if (state.take) return { seconds: seconds + burst, hints, scene };
  }
  return { seconds: undefined, hints, scene: {} };
}

/** What the engine would say of a scene, with errors as large as those measured on rendered people. */
function told(seed: number): (scene: Partial<FaceScene>, frame: number) => FaceObservation {
  const random = seededRandom(seed, "observed");
  // An engine errs the same way on the same face, and a little differently each frame.
  const own = {
    yaw: random.gauss() * 2,
    pitch: random.gauss() * 3,
    roll: random.gauss() * 0.7,
    gaze: random.gauss() * 3,
  };
  return (scene, frame) => {
    const distance = scene.eyeDistance! * size.height;
    const [x, y] = [scene.x! * size.width, scene.y! * size.height];
    const jitter = () => random.gauss() * 0.006 * distance;
    const eye = (side: number) => ({ x: x + (side * distance) / 2 + jitter(), y: y + jitter() });
    const open = scene.eyesOpen! > 0.5 ? 0.08 : 0.01;
    const yaw = scene.yaw! + own.yaw + random.gauss() * 0.5;
    return {
      ...size,
      brightness: 0.3,
      fingerprint: frame,
      milliseconds: 0,
      faces: [
        {
          box: { x: x - distance, y: y - distance, width: 2 * distance, height: 2.6 * distance },
          confidence: 0.9,
          meshConfidence: 1,
          eyes: { right: eye(-1), left: eye(1) },
          interEyeDistance: distance,
          nose: { x, y: y + distance * 0.6 },
          mouth: { x, y: y + distance * 1.1 },
          chin: { x, y: y + distance * 1.72 + jitter() },
          crown: { x, y: y - distance * 1.72 },
          mesh: new Float32Array(468 * 3),
          pose: {
            yaw,
            pitch: scene.pitch! + own.pitch + random.gauss() * 0.5,
            roll: scene.roll! + own.roll + random.gauss() * 0.2,
          },
          eyesOpen: open,
          gaze: open > 0.05 ? scene.gazeX! + own.gaze + random.gauss() : null,
          parts: null,
          hand: null,
          mouthOpen: scene.mouthOpen! * 0.25,
          exposure: { mean: 0.3, under: 0, over: 0, balance: 0.05 },
          cheeks: { red: 0.4, green: 0.3, blue: 0.2 },
          sharpness: 0.3,
        },
      ],
    };
  };
}

function printed(name: string, sittings: readonly Sitting[]): void {
  const seconds = sittings.flatMap(({ seconds: one }) => (one === undefined ? [] : [one])).sort((a, b) => a - b);
  const at = (share: number) => seconds[Math.floor(share * (seconds.length - 1))]?.toFixed(1);
  const hints = sittings.reduce((sum, sitting) => sum + sitting.hints.length, 0) / sittings.length;
  console.log(
    `${name}: ${seconds.length} of ${sittings.length} taken within ${patience} s; median ${at(0.5)} s, nine of ten ${at(0.9)} s, longest ${at(1)} s; ${hints.toFixed(1)} hints each`,
  );
}

const people = Array.from({ length: Number(values.people) }, (_, i) => i + 1);
printed(
  "told",
  people.map((seed) => sit(seed, told(seed))),
);

const rendered = Number(values.rendered);
if (rendered > 0) {
  const engine = await FaceEngine.open(faceLimits.detection);
  const now = () => performance.now();
  let passed = 0;
  const seen = Array.from({ length: rendered }, (_, i) => {
    const model = new FaceModel(faceTraits(i + 1));
    const sitting = sit(i + 1, (scene, frame) =>
      engine.follow(model.photograph({ ...size, ...scene, frame }).image, now),
    );
    const { image } = model.photograph({ ...sitting.scene, eyesOpen: 1 });
    const { pass, hint } = assessPortrait(image, engine.look(image, now));
    if (pass) passed++;
    console.log(
      `  ${i + 1}: ${sitting.seconds?.toFixed(1) ?? "–"} s, ${sitting.hints.join(" › ")}${pass ? "" : ` (still: ${hint})`}`,
    );
    return sitting;
  });
  printed("rendered", seen);
  console.log(`stills that pass every measure: ${passed} of ${rendered}`);
}
