/** All measures of one still, in the order in which a person is told of them. */
import type { RgbImage } from "../image/image.ts";
import type { HintCode } from "./hints.ts";
import { backgroundValues } from "./measures/background.ts";
import { colourValues } from "./measures/colour.ts";
import { coverValues } from "./measures/cover.ts";
import { smileOf } from "./measures/expression.ts";
import { lightValues } from "./measures/light.ts";
import { finestDetail } from "./measures/pixels.ts";
import { redEyes } from "./measures/red-eyes.ts";
import { textureValues } from "./measures/texture.ts";
import { workFace } from "./measures/work-face.ts";
import type { ObservedFace } from "./observation.ts";
import { type StandardMeasure, scalar } from "./scalars.ts";
import { type SubstituteMeasure, substituteValue } from "./substitutes.ts";

/** A measure before policy has judged it. */
export interface RawMeasure {
  readonly name: StandardMeasure | SubstituteMeasure;
  readonly raw: number;
  readonly value: number;
  /** What would mend it, if it were found too low. */
  readonly hint: HintCode;
}

export function measureAll(
  still: RgbImage,
  face: ObservedFace,
  second: ObservedFace | undefined,
): readonly RawMeasure[] {
  const standard = (name: StandardMeasure, raw: number, hint: HintCode): RawMeasure => ({
    name,
    raw,
    value: scalar(name, raw),
    hint,
  });
  const own = (name: SubstituteMeasure, raw: number, hint: HintCode): RawMeasure => ({
    name,
    raw,
    value: substituteValue(name, raw),
    hint,
  });
  const { eyes, chin, pose } = face;
  const area = (one: ObservedFace) => one.box.width * one.box.height;
  const middle = { x: (eyes.right.x + eyes.left.x) / 2, y: (eyes.right.y + eyes.left.y) / 2 };
  const toChin = Math.max(1, Math.hypot(chin.x - middle.x, chin.y - middle.y));
  const eyeDistance = Math.max(1, Math.hypot(eyes.left.x - eyes.right.x, eyes.left.y - eyes.right.y));
  const work = workFace(still, face);
  const light = lightValues(work);
  const colour = colourValues(work);
  const background = backgroundValues(work);
  const texture = textureValues(still, face.box, work);
  const cover = coverValues(work, face);

  const detail = finestDetail(still, face.box);
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
    own("DarkGlasses", cover.darkGlasses, "remove-dark-glasses"),
    own("GlassesGlare", cover.glassesGlare, "tilt-glasses"),
    own("EyesVisible", cover.eyes, "uncover-eyes"),
    standard("EyesOpen", face.eyesOpen, "open-eyes"),
    own("RedEyes", redEyes(work), "no-flash"),
    ...(face.gaze === null ? [] : [own("Gaze", face.gaze, "look-at-camera")]),
    standard("MouthClosed", face.mouthOpen, "close-mouth"),
    own("ExpressionNeutrality", smileOf(face), "neutral-face"),
    own("MouthOcclusionPrevention", cover.mouth, "uncover-face"),
    own("FaceOcclusionPrevention", cover.face, "uncover-face"),
    own("NoHeadCoverings", cover.head, "remove-head-covering"),
    standard("LuminanceMean", light.LuminanceMean, light.LuminanceMean < 0.4 ? "more-light" : "less-light"),
    standard("LuminanceVariance", light.LuminanceVariance, light.LuminanceMean < 0.4 ? "more-light" : "less-light"),
    standard("UnderExposurePrevention", light.UnderExposurePrevention, "more-light"),
    standard("OverExposurePrevention", light.OverExposurePrevention, "less-light"),
    standard("DynamicRange", light.DynamicRange, light.LuminanceMean < 0.4 ? "more-light" : "less-light"),
    standard("IlluminationUniformity", light.IlluminationUniformity, "even-light"),
    own("Sharpness", texture.Sharpness, "hold-still"),
    own("Noise", texture.Noise, "more-light"),
    own("CompressionArtifacts", texture.CompressionArtifacts, "better-file"),
    ...(detail === undefined ? [] : [own("OriginalPixels", detail, "better-file")]),
    ...(background === undefined
      ? []
      : [
          own("BackgroundUniformity", background.BackgroundUniformity, "clear-background"),
          own("BackgroundLight", background.BackgroundLight, "clear-background"),
          own("BackgroundShadow", background.BackgroundShadow, "clear-background"),
        ]),
    own("ColourPresent", colour.ColourPresent, "colour-needed"),
    standard("NaturalColour", colour.NaturalColour, "even-light"),
  ];
}
