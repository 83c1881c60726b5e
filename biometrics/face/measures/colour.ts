/** Colour of the skin. */
import { labOf } from "../../image/lab.ts";
import { cheeks, type WorkFace } from "./work-face.ts";

/** CIELAB ranges of natural skin (ISO/IEC 29794-5 NaturalColour). */
const natural = { a: [5, 25], b: [5, 35] } as const;

export interface ColourValues {
  /** Distance of the cheeks' mean colour from the natural range; 100 where a or b is negative. */
  readonly NaturalColour: number;
  /** Mean chroma of the face: 0 for a grey picture. */
  readonly ColourPresent: number;
}

export function colourValues(work: WorkFace): ColourValues {
  const { right, left } = cheeks(work);
  let a = 0;
  let b = 0;
  let chroma = 0;
  let count = 0;
  for (const i of [...right, ...left]) {
    const [, ca, cb] = labOf(work.rgb[i * 3]!, work.rgb[i * 3 + 1]!, work.rgb[i * 3 + 2]!);
    a += ca;
    b += cb;
    count++;
  }
  a /= Math.max(1, count);
  b /= Math.max(1, count);
  count = 0;
  for (let i = 0; i < work.mask.length; i += 7) {
    if (work.mask[i] === 0) continue;
    const [, ca, cb] = labOf(work.rgb[i * 3]!, work.rgb[i * 3 + 1]!, work.rgb[i * 3 + 2]!);
    chroma += Math.hypot(ca, cb);
    count++;
  }
  const outside = (value: number, [least, most]: readonly [number, number]) => Math.max(0, least - value, value - most);
  const grey = Math.hypot(a, b) < 1;
  return {
    NaturalColour: grey ? 0 : a < 0 || b < 0 ? 100 : Math.hypot(outside(a, natural.a), outside(b, natural.b)),
    ColourPresent: chroma / Math.max(1, count),
  };
}
