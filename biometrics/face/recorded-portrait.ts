/** A portrait for a face record: the file, with the landmarks and the score that the engine gives it. */

import { BiometricsError } from "../errors.ts";
import type { RgbImage } from "../image/image.ts";
import { FEATURE_POINTS, faceCodingOf, type RecordedFace } from "../records/recorded-face.ts";
import type { PortraitAssessment } from "./assessment.ts";
import { meshIndex, meshPoint } from "./mesh.ts";

/** @throws `face/none`, `record/field` for a coding that face records do not know */
export function recordedPortrait(
  data: Uint8Array,
  { width, height }: RgbImage,
  { observation, score }: PortraitAssessment,
): RecordedFace {
  const [face] = observation.faces;
  if (face === undefined) throw new BiometricsError("face/none", { file: "1" });
  const coding = faceCodingOf(data);
  if (coding === undefined) throw new BiometricsError("record/field", { field: "picture coding", value: data[0] ?? 0 });
  const [right, left] = meshIndex.mouthCorners;
  const places = {
    leftEye: face.eyes.left,
    rightEye: face.eyes.right,
    chin: face.chin,
    noseTip: face.nose,
    leftMouthCorner: meshPoint(face.mesh, left),
    rightMouthCorner: meshPoint(face.mesh, right),
  };
  const landmarks = Object.entries(FEATURE_POINTS).map(([name, code]) => {
    const { x, y } = places[name as keyof typeof places];
    return { ...code, x: within(x, width), y: within(y, height) };
  });
  // Ours has the chin up and the left shoulder positive, the records' the other way round.
  const angle = (value: number) => ({ degrees: Math.round(value) || 0 });
  const pose = { yaw: angle(face.pose.yaw), pitch: angle(-face.pose.pitch), roll: angle(-face.pose.roll) };
  return { coding, data, width, height, landmarks, quality: Math.round(score), sex: 0, pose };
}

/** A chin may lie below the picture; a record's numbers may not. */
function within(value: number, size: number): number {
  return Math.min(size - 1, Math.max(0, Math.round(value)));
}
