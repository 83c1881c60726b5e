/** Light of a flash thrown back by the back of the eye: red where the pupil should be black. */
import { targets, type WorkFace, workEyeDistance, workSide } from "./work-face.ts";

/** Of the pupil and the inner iris, in eye distances. */
const radius = 0.05;
/** Red at least so bright, and so many times the other colours. */
const red = { least: 80, over: 1.8 } as const;

/** Share of the redder eye's middle that is red. */
export function redEyes(work: WorkFace): number {
  return Math.max(...[targets.rightEye, targets.leftEye].map((eye) => shareOfRed(work, eye)));
}

function shareOfRed({ rgb, inside }: WorkFace, eye: { readonly x: number; readonly y: number }): number {
  const reach = Math.round(radius * workEyeDistance);
  let count = 0;
  let reddish = 0;
  for (let y = eye.y - reach; y <= eye.y + reach; y++) {
    for (let x = eye.x - reach; x <= eye.x + reach; x++) {
      const i = y * workSide + x;
      if (Math.hypot(x - eye.x, y - eye.y) > reach || inside[i] !== 1) continue;
      const [r, g, b] = [rgb[i * 3]!, rgb[i * 3 + 1]!, rgb[i * 3 + 2]!];
      count++;
      if (r >= red.least && r >= red.over * Math.max(g, b)) reddish++;
    }
  }
  return count === 0 ? 0 : reddish / count;
}
