/** How a synthetic face is photographed: everything a person or a room may do, as numbers. */
import type { Colour } from "./face-traits.ts";

export interface FaceScene {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Degrees, as in the face observation: positive yaw to the person's own left, positive pitch chin up, positive roll clockwise. */
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  /** Eye distance, share of the picture's height. */
  readonly eyeDistance: number;
  /** Middle of the eyes, share of width and height. */
  readonly x: number;
  readonly y: number;
  /** 0 closed … 1 wide open mouth. */
  readonly mouthOpen: number;
  /** 0 … 1. */
  readonly smile: number;
  /** 0 closed … 1 normal. */
  readonly eyesOpen: number;
  /** Where the eyes look, degrees off the camera: to the person's left, and up. */
  readonly gazeX: number;
  readonly gazeY: number;
  /** Where the main lamp is, degrees: to the picture's right, and up. */
  readonly lightAzimuth: number;
  readonly lightElevation: number;
  /** 1 is right; 0.2 far too dark, 3 far too bright. */
  readonly lightIntensity: number;
  /** 0: lamp from all round … 1: one hard lamp and darkness opposite. */
  readonly sideShadow: number;
  readonly background: "plain" | "cluttered" | "patterned" | "dark";
  readonly glasses: "none" | "clear" | "dark";
  /** 0 … 1: lamp mirrored in the glasses. */
  readonly glare: number;
  /** 0 … 1: a flash thrown back red by the pupils. */
  readonly redEye: number;
  /** 0 … 1: cap or scarf over the hair and the upper brow. */
  readonly headCovering: number;
  /** 0 … 1: how much of nose, mouth and chin a cloth mask hides, from below. */
  readonly mask: number;
  /** Light of a screen that the person looks at: linear red, green and blue, 0…1 each; `screenGain` of it reaches the face. */
  readonly screen: Colour;
  readonly screenGain: number;
  /** 0 grey … 1 as it is. */
  readonly saturation: number;
  /** −1 green … 0 right … 1 red: a wrong white balance. */
  readonly cast: number;
  /** Blur of the lens, in thousandths of the picture's height (deviation). */
  readonly blur: number;
  /** Sensor noise, deviation of 255. */
  readonly noise: number;
  /** Number of the frame: changes the sensor noise and nothing else. */
  readonly frame: number;
  /** Samples a pixel each way: 1 fast, 2 smooth edges. */
  readonly smooth: 1 | 2;
}

/** A good portrait. */
export const goodScene: FaceScene = {
  width: 1280,
  height: 960,
  yaw: 0,
  pitch: 0,
  roll: 0,
  eyeDistance: 0.155,
  x: 0.5,
  y: 0.44,
  mouthOpen: 0,
  smile: 0,
  eyesOpen: 1,
  gazeX: 0,
  gazeY: 0,
  lightAzimuth: -12,
  lightElevation: 25,
  lightIntensity: 1,
  sideShadow: 0.25,
  background: "plain",
  glasses: "none",
  glare: 0,
  redEye: 0,
  headCovering: 0,
  mask: 0,
  screen: [0, 0, 0],
  screenGain: 0.12,
  saturation: 1,
  cast: 0,
  blur: 0,
  noise: 1.2,
  frame: 0,
  smooth: 1,
};
