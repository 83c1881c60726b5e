/**
 * The face engine of one thread: searches the picture now and then, follows what it found in between, and says what it sees.
 * `detector.ts` is the port that others use.
 */
import type { RgbImage } from "../image/image.ts";
import { meanLuminance } from "../image/luminance.ts";
import { detectFaces, overlap } from "./detection.ts";
import { lightOf } from "./light.ts";
import type { FaceLimits } from "./limits.ts";
import {
  type FaceMesh,
  layMesh,
  type MeshWindow,
  meanPoint,
  meshBox,
  meshIndex,
  meshPoint,
  windowOfDetection,
  windowOfMesh,
} from "./mesh.ts";
import { loadModel, type Model } from "./models.ts";
import type { FaceObservation, ObservedFace } from "./observation.ts";
import { eyeCentre, poseOf, straightEyeDistance } from "./pose.ts";

interface Followed {
  readonly window: MeshWindow;
  readonly confidence: number;
}

/** Crown above the eyes, as a multiple of the distance from eyes to chin: half of the head lies above the eyes. */
const crownReach = 1;
/** A face that fills the picture is found when the picture is shown smaller: margins tried in turn. */
const margins = [1, 1.5, 2.2] as const;

export class FaceEngine {
  readonly #models: { readonly faces: Model; readonly mesh: Model };
  readonly #limits: FaceLimits["detection"];
  #followed: readonly Followed[] = [];
  #sinceSearch = 0;
  #size = "";

  private constructor(models: { faces: Model; mesh: Model }, limits: FaceLimits["detection"]) {
    this.#models = models;
    this.#limits = limits;
  }

  /** Loads the models. @throws `face/engine-failed` */
  static async open(limits: FaceLimits["detection"]): Promise<FaceEngine> {
    const faces = await loadModel("blazeface");
    const mesh = await loadModel("facemesh");
    return new FaceEngine({ faces, mesh }, limits);
  }

  /** Observes the next frame of a live picture: follows the faces of the frame before. */
  follow(frame: RgbImage, now: () => number): FaceObservation {
    const size = `${frame.width}x${frame.height}`;
    const known = size === this.#size && this.#followed.length > 0 && this.#sinceSearch < this.#limits.searchEvery;
    const start = now();
    let faces: FaceAndWindow[] = [];
    if (known) faces = this.#lay(frame, this.#followed);
    const lost = faces.length < this.#followed.length;
    if (!known || lost) {
      faces = this.#lay(frame, this.#search(frame, 1));
      this.#sinceSearch = 0;
    }
    this.#sinceSearch++;
    this.#size = size;
    this.#followed = faces.map(({ face, next }) => ({ window: next, confidence: face.confidence }));
    return observation(frame, faces, now() - start);
  }

  /** Observes a picture by itself. */
  look(still: RgbImage, now: () => number): FaceObservation {
    const start = now();
    return observation(still, this.#lay(still, this.#search(still, margins.length)), now() - start);
  }

  #search(image: RgbImage, tries: number): Followed[] {
    for (const margin of margins.slice(0, tries)) {
      const found = detectFaces(image, this.#models.faces, this.#limits, margin);
      if (found.length > 0) return found.map((one) => ({ window: windowOfDetection(one), confidence: one.confidence }));
    }
    return [];
  }

  #lay(image: RgbImage, windows: readonly Followed[]): FaceAndWindow[] {
    const faces: FaceAndWindow[] = [];
    for (const { window, confidence } of windows) {
      const mesh = layMesh(image, window, this.#models.mesh);
      if (mesh.confidence < this.#limits.meshConfidence) continue;
      const face = describe(mesh, confidence);
      if (faces.some((other) => overlap(other.face.box, face.box) > this.#limits.overlap)) continue;
      faces.push({ face, next: windowOfMesh(mesh.points) });
    }
    faces.sort((a, b) => area(b.face) - area(a.face));
    const largest = faces[0] === undefined ? 0 : area(faces[0].face);
    return faces.filter(({ face }) => area(face) >= largest * this.#limits.secondFaceShare);
  }
}

interface FaceAndWindow {
  readonly face: ObservedFace;
  readonly next: MeshWindow;
}

function area({ box }: ObservedFace): number {
  return box.width * box.height;
}

function observation(image: RgbImage, faces: readonly FaceAndWindow[], milliseconds: number): FaceObservation {
  const step = Math.max(1, Math.floor(Math.min(image.width, image.height) / 60));
  return {
    width: image.width,
    height: image.height,
    faces: faces.map(({ face }) => face),
    brightness: meanLuminance(image.data, image.width, image.height, step),
    fingerprint: fingerprintOf(image),
    milliseconds,
  };
}

function describe(mesh: FaceMesh, confidence: number): ObservedFace {
  const { points } = mesh;
  const pose = poseOf(points);
  const right = eyeCentre(points, meshIndex.rightEye);
  const left = eyeCentre(points, meshIndex.leftEye);
  const middle = { x: (right.x + left.x) / 2, y: (right.y + left.y) / 2 };
  const chin = meshPoint(points, meshIndex.chin);
  const toChin = Math.max(1, Math.hypot(chin.x - middle.x, chin.y - middle.y));
  return {
    box: meshBox(points),
    confidence,
    meshConfidence: mesh.confidence,
    eyes: { right, left },
    interEyeDistance: straightEyeDistance(points, pose.yaw),
    nose: meshPoint(points, meshIndex.noseTip),
    mouth: meanPoint(points, meshIndex.mouthCorners),
    chin,
    crown: { x: middle.x - (chin.x - middle.x) * crownReach, y: middle.y - (chin.y - middle.y) * crownReach },
    mesh: points,
    pose,
    eyesOpen: Math.min(gap(points, meshIndex.rightEye), gap(points, meshIndex.leftEye)) / toChin,
    mouthOpen: gap(points, meshIndex.innerLips) / toChin,
    ...lightOf(mesh),
  };
}

/** Widest distance between facing points of two lids or lips. */
function gap(
  points: Float32Array,
  pair: { readonly upper: readonly number[]; readonly lower: readonly number[] },
): number {
  let widest = 0;
  pair.upper.forEach((upper, i) => {
    const above = meshPoint(points, upper);
    const below = meshPoint(points, pair.lower[i]!);
    widest = Math.max(widest, Math.hypot(below.x - above.x, below.y - above.y));
  });
  return widest;
}

/** FNV-1a over every 997th sample. */
function fingerprintOf({ data }: RgbImage): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < data.length; i += 997) hash = Math.imul(hash ^ data[i]!, 0x01000193);
  return hash >>> 0;
}
