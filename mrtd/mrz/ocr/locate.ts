/** From a picture to the characters of every zone that may be an MRZ. */
import { mrzLayouts } from "../layout.ts";
import type { GreyPixels, PicturePoint } from "../reading.ts";
import { findBlobs } from "./blobs.ts";
import { reduced } from "./pixels.ts";
import { type Baseline, type Cut, cut, glyphsOf, pitchOf, type Strip, straighten } from "./strip.ts";
import { findTextLines, type TextLine } from "./text-lines.ts";
import { findZones, type Zone } from "./zone.ts";

/** The characters of a zone, line by line, as the classifier takes them, and the zone's corners in the picture. */
export interface LocatedZone {
  readonly glyphs: readonly (readonly Float32Array[])[];
  readonly corners: readonly [PicturePoint, PicturePoint, PicturePoint, PicturePoint];
  readonly cost: number;
}

/**
 * Blobs are looked for at this length of the picture's longer side, in pixels: at the smaller one camera noise is gone, at the larger one
 * characters of a small zone in a wide picture still hang apart.
 */
const searchSides = [1500, 900, 2600];

export function* locateZones(image: GreyPixels): Generator<LocatedZone> {
  const tried = new Set<number>();
  for (const side of searchSides) {
    const factor = Math.max(1, Math.round(Math.max(image.width, image.height) / side));
    if (tried.has(factor)) continue;
    tried.add(factor);
    const lines = findTextLines(findBlobs(reduced(image, factor)));
    for (const zone of findZones(lines)) {
      const located = cutZone(image, zone, factor);
      if (located !== undefined) yield located;
    }
  }
}

function cutZone(image: GreyPixels, zone: Zone, factor: number): LocatedZone | undefined {
  const baselines = zone.map((line) => baselineOf(line, zone, factor));
  const strips = baselines.map((baseline) => straighten(image, baseline));
  const pitch = pitchOf(strips);
  let best: { cuts: Cut[]; cost: number } | undefined;
  for (const layout of Object.values(mrzLayouts)) {
    if (layout.lines !== zone.length) continue;
    const cuts = strips.map((strip) => cut(strip, layout.width, pitch));
    if (!cuts.every((one) => one !== undefined)) continue;
    const cost = cuts.reduce((sum, one) => sum + one.cost, 0);
    if (best === undefined || cost < best.cost) best = { cuts, cost };
  }
  if (best === undefined) return undefined;
  const { cuts, cost } = best;
  return {
    glyphs: strips.map((strip, i) => glyphsOf(strip, cuts[i]!.bounds)),
    corners: cornersOf(strips, cuts, baselines),
    cost: cost / cuts.reduce((sum, one) => sum + one.bounds.length - 1, 0),
  };
}

/** The line in the pictures's own pixels. Its height changes along it as the distance between the zone's lines does. */
function baselineOf(line: TextLine, zone: Zone, factor: number): Baseline {
  const [first, last] = [zone[0]!, zone[zone.length - 1]!];
  const apart = (x: number) => last.slope * x + last.offset - (first.slope * x + first.offset);
  const height = zone.reduce((sum, one) => sum + one.height, 0) / zone.length;
  const middle = (line.left + line.right) / 2;
  const heightAt = (x: number) => height * Math.min(1.3, Math.max(0.7, apart(x) / apart(middle)));
  // The middle of a pixel of the reduced picture.
  const point = (x: number) => ({
    x: (x + 0.5) * factor - 0.5,
    y: (line.slope * x + line.offset + 0.5) * factor - 0.5,
  });
  return {
    start: point(line.left),
    end: point(line.right),
    startHeight: heightAt(line.left) * factor,
    endHeight: heightAt(line.right) * factor,
  };
}

function cornersOf(
  strips: readonly Strip[],
  cuts: readonly Cut[],
  baselines: readonly Baseline[],
): LocatedZone["corners"] {
  const corner = (line: number, end: "start" | "end", up: number) => {
    const bounds = cuts[line]!.bounds;
    const { start, end: stop, startHeight, endHeight } = baselines[line]!;
    const length = Math.hypot(stop.x - start.x, stop.y - start.y);
    const point = strips[line]!.at(end === "start" ? bounds[0]! : bounds[bounds.length - 1]!);
    const off = (end === "start" ? startHeight : endHeight) * 0.6 * up;
    return { x: point.x + ((stop.y - start.y) / length) * off, y: point.y - ((stop.x - start.x) / length) * off };
  };
  const last = strips.length - 1;
  return [corner(0, "start", 1), corner(0, "end", 1), corner(last, "end", -1), corner(last, "start", -1)];
}
