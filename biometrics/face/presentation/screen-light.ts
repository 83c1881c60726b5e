/** What light the face and the wall behind it throw back in one live frame: what the reflection of the screen's colours is read from. */
import type { RgbImage } from "../../image/image.ts";
import { linear } from "../../image/luminance.ts";
import type { ObservedFace } from "../observation.ts";
import type { FaceLight, ScreenColour } from "./reflection.ts";

/** Where nobody's hair or shoulder is, eye distances beside the middle of the eyes, and above and below their height. */
const beside = { from: 2.3, to: 3.4 } as const;
const high = { above: 1.2, below: 0.2 } as const;
/** Pixels looked at on each side at the least. */
const leastPixels = 40;

/** @param timeMs when the frame was taken, on the clock of the flash */
export function screenLight(frame: RgbImage, face: ObservedFace, timeMs: number): FaceLight {
  return { ...face.cheeks, behind: behindOf(frame, face), timeMs };
}

/** Mean linear light left and right of the head; null where too little of it is in the frame. */
function behindOf({ width, height, data }: RgbImage, { eyes, interEyeDistance }: ObservedFace): ScreenColour | null {
  const middle = { x: (eyes.right.x + eyes.left.x) / 2, y: (eyes.right.y + eyes.left.y) / 2 };
  const top = Math.max(0, Math.round(middle.y - high.above * interEyeDistance));
  const bottom = Math.min(height, Math.round(middle.y + high.below * interEyeDistance));
  const total = { red: 0, green: 0, blue: 0 };
  let count = 0;
  for (const side of [-1, 1]) {
    const [a, b] = [beside.from, beside.to].map((far) => Math.round(middle.x + side * far * interEyeDistance));
    for (let y = top; y < bottom; y += 2)
      for (let x = Math.max(0, Math.min(a!, b!)); x < Math.min(width, Math.max(a!, b!)); x += 2) {
        const i = (y * width + x) * 3;
        total.red += linear[data[i]!]!;
        total.green += linear[data[i + 1]!]!;
        total.blue += linear[data[i + 2]!]!;
        count++;
      }
  }
  if (count < leastPixels) return null;
  return { red: total.red / count, green: total.green / count, blue: total.blue / count };
}
