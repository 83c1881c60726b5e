/** A line of text made straight, and cut into its characters. */
import type { GreyPixels, PicturePoint } from "../reading.ts";
import { greyAt } from "./pixels.ts";

/** Rows and columns of what the classifier sees of one character, and how much of it the character's height and pitch fill. */
export const glyphSize = { width: 20, height: 22, pitch: 16, capHeight: 16 } as const;

/** Rows of a strip. */
const stripHeight = 24;
/** Columns of a strip for one character height. */
const columnsPerHeight = 16;
/** White at both ends of the strip, in character heights. */
const margin = 2.5;

/** Where a line runs in the picture: through the middles of its characters, from its first to its last; heights in pixels. */
export interface Baseline {
  readonly start: PicturePoint;
  readonly end: PicturePoint;
  readonly startHeight: number;
  readonly endHeight: number;
}

/** A line made straight: `ink[y * width + x]`, 0 white … 1 dark. */
export interface Strip {
  readonly width: number;
  readonly height: number;
  readonly ink: Float32Array;
  /** Column `x` of the strip in the picture, on the line's middle. */
  at(x: number): PicturePoint;
}

/** Takes the line out of the picture, its height made equal along it, its grey values made independent of the light. */
export function straighten(image: GreyPixels, line: Baseline): Strip {
  const { start, end, startHeight, endHeight } = line;
  const length = Math.hypot(end.x - start.x, end.y - start.y);
  const along = { x: (end.x - start.x) / length, y: (end.y - start.y) / length };
  const heightAt = (s: number) => Math.max(2, startHeight + ((endHeight - startHeight) * s) / length);
  // Steps along the line are a sixteenth of the local height, so that what is farther away becomes as wide as what is near.
  const places: number[] = [];
  const last = length + margin * heightAt(length);
  for (let s = -margin * heightAt(0); s < last; s += heightAt(s) / columnsPerHeight) places.push(s);
  const width = places.length;
  const grey = new Float32Array(width * stripHeight);
  for (let x = 0; x < width; x++) {
    const s = places[x]!;
    const height = heightAt(s);
    for (let y = 0; y < stripHeight; y++) {
      const off = ((y - (stripHeight - 1) / 2) * height) / glyphSize.capHeight;
      grey[y * width + x] = greyAt(image, start.x + along.x * s - along.y * off, start.y + along.y * s + along.x * off);
    }
  }
  const at = (x: number) => {
    const s = places[Math.min(Math.max(Math.round(x), 0), width - 1)]!;
    return { x: start.x + along.x * s, y: start.y + along.y * s };
  };
  return { width, height: stripHeight, ink: levelled(grey, width), at };
}

/** Grey to ink: the lightest tenth of the neighbourhood becomes 0, the darkest twentieth 1. */
function levelled(grey: Float32Array, width: number): Float32Array {
  const reach = columnsPerHeight * 2;
  const step = columnsPerHeight / 2;
  const anchors: { light: number; dark: number }[] = [];
  for (let centre = 0; centre < width + step; centre += step) {
    const values: number[] = [];
    for (let x = Math.max(0, centre - reach); x < Math.min(width, centre + reach); x += 2) {
      for (let y = 2; y < stripHeight - 2; y++) values.push(grey[y * width + x]!);
    }
    values.sort((a, b) => a - b);
    const dark = values[Math.floor(values.length * 0.04)] ?? 0;
    const light = values[Math.floor(values.length * 0.8)] ?? 255;
    anchors.push({ light, dark: Math.min(dark, light - 12) });
  }
  const ink = new Float32Array(grey.length);
  for (let x = 0; x < width; x++) {
    const index = Math.floor(x / step);
    const part = x / step - index;
    const a = anchors[index]!;
    const b = anchors[index + 1] ?? a;
    const light = a.light + (b.light - a.light) * part;
    const dark = a.dark + (b.dark - a.dark) * part;
    for (let y = 0; y < stripHeight; y++) {
      ink[y * width + x] = Math.min(1.2, Math.max(-0.2, (light - grey[y * width + x]!) / (light - dark)));
    }
  }
  return ink;
}

/** Ink of each column, over the character's height. */
export function columnInk({ width, height, ink }: Strip): Float32Array {
  const columns = new Float32Array(width);
  const rim = (height - glyphSize.capHeight) / 2;
  for (let x = 0; x < width; x++) {
    let sum = 0;
    for (let y = rim; y < height - rim; y++) sum += Math.max(0, ink[y * width + x]! - 0.15);
    columns[x] = sum / glyphSize.capHeight;
  }
  return columns;
}

/**
 * The pitch of the characters in columns, by the period at which the strips' ink resembles itself; heights and widths of fonts differ, so from
 * 0.7 to 1.35 character heights are tried.
 */
export function pitchOf(strips: readonly Strip[]): number {
  const from = columnsPerHeight * 0.66;
  const to = columnsPerHeight * 1.4;
  let best = columnsPerHeight;
  let bestScore = Number.NEGATIVE_INFINITY;
  const profiles = strips.map((strip) => {
    const columns = columnInk(strip);
    const mean = columns.reduce((sum, value) => sum + value, 0) / columns.length;
    return columns.map((value) => value - mean);
  });
  for (let pitch = from; pitch <= to; pitch += 0.1) {
    let score = 0;
    // Two and three periods apart as well: a character's own strokes repeat at one period, never at three.
    for (const multiple of [1, 2, 3]) {
      for (const columns of profiles) {
        const lag = pitch * multiple;
        const whole = Math.floor(lag);
        const part = lag - whole;
        let sum = 0;
        for (let x = 0; x + whole + 1 < columns.length; x++) {
          sum += columns[x]! * (columns[x + whole]! * (1 - part) + columns[x + whole + 1]! * part);
        }
        score += sum / columns.length;
      }
    }
    if (score > bestScore) {
      bestScore = score;
      best = pitch;
    }
  }
  return best;
}

/** Where characters end and begin, and what it costs: less is better. */
export interface Cut {
  readonly bounds: readonly number[];
  readonly cost: number;
}

/** The weight of a character's being wider or narrower than the pitch, squared part of the pitch; and of one that has no ink. */
const stretchCost = 14;
const emptyCost = 0.6;
/** The weight of ink that the cut leaves outside, in means of columns times pitches: a letter has some 0.3. */
const outsideCost = 1.5;
/** Ink of a character that is surely one, as the mean of its columns. */
const fullInk = 0.12;
/** A character's width varies by this part of the pitch at most. */
const maxStretch = 0.16;

/**
 * Cuts a strip into `count` characters, where there is least ink between them, about a pitch apart (dynamic programming over the columns).
 * Undefined when the strip is too short for as many.
 */
export function cut(strip: Strip, count: number, pitch: number): Cut | undefined {
  const columns = columnInk(strip);
  const sums = new Float64Array(columns.length + 1);
  for (let x = 0; x < columns.length; x++) sums[x + 1] = sums[x]! + columns[x]!;
  const boundary = (x: number) => (columns[Math.max(0, x - 1)]! + columns[Math.min(columns.length - 1, x)]!) / 2;
  const widest = Math.ceil(pitch * (1 + maxStretch));
  const narrowest = Math.floor(pitch * (1 - maxStretch));
  const places = columns.length + 1;
  let cost = new Float64Array(places);
  const outside = (ink: number) => (outsideCost * ink) / pitch;
  for (let x = 0; x < places; x++) cost[x] = boundary(x) + outside(sums[x]!);
  const cameFrom: Int16Array[] = [];
  for (let i = 0; i < count; i++) {
    const next = new Float64Array(places).fill(Number.POSITIVE_INFINITY);
    const from = new Int16Array(places).fill(-1);
    for (let x = narrowest; x < places; x++) {
      for (let width = narrowest; width <= widest && width <= x; width++) {
        const before = cost[x - width]!;
        if (before === Number.POSITIVE_INFINITY) continue;
        const stretch = (width - pitch) / pitch;
        const ink = (sums[x]! - sums[x - width]!) / width;
        const empty = ink >= fullInk ? 0 : emptyCost * (1 - ink / fullInk);
        const total = before + stretchCost * stretch * stretch + empty;
        if (total < next[x]!) {
          next[x] = total;
          from[x] = x - width;
        }
      }
      next[x]! += boundary(x);
    }
    cameFrom.push(from);
    cost = next;
  }
  let end = -1;
  for (let x = 0; x < places; x++) {
    cost[x] = cost[x]! + outside(sums[places - 1]! - sums[x]!);
    if (cost[x]! < Number.POSITIVE_INFINITY && (end < 0 || cost[x]! < cost[end]!)) end = x;
  }
  if (end < 0) return undefined;
  const bounds = [end];
  for (let i = count - 1; i >= 0; i--) bounds.unshift(cameFrom[i]![bounds[0]!]!);
  return { bounds, cost: cost[end]! };
}

/**
 * What the classifier sees of each character: `glyphSize.height` rows of `glyphSize.width`, ink 0…1, the character in the middle and its pitch
 * made equal.
 */
export function glyphsOf(strip: Strip, bounds: readonly number[]): Float32Array[] {
  const count = bounds.length - 1;
  const pitch = (bounds[count]! - bounds[0]!) / count;
  const { width, height, pitch: wanted } = glyphSize;
  const rowOffset = (strip.height - height) / 2;
  // A bound lies on a whole column; its neighbours tell where it should lie.
  const smooth = bounds.map((bound, i) => {
    let sum = 0;
    let weight = 0;
    for (let j = Math.max(0, i - 3); j <= Math.min(count, i + 3); j++) {
      sum += bounds[j]! + (i - j) * pitch;
      weight++;
    }
    return (sum / weight + bound) / 2;
  });
  return Array.from({ length: count }, (_, i) => {
    const centre = (smooth[i]! + smooth[i + 1]!) / 2 - 0.5;
    const glyph = new Float32Array(width * height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = centre + ((x - (width - 1) / 2) * pitch) / wanted;
        const left = Math.min(Math.max(Math.floor(at), 0), strip.width - 2);
        const part = Math.min(Math.max(at - left, 0), 1);
        const row = (y + rowOffset) * strip.width;
        glyph[y * width + x] = strip.ink[row + left]! * (1 - part) + strip.ink[row + left + 1]! * part;
      }
    }
    return glyph;
  });
}
