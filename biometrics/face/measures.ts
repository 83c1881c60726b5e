/** All measures of one still, in the order in which a person is told of them. */
import type { RgbImage } from "../image/image.ts";
import type { HintCode } from "./hints.ts";
import type { FaceLimits } from "./limits.ts";
import type { ObservedFace } from "./observation.ts";
import { type StandardMeasure, scalar } from "./scalars.ts";

/** A measure before policy has judged it. */
export interface RawMeasure {
  readonly name: string;
  readonly raw: number;
  readonly value: number;
  /** What would mend it, if it were found too low. */
  readonly hint: HintCode;
}

export function measureAll(
  still: RgbImage,
  face: ObservedFace,
  second: ObservedFace | undefined,
  _limits: FaceLimits,
): readonly RawMeasure[] {
  const standard = (name: StandardMeasure, raw: number, hint: HintCode): RawMeasure => ({
    name,
    raw,
    value: scalar(name, raw),
    hint,
  });
  const { eyes, chin, pose, exposure } = face;
  const area = (one: ObservedFace) => one.box.width * one.box.height;
  const middle = { x: (eyes.right.x + eyes.left.x) / 2, y: (eyes.right.y + eyes.left.y) / 2 };
  const toChin = Math.hypot(chin.x - middle.x, chin.y - middle.y);
  const eyeDistance = Math.max(1, Math.hypot(eyes.left.x - eyes.right.x, eyes.left.y - eyes.right.y));
  return [
    standard("SingleFacePresent", second === undefined ? 0 : area(second) / area(face), "several-faces"),
    standard("InterEyeDistance", face.interEyeDistance, "come-closer"),
    standard("HeadSize", toChin / still.height, toChin / still.height < 0.45 ? "come-closer" : "move-back"),
    standard("LeftwardCropOfTheFaceImage", eyes.right.x / eyeDistance, "move-left"),
    standard("RightwardCropOfTheFaceImage", (still.width - eyes.left.x) / eyeDistance, "move-right"),
    standard("MarginAboveOfTheFaceImage", middle.y / toChin, "sit-lower"),
    standard("MarginBelowOfTheFaceImage", (still.height - middle.y) / toChin, "sit-higher"),
    standard("HeadPoseRoll", pose.roll, "straighten-head"),
    standard("HeadPoseYaw", pose.yaw, pose.yaw > 0 ? "turn-right" : "turn-left"),
    standard("HeadPosePitch", pose.pitch, pose.pitch > 0 ? "chin-down" : "chin-up"),
    standard("EyesOpen", face.eyesOpen, "open-eyes"),
    standard("MouthClosed", face.mouthOpen, "close-mouth"),
    standard("LuminanceMean", exposure.mean, exposure.mean < 0.4 ? "more-light" : "less-light"),
    standard("UnderExposurePrevention", exposure.under, "more-light"),
    standard("OverExposurePrevention", exposure.over, "less-light"),
  ];
}
