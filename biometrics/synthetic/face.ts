/** Renders a synthetic person's face as a camera would see it, and says where everything is. No real person is in it. */
import type { Point, RgbImage } from "../image/image.ts";
import { step } from "./curve.ts";
import { paintBackground } from "./face-background.ts";
import { capSurface, earSurface, hairShows, hairSurface, neckSurface, shoulderSurface } from "./face-body.ts";
import { layGlasses } from "./face-glasses.ts";
import { type Lamp, lampOf, light } from "./face-light.ts";
import { layMask } from "./face-mask.ts";
import { type FaceScene, goodScene } from "./face-scene.ts";
import { develop } from "./face-sensor.ts";
import { type FacePlan, facePlan, headPoint, headSurface, relief } from "./face-shape.ts";
import { paintFace, paintSkin } from "./face-skin.ts";
import type { FaceTraits } from "./face-traits.ts";
import { material, normalsOf, type Rotation, rotationOf, type Surface, turned } from "./mesh.ts";
import { noise } from "./noise.ts";
import { emptyPaint, type Paint } from "./paint.ts";
import { type Camera, type Canvas, draw, emptyCanvas, project } from "./rasteriser.ts";

/** Where things are, in pixels. Right and left are the person's own. */
export interface FaceTruth {
  readonly rightEye: Point;
  readonly leftEye: Point;
  readonly nose: Point;
  readonly mouthRight: Point;
  readonly mouthLeft: Point;
  readonly chin: Point;
  /** Top of the skull, under the hair. */
  readonly crown: Point;
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
}

export interface SyntheticFace {
  readonly image: RgbImage;
  readonly truth: FaceTruth;
}

/** Distance of the camera, in face units: about 75 cm. */
const cameraDistance = 6.6;
/** What the head turns about, and the neck. */
const neckJoint = [0, 0.55, 0.2] as const;

/** A person who can be photographed again and again; what does not change between pictures is kept. */
export class FaceModel {
  readonly traits: FaceTraits;
  readonly #plan: FacePlan;
  #head: { key: string; surface: Surface; normals: Float32Array } | undefined;
  #rest: { key: string; parts: readonly { surface: Surface; normals: Float32Array; turns: number }[] } | undefined;

  constructor(traits: FaceTraits) {
    this.traits = traits;
    this.#plan = facePlan(traits);
  }

  /** Takes one picture. */
  photograph(changes: Partial<FaceScene> = {}): SyntheticFace {
    const scene: FaceScene = { ...goodScene, ...changes };
    const width = scene.width * scene.smooth;
    const height = scene.height * scene.smooth;
    const rotation = rotationOf(scene.yaw, scene.pitch, scene.roll);
    const { camera, place } = this.#stand(scene, width, height, rotation);
    const canvas = emptyCanvas(width, height);
    const detail = scene.height * scene.eyeDistance > 110 ? 1 : 0.6;

    const head = this.#headOf(scene, detail);
    draw(
      canvas,
      camera,
      head.surface,
      turned(head.surface.places, rotation, neckJoint),
      turned(head.normals, rotation, [0, 0, 0]),
    );
    const shows = hairShows(this.traits);
    for (const { surface, normals, turns } of this.#restOf(scene, detail)) {
      const part = turns === 1 ? rotation : rotationOf(scene.yaw * turns, scene.pitch * turns, scene.roll * turns);
      draw(
        canvas,
        camera,
        surface,
        turned(surface.places, part, neckJoint),
        turned(normals, part, [0, 0, 0]),
        surface.material === material.hair ? shows : undefined,
      );
    }
    const lit = new Float32Array(width * height * 3);
    paintBackground(lit, width, height, scene, this.traits.seed);
    this.#paint(lit, canvas, scene, rotation, lampOf(scene));
    if (scene.glasses !== "none") layGlasses(lit, width, height, scene, this.#plan, place);
    if (scene.mask > 0) layMask(lit, width, height, scene, this.traits, place);
    return { image: develop(lit, scene, this.traits.seed), truth: this.#truth(scene, place) };
  }

  /** Puts the camera so that the eyes are where the scene wants them. */
  #stand(scene: FaceScene, width: number, height: number, rotation: Rotation) {
    const at = (x: number, y: number, z: number) => {
      const point = turned(Float32Array.of(x, y, z), rotation, neckJoint);
      return [point[0]!, point[1]!, point[2]!] as const;
    };
    const eyeZ = headPoint(this.traits, 0.4, 0)[2];
    const middle = at(0, 0, eyeZ);
    const scale = (scene.eyeDistance * scene.height * scene.smooth) / (2 * this.traits.eyeHalf);
    const distance = cameraDistance - middle[2];
    const still: Camera = { distance, scale: (scale * (distance + middle[2])) / distance, centreX: 0, centreY: 0 };
    const seen = project(still, ...middle);
    const camera = { ...still, centreX: scene.x * width - seen.x, centreY: scene.y * height - seen.y };
    return { camera, place: (x: number, y: number, z: number) => project(camera, ...at(x, y, z)) };
  }

  #headOf(scene: FaceScene, detail: number) {
    const key = `${detail} ${scene.mouthOpen} ${scene.smile}`;
    if (this.#head?.key !== key) {
      const surface = headSurface(this.traits, this.#plan, scene, detail);
      this.#head = { key, surface, normals: normalsOf(surface) };
    }
    return this.#head;
  }

  #restOf(scene: FaceScene, detail: number) {
    const key = `${detail} ${scene.headCovering}`;
    if (this.#rest?.key !== key) {
      const part = (surface: Surface, turns: number) => ({ surface, normals: normalsOf(surface), turns });
      this.#rest = {
        key,
        parts: [
          part(neckSurface(this.traits), 0.35),
          part(shoulderSurface(this.traits), 0),
          part(earSurface(this.traits, -1), 1),
          part(earSurface(this.traits, 1), 1),
          part(hairSurface(this.traits, detail), 1),
          ...(scene.headCovering > 0 ? [part(capSurface(this.traits, scene.headCovering), 1)] : []),
        ],
      };
    }
    return this.#rest.parts;
  }

  #paint(lit: Float32Array, canvas: Canvas, scene: FaceScene, rotation: Rotation, lamp: Lamp): void {
    const { traits } = this;
    const plan = this.#plan;
    const paint = emptyPaint();
    const [a, b, c, d, e, f, g, h, k] = rotation as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let at = 0; at < canvas.material.length; at++) {
      const kind = canvas.material[at]!;
      if (kind === 0) continue;
      const m0 = canvas.marks[at * 3]!;
      const m1 = canvas.marks[at * 3 + 1]!;
      const m2 = canvas.marks[at * 3 + 2]!;
      let nx = canvas.normal[at * 3]!;
      let ny = canvas.normal[at * 3 + 1]!;
      let nz = canvas.normal[at * 3 + 2]!;
      let skin = true;
      if (kind === material.skin) paintFace(paint, traits, plan, scene, m0, m1, m2);
      else if (kind === material.neck) {
        paintSkin(paint, traits, m0, m2);
        // Under the jaw it is dark.
        const under = step(1.42, 1.05, m2 + 0.1 * Math.abs(m1)) * Math.max(0, Math.cos(m0)) ** 0.5;
        paint.open = 1 - 0.8 * under;
        paint.red *= 1 - 0.42 * under;
        paint.green *= 1 - 0.5 * under;
        paint.blue *= 1 - 0.52 * under;
        paint.shine = 0.15;
      } else if (kind === material.ear) {
        paintSkin(paint, traits, m1 * 2, m2);
        paint.green *= 0.88;
        paint.blue *= 0.86;
        paint.open = 0.6 + 0.35 * m1 - 0.25 * Math.exp(-(((m1 - 0.45) / 0.2) ** 2)) * (1 - m2 * m2);
        paint.shine = 0.25;
      } else {
        skin = false;
        paintStuff(paint, kind, traits, m0, m1, m2);
      }
      if (paint.ball > 0) {
        const { ballX: x, ballY: y, ballZ: z, ball } = paint;
        nx = nx * (1 - ball) + (a * x + b * y + c * z) * ball;
        ny = ny * (1 - ball) + (d * x + e * y + f * z) * ball;
        nz = nz * (1 - ball) + (g * x + h * y + k * z) * ball;
      }
      if ((kind === material.hair && nz > 0) || (kind === material.cloth && nz > 0.2)) {
        // The inner side, in the shade of the rest.
        nz = -nz;
        nx = -nx;
        paint.open *= 0.4;
        paint.shine = 0;
      }
      const length = Math.hypot(nx, ny, nz) || 1;
      light(lit, at * 3, paint, lamp, nx / length, ny / length, nz / length, skin);
    }
  }

  #truth(scene: FaceScene, place: (x: number, y: number, z: number) => Point): FaceTruth {
    const plan = this.#plan;
    const on = (x: number, y: number, dx = 0, dy = 0) => {
      // The longitude whose point has this x, by bisection.
      let [low, high] = [-1.4, 1.4];
      for (let i = 0; i < 30; i++) {
        const middle = (low + high) / 2;
        if (headPoint(this.traits, middle, y)[0] < x) low = middle;
        else high = middle;
      }
      return place(x + dx, y + dy, headPoint(this.traits, (low + high) / 2, y)[2] - relief(this.traits, plan, x, y));
    };
    const jaw = 0.195 * scene.mouthOpen;
    const corner = { dx: 0.065 * scene.smile, dy: -0.07 * scene.smile };
    return {
      rightEye: on(-plan.eyeX, 0),
      leftEye: on(plan.eyeX, 0),
      nose: on(0, 0.33 * this.traits.noseLength),
      mouthRight: on(-plan.mouthHalfWidth, plan.mouthY, -corner.dx, corner.dy),
      mouthLeft: on(plan.mouthHalfWidth, plan.mouthY, corner.dx, corner.dy),
      chin: on(0, 1, 0, jaw),
      crown: place(0, -1, 0),
      yaw: scene.yaw,
      pitch: scene.pitch,
      roll: scene.roll,
    };
  }
}

/** Hair, cloth and cap. */
function paintStuff(paint: Paint, kind: number, traits: FaceTraits, longitude: number, x: number, y: number): void {
  paint.ball = 0;
  if (kind === material.hair) {
    const [r, g, b] = traits.hair;
    const lock = noise(longitude * 14, y * 2.2, traits.seed + 91);
    const strand = noise(longitude * 70 + lock * 2, y * 3.5 + lock, traits.seed + 92);
    const thread = noise(longitude * 190, y * 5, traits.seed + 93);
    const tone = Math.max(0.25, 1 + 0.3 * lock + 0.32 * strand + 0.25 * thread);
    paint.red = r * tone;
    paint.green = g * tone;
    paint.blue = b * tone;
    paint.shine = Math.max(0, 0.4 + 0.5 * strand + 0.3 * thread);
    paint.open = 0.8 + 0.2 * lock;
    return;
  }
  const [r, g, b] =
    kind === material.cap ? [traits.cloth[2] + 0.05, traits.cloth[0] + 0.02, traits.cloth[1] + 0.04] : traits.cloth;
  const weave =
    1 + 0.12 * noise(longitude * 160, y * 90, traits.seed + 95) + 0.16 * noise(x * 4, y * 5, traits.seed + 96);
  const rib = kind === material.cap ? 1 + 0.25 * Math.cos(longitude * 90) : 1;
  paint.red = r! * weave * rib;
  paint.green = g! * weave * rib;
  paint.blue = b! * weave * rib;
  paint.shine = 0.05;
  paint.open = 1;
}
