import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { mrzLayouts } from "./layout.ts";
import type { MrzFormat } from "./mrz.ts";
import { recognise } from "./ocr/glyph-net.ts";
import { type LocatedZone, locateZones } from "./ocr/locate.ts";
import { beforeQuarterTurn, quarterTurned } from "./ocr/pixels.ts";
import { type RepairedLines, repairLines } from "./ocr/repair.ts";
import { parseMrz } from "./parse.ts";
import type { GreyPixels, MrzReading, PicturePoint } from "./reading.ts";

/** Mean likelihood of the characters below which a zone is taken for other text, by whether half of its check digits are right. */
const minMean = { checked: Math.log(0.35), unchecked: Math.log(0.85) } as const;

interface Candidate extends RepairedLines {
  readonly corners: LocatedZone["corners"];
}

/**
 * Finds and reads the MRZ in a picture of a document's page, from a scanner or a camera: any of the five formats, the right way up, upside down or on its
 * side, turned by up to some 15°, seen at an angle. Characters must be about 9 pixels high or more.
 *
 * Position rules and check digits repair what looks alike (0/O, 1/I, 2/Z, 5/S, 8/B …); every repair is listed. Where more than one
 * reading would satisfy the check digits nothing is repaired: the fault stays and is named by field.
 *
 * Throws `mrtd/mrz-not-found` when the picture holds no MRZ that can be made out.
 */
export async function readMrzFromImage(image: GreyPixels): Promise<MrzReading> {
  const upright = bestCandidate(image);
  if (upright !== undefined && isSound(upright)) return toReading(upright, upright.corners);
  const onItsSide = bestCandidate(quarterTurned(image));
  const better = onItsSide !== undefined && (upright === undefined || score(onItsSide) > score(upright));
  if (better) {
    const back = (point: PicturePoint) => beforeQuarterTurn(point, image.height);
    const [a, b, c, d] = onItsSide.corners;
    return toReading(onItsSide, [back(a), back(b), back(c), back(d)]);
  }
  if (upright === undefined) throw new KabinaError("mrtd/mrz-not-found", { width: image.width, height: image.height });
  return toReading(upright, upright.corners);
}

const isSound = ({ kept, rules }: RepairedLines) => kept === rules;
const score = ({ kept, rules, mean }: RepairedLines) => (4 * kept) / rules + mean;

/** The best that the picture gives as it lies or upside down; the first one that keeps every rule. */
function bestCandidate(image: GreyPixels): Candidate | undefined {
  let best: Candidate | undefined;
  for (const zone of locateZones(image)) {
    for (const turned of [zone, upsideDown(zone)]) {
      const candidate = readZone(turned);
      if (candidate === undefined) continue;
      if (best === undefined || score(candidate) > score(best)) best = candidate;
      if (isSound(best)) return best;
    }
  }
  return best;
}

function readZone(zone: LocatedZone): Candidate | undefined {
  const likelihoods = zone.glyphs.map((line) => line.map(recognise));
  let best: RepairedLines | undefined;
  for (const format of Object.keys(mrzLayouts) as MrzFormat[]) {
    const layout = mrzLayouts[format];
    if (layout.lines !== likelihoods.length || layout.width !== likelihoods[0]!.length) continue;
    const repaired = repairLines(format, likelihoods);
    if (repaired.lines[0]!.startsWith("V") !== format.startsWith("MRV")) continue;
    if (best === undefined || score(repaired) > score(best)) best = repaired;
  }
  if (best === undefined) return undefined;
  const checked = best.kept * 2 > best.rules;
  return best.mean >= (checked ? minMean.checked : minMean.unchecked) ? { ...best, corners: zone.corners } : undefined;
}

function upsideDown({ glyphs, corners: [a, b, c, d], cost }: LocatedZone): LocatedZone {
  const turned = [...glyphs].reverse().map((line) => [...line].reverse().map((glyph) => glyph.slice().reverse()));
  return { glyphs: turned, corners: [c, d, a, b], cost };
}

function toReading(candidate: Candidate, zone: MrzReading["zone"]): MrzReading {
  const { lines, repairs, doubts, least } = candidate;
  const fields = parseMrz(lines.join("\n"));
  return { lines, fields, faults: fields.faults, repairs, doubts, confidence: Math.exp(least), zone };
}
