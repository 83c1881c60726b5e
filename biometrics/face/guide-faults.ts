/** What is wrong with one live frame: the first fault, the most useful to mend first. */
import type { HintCode } from "./hints.ts";
import type { FaceLimits } from "./limits.ts";
import { smileOf } from "./measures/expression.ts";
import type { FaceObservation } from "./observation.ts";
import { portraitFrame } from "./portrait-geometry.ts";

/**
 * @param met true when all limits were met just before: they are then widened by the slack, so that nothing flickers at an edge.
 * @returns undefined when nothing is wrong
 */
export function liveFault(observation: FaceObservation, limits: FaceLimits, met: boolean): HintCode | undefined {
  const { guide } = limits;
  const wide = met ? 1 + guide.slack : 1;
  const face = observation.faces[0];
  if (face === undefined) return observation.brightness < guide.black ? "camera-black" : "no-face";
  if (observation.faces.length > 1) return "several-faces";

  const { width, height } = observation;
  const eyeShare = face.interEyeDistance / Math.min(width, height);
  if (eyeShare < guide.eyeDistance.least / wide) return "come-closer";
  if (eyeShare > guide.eyeDistance.most * wide) return "move-back";

  const { yaw, pitch, roll } = face.pose;
  const middle = { x: (face.eyes.right.x + face.eyes.left.x) / 2, y: (face.eyes.right.y + face.eyes.left.y) / 2 };
  const aside = middle.x / width - 0.5;
  // The right half of the picture is where the person's left is.
  if (aside > guide.offCentre * wide) return "move-right";
  if (aside < -guide.offCentre * wide) return "move-left";
  const portrait = portraitFrame({ eyes: face.eyes, chin: face.chin }, limits.portrait);
  const top = middle.y - portrait.height * limits.portrait.eyesBelowTop;
  const over = portrait.height * guide.overhang * (met ? 1 + guide.slack * 4 : 1);
  const above = top < -over;
  const below = top + portrait.height > height + over;
  if (above && below) return "move-back";
  if (above) return "sit-lower";
  if (below) return "sit-higher";

  if (Math.abs(roll) > guide.roll * wide) return "straighten-head";
  if (yaw > guide.yaw * wide) return "turn-right";
  if (yaw < -guide.yaw * wide) return "turn-left";
  if (pitch > guide.pitch * wide) return "chin-down";
  if (pitch < -guide.pitch * wide) return "chin-up";

  const { exposure } = face;
  if (exposure.mean < guide.light.least / wide) return "more-light";
  if (exposure.mean > guide.light.most * wide || exposure.over > guide.over * wide) return "less-light";
  if (Math.abs(exposure.balance) > guide.balance * wide) return "even-light";
  if (face.eyesOpen < guide.eyesOpen / wide) return "open-eyes";
  if (Math.abs(face.gaze ?? 0) > guide.gaze * wide) return "look-at-camera";
  if (face.mouthOpen > guide.mouthOpen * wide) return "close-mouth";
  if (smileOf(face) > guide.smile * wide) return "neutral-face";
  if (face.sharpness < guide.sharpness / wide) return "hold-still";
  return undefined;
}
