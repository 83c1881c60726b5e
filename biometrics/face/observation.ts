import type { Box, Point } from "../image/image.ts";
import type { FaceParts } from "./parts.ts";

/** How the head is turned, in degrees. Zero looks straight into the camera. */
export interface Pose {
  /** Positive: the person has turned to their own left (to the right of the picture). */
  readonly yaw: number;
  /** Positive: the chin is up. */
  readonly pitch: number;
  /** Positive: the head leans clockwise in the picture (to the person's own left shoulder). */
  readonly roll: number;
}

/** One face in a frame. Pixels are those of the frame. Left and right are the person's own: the right eye has the smaller x. */
export interface ObservedFace {
  /** From brow to chin and ear to ear, as the detector frames it. */
  readonly box: Box;
  /** The detector's score, 0…1. */
  readonly confidence: number;
  /** The mesh's own belief that it lies on a face, 0…1. */
  readonly meshConfidence: number;
  /** Centres of the eyes. */
  readonly eyes: { readonly right: Point; readonly left: Point };
  /** Distance of the eye centres, corrected for yaw, in pixels. */
  readonly interEyeDistance: number;
  readonly nose: Point;
  readonly mouth: Point;
  readonly chin: Point;
  /** Top of the head, extrapolated from the face's proportions (hair hides it from the mesh). */
  readonly crown: Point;
  /** 468 points of the face mesh: x, y, z of each, in pixels; z grows away from the camera. */
  readonly mesh: Float32Array;
  readonly pose: Pose;
  /** Gap of the eyelids over the distance from eyes to chin; the smaller of both eyes (OFIQ EyesOpen raw). */
  readonly eyesOpen: number;
  /** Where the eyes look, in degrees off the camera, positive to the person's own left; null where the eyes were not looked at. */
  readonly gaze: number | null;
  /** What lies where on and around the first face of a still; null on live frames. */
  readonly parts: FaceParts | null;
  /** How sure it is that a hand reaches into that face, 0…1; null on live frames. */
  readonly hand: number | null;
  /** Gap of the lips over the distance from eyes to chin (OFIQ MouthClosed raw). */
  readonly mouthOpen: number;
  readonly exposure: Exposure;
  /** Mean linear light of both cheeks, 0…1. */
  readonly cheeks: { readonly red: number; readonly green: number; readonly blue: number };
  /** Contrast of fine detail in the face against its contrast at large, 0 (smeared) … 1 (crisp). */
  readonly sharpness: number;
}

/** Light on the face, of linear luminance 0…1. */
export interface Exposure {
  readonly mean: number;
  /** Share of the face in the darkest tenth of the scale. */
  readonly under: number;
  /** Share of the face in the brightest thirtieth. */
  readonly over: number;
  /** −1 … 1: how much brighter the person's left cheek is than the right one. */
  readonly balance: number;
}

/** What one frame shows. */
export interface FaceObservation {
  readonly width: number;
  readonly height: number;
  /** Largest first. */
  readonly faces: readonly ObservedFace[];
  /** Mean linear luminance of the whole frame, 0…1: tells a covered camera from an empty seat. */
  readonly brightness: number;
  /** A number that changes with any pixel looked at: two equal ones in a row are a frozen camera. */
  readonly fingerprint: number;
  /** Time spent on this frame by the engine, in milliseconds. */
  readonly milliseconds: number;
}
