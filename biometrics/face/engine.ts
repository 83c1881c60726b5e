/**
 * The face engine of one thread: searches the picture now and then, follows what it found in between, and says what it sees.
 * `detector.ts` is the port that others use.
 */
import { BiometricsError } from "../errors.ts";
import type { RgbImage } from "../image/image.ts";
import { meanLuminance } from "../image/luminance.ts";
import { type DescriptorNetwork, loadDescriptorNetwork } from "./descriptor-network.ts";
import { detectFaces, overlap } from "./detection.ts";
import { handAtFace } from "./hand.ts";
import { type EyeDetail, lookAtEyes } from "./iris.ts";
import { lightOf } from "./light.ts";
import { describeFace, type FaceLikeness, likenessOf } from "./likeness.ts";
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
import { type GraphNetwork, loadHandNetwork, loadModel, type Model } from "./models.ts";
import type { FaceObservation, ObservedFace } from "./observation.ts";
import { lookAtParts } from "./parts.ts";
import { loadPartsNetwork, type PartsNetwork, partsFile } from "./parts-network.ts";
import { eyeCentre, poseOf, straightEyeDistance } from "./pose.ts";

interface Followed {
  readonly window: MeshWindow;
  readonly confidence: number;
}

/** Crown above the eyes, as a multiple of the distance from eyes to chin: half of the head lies above the eyes. */
const crownReach = 1;
/** Of the eyeball, as the iris moves on it, in eye distances; fitted on rendered eyes. */
const eyeballRadius = 0.16;
/**
 * Tried in turn until a face is found: a face that fills the picture is found when the picture is shown smaller, and one that is half
 * hidden now and then when the middle is shown larger.
 */
const margins = [1, 1.5, 2.2, 0.8] as const;

export class FaceEngine {
  readonly #models: Models;
  readonly #limits: FaceLimits["detection"];
  #followed: readonly Followed[] = [];
  #sinceSearch = 0;
  #size = "";
  #network: Promise<DescriptorNetwork> | undefined;
  /** Known from the start, so that what is not installed is missed then and not at the first portrait. */
  readonly #partsFile = partsFile();
  #parts: PartsNetwork | undefined;
  #hands: GraphNetwork | undefined;

  private constructor(models: Models, limits: FaceLimits["detection"]) {
    this.#models = models;
    this.#limits = limits;
  }

  /** Loads the models. @throws `face/engine-failed` */
  static async open(limits: FaceLimits["detection"]): Promise<FaceEngine> {
    const faces = await loadModel("blazeface");
    const mesh = await loadModel("facemesh");
    const iris = await loadModel("iris");
    return new FaceEngine({ faces, mesh, iris }, limits);
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
      faces = this.#lay(frame, this.#search(frame, margins[0]));
      this.#sinceSearch = 0;
    }
    this.#sinceSearch++;
    this.#size = size;
    this.#followed = faces.map(({ face, next }) => ({ window: next, confidence: face.confidence }));
    return observation(frame, this.#withEyes(frame, faces), start, now);
  }

  /** Observes a picture by itself. */
  look(still: RgbImage, now: () => number): FaceObservation {
    const start = now();
    const faces = this.#find(still);
    return observation(still, this.#withParts(still, this.#withEyes(still, faces)), start, now);
  }

  /** The descriptor of the largest face of a picture. @param name what the picture is called in an error. @throws `face/none` */
  async describe(still: RgbImage, name: string): Promise<Float32Array> {
    // Loaded when first wanted: a booth that compares nobody does without.
    this.#network ??= loadDescriptorNetwork();
    const network = await this.#network;
    const [face] = this.#find(still);
    if (face === undefined) throw new BiometricsError("face/none", { file: name });
    return describeFace(still, face.face, network);
  }

  /** Compares the largest faces of two pictures. @throws `face/none` with which one */
  async compare(first: RgbImage, second: RgbImage): Promise<FaceLikeness> {
    return likenessOf(await this.describe(first, "1"), await this.describe(second, "2"));
  }

  /** Tells what lies where on and around the first face. */
  #withParts(still: RgbImage, [first, ...others]: readonly ObservedFace[]): readonly ObservedFace[] {
    if (first === undefined) return [];
    // Loaded when first wanted: a booth that waits does without.
    this.#parts ??= loadPartsNetwork(this.#partsFile);
    const parts = lookAtParts(still, first, this.#parts);
    const hand = handAtFace(still, first, parts, () => {
      this.#hands ??= loadHandNetwork();
      return this.#hands;
    });
    return [{ ...first, parts, hand }, ...others];
  }

  /** Looks closer at the eyes of the first face, when it is turned so that both can be seen. */
  #withEyes(image: RgbImage, faces: readonly FaceAndWindow[]): readonly ObservedFace[] {
    return faces.map(({ face }, index) => {
      if (index > 0 || Math.abs(face.pose.yaw) > this.#limits.eyesYaw) return face;
      const { right, left } = lookAtEyes(image, face.mesh, this.#models.iris);
      const eyesOpen = Math.min(right.gap, left.gap) / toChin(face);
      const gaze = gazeOf(face, right, left);
      // Eyes that look at the camera have their irises in the middle, and those are found more exactly than the corners.
      const eyes =
        eyesOpen > this.#limits.irisGap && Math.abs(gaze) < this.#limits.irisGaze
          ? { right: right.iris, left: left.iris }
          : face.eyes;
      return { ...face, eyes, eyesOpen, gaze };
    });
  }

  /** Looks for faces of a still until there is one on which the mesh holds. */
  #find(still: RgbImage): FaceAndWindow[] {
    const least = this.#limits.secondLookShare * Math.min(still.width, still.height);
    for (const margin of margins) {
      const faces = this.#lay(still, this.#search(still, margin));
      // A second look is for large faces; something small in it was taken for one (the smoke of a rocket was).
      if (margin === margins[0] ? faces.length > 0 : faces.some(({ face }) => face.box.width >= least)) return faces;
    }
    return [];
  }

  #search(image: RgbImage, margin: number): Followed[] {
    return detectFaces(image, this.#models.faces, this.#limits, margin).map((one) => ({
      window: windowOfDetection(one),
      confidence: one.confidence,
    }));
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

interface Models {
  readonly faces: Model;
  readonly mesh: Model;
  readonly iris: Model;
}

interface FaceAndWindow {
  readonly face: ObservedFace;
  readonly next: MeshWindow;
}

function area({ box }: ObservedFace): number {
  return box.width * box.height;
}

/** Distance from the middle of the eyes to the chin, in pixels. */
function toChin({ eyes, chin }: Pick<ObservedFace, "eyes" | "chin">): number {
  return Math.max(1, Math.hypot(chin.x - (eyes.right.x + eyes.left.x) / 2, chin.y - (eyes.right.y + eyes.left.y) / 2));
}

/** How far the iris is from the middle of the eye, as an angle of the eyeball, added to the turn of the head. */
function gazeOf(face: ObservedFace, right: EyeDetail, left: EyeDetail): number {
  const off = (eye: EyeDetail) => {
    const from = eye.lower[0]!;
    const to = eye.lower.at(-1)!;
    return eye.iris.x - (from.x + to.x) / 2;
  };
  const mean = (off(right) + off(left)) / 2 / Math.max(1, face.interEyeDistance);
  const angle = (Math.asin(Math.max(-1, Math.min(1, mean / eyeballRadius))) * 180) / Math.PI;
  return face.pose.yaw + angle;
}

function observation(
  image: RgbImage,
  faces: readonly ObservedFace[],
  start: number,
  now: () => number,
): FaceObservation {
  const step = Math.max(1, Math.floor(Math.min(image.width, image.height) / 60));
  return {
    width: image.width,
    height: image.height,
    faces,
    brightness: meanLuminance(image.data, image.width, image.height, step),
    fingerprint: fingerprintOf(image),
    milliseconds: now() - start,
  };
}

function describe(mesh: FaceMesh, confidence: number): ObservedFace {
  const { points } = mesh;
  const pose = poseOf(points);
  const right = eyeCentre(points, meshIndex.rightEye);
  const left = eyeCentre(points, meshIndex.leftEye);
  const middle = { x: (right.x + left.x) / 2, y: (right.y + left.y) / 2 };
  const chin = meshPoint(points, meshIndex.chin);
  const down = toChin({ eyes: { right, left }, chin });
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
    eyesOpen: Math.min(gap(points, meshIndex.rightEye), gap(points, meshIndex.leftEye)) / down,
    gaze: null,
    parts: null,
    hand: null,
    mouthOpen: gap(points, meshIndex.innerLips) / down,
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
