/** One press of a made-up finger on a 500 ppi sensor, with everything that goes wrong at presses. */
import type { Minutia } from "../finger/template.ts";
import type { GreyImage } from "../image/image.ts";
import type { FingerMaster } from "./finger.ts";
import { smoothField } from "./finger-flow.ts";
import { type SeededRandom, seededRandom } from "./random.ts";

const { abs, atan2, ceil, cos, exp, floor, hypot, max, min, round, sin, sqrt } = Math;

export interface ImpressionOptions {
  /** Chance of this press: noise, dirt, grain. */
  readonly seed: number;
  /** Clockwise turn of the finger on the sensor, degrees. */
  readonly rotation: number;
  /** Shift of the finger on the sensor, pixels right and down. */
  readonly translation: { readonly x: number; readonly y: number };
  /** -1 (dry: thin broken ridges) to 1 (wet: ridges run together). */
  readonly moisture: number;
  /** 0 (a touch) to 1 (hard): area and ridge width. */
  readonly pressure: number;
  /** 0 to 1: how far the skin is dragged while it is pressed. */
  readonly distortion: number;
  /** Share of the usual contact area that touches, 0..1, and from which side it is missing, degrees clockwise from the top. */
  readonly contact: number;
  readonly missingSide: number;
  /** 0 (clean) to 1: grain, dirt and scratches of sensor and skin. */
  readonly noise: number;
  /** Sides of the picture. */
  readonly width: number;
  readonly height: number;
}

/** A press and its truth in pixels of the picture. */
export interface Impression {
  readonly image: GreyImage;
  readonly options: ImpressionOptions;
  /** The finger's minutiae that lie in the contact area; `master` is the index in the finger's own list. */
  readonly minutiae: readonly (Minutia & { readonly master: number })[];
}

const USUAL: ImpressionOptions = {
  seed: 0,
  rotation: 0,
  translation: { x: 0, y: 0 },
  moisture: 0,
  pressure: 0.5,
  distortion: 0.3,
  contact: 1,
  missingSide: 180,
  noise: 0.25,
  width: 400,
  height: 500,
};

/** Takes an impression; what is not given is as at a calm, centred press. */
export function makeImpression(master: FingerMaster, given: Partial<ImpressionOptions> = {}): Impression {
  const options = { ...USUAL, ...given };
  const random = seededRandom(options.seed, "impression", master.seed, master.position);
  const press = new Press(master, options, random);
  const image = press.render();
  return { image, options, minutiae: press.truth() };
}

/** A press drawn at random around the usual one; `trouble` 0..1 says how far from it. */
export function drawImpressionOptions(seed: number, trouble: number): Partial<ImpressionOptions> {
  const random = seededRandom(seed, "press");
  const partial = random.next() < 0.25 * trouble;
  return {
    seed,
    rotation: 14 * trouble * random.gauss(),
    translation: { x: 28 * trouble * random.gauss(), y: 28 * trouble * random.gauss() },
    moisture: max(-1, min(1, 0.55 * trouble * random.gauss())),
    pressure: max(0, min(1, 0.5 + 0.25 * trouble * random.gauss())),
    distortion: min(1, 0.25 + 0.6 * trouble * random.next()),
    contact: partial ? random.between(0.5, 0.8) : 1,
    missingSide: random.between(0, 360),
    noise: min(1, 0.15 + 0.6 * trouble * random.next()),
  };
}

/** The grid on which the slow parts (skin drag, tone) are worked out, pixels. */
const GRID = 8;

class Press {
  private readonly cos: number;
  private readonly sin: number;
  private readonly drag: { x: number; y: number; turn: number };
  private readonly contactEdge: (u: number, v: number) => number;
  private readonly tone: (u: number, v: number) => number;
  private readonly master: FingerMaster;
  private readonly options: ImpressionOptions;
  private readonly random: SeededRandom;

  constructor(master: FingerMaster, options: ImpressionOptions, random: SeededRandom) {
    this.master = master;
    this.options = options;
    this.random = random;
    const turn = (options.rotation * Math.PI) / 180;
    this.cos = cos(turn);
    this.sin = sin(turn);
    const way = random.between(0, 2 * Math.PI);
    const far = options.distortion * random.between(8, 20);
    this.drag = { x: far * cos(way), y: far * sin(way), turn: options.distortion * 0.1 * random.gauss() };
    this.contactEdge = smoothField(random, 5, 6);
    this.tone = smoothField(random, 6, 7);
  }

  /** From a pixel of the picture to the finger's pattern. */
  private source(x: number, y: number): { x: number; y: number } {
    const { options, master } = this;
    const dx = x - options.width / 2 - options.translation.x;
    const dy = y - options.height / 2 - options.translation.y;
    const px = dx * this.cos + dy * this.sin;
    const py = dy * this.cos - dx * this.sin;
    // Skin plasticity (Cappelli, Maio and Maltoni 2001): the middle sticks, the rim is dragged, smoothly between.
    const rim = hypot(px / 150, py / 190);
    const slip = rim <= 0.35 ? 0 : rim >= 1.1 ? 1 : 0.5 - 0.5 * cos((Math.PI * (rim - 0.35)) / 0.75);
    const turn = this.drag.turn * slip;
    const stretch = 1 + 0.03 * (this.options.pressure - 0.5) * rim;
    return {
      x: master.width / 2 + (px - py * turn) * stretch + this.drag.x * slip,
      y: master.height * 0.47 + (py + px * turn) * stretch + this.drag.y * slip,
    };
  }

  /** How firmly the skin touches at a place of the pattern: above 0 it does; about 1 in the middle. */
  private touch(x: number, y: number): number {
    const { master, options } = this;
    const size = 0.82 + 0.25 * options.pressure;
    const u = (x - master.width / 2) / (master.width * 0.43 * size);
    const v = (y - master.height * 0.47) / (master.height * 0.42 * size);
    const vv = v > 0 ? v * 0.92 : v * 1.04;
    const rim = 1 - (abs(u) ** 2.3 + abs(vv) ** 2.5) ** (1 / 2.4);
    const edge = 0.05 * this.contactEdge(x / master.width, y / master.height);
    if (options.contact >= 1) return rim + edge;
    const side = (options.missingSide * Math.PI) / 180;
    const towards = u * sin(side) - v * cos(side);
    // A straight cut through the ellipse that leaves the wanted share.
    return min(rim, 2 * options.contact - 1 - towards) + edge;
  }

  render(): GreyImage {
    const { width, height, noise, moisture, pressure } = this.options;
    const columns = ceil(width / GRID) + 1;
    const rows = ceil(height / GRID) + 1;
    const sx = new Float32Array(columns * rows);
    const sy = new Float32Array(columns * rows);
    const touch = new Float32Array(columns * rows);
    const tone = new Float32Array(columns * rows);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const s = this.source(c * GRID, r * GRID);
        const i = r * columns + c;
        sx[i] = s.x;
        sy[i] = s.y;
        touch[i] = this.touch(s.x, s.y);
        tone[i] = this.tone(c / columns, r / rows);
      }
    }
    const fineGrain = grain(this.random, 256, 1);
    const skinGrain = grain(this.random, 256, 2.6);
    const grainShift = { x: this.random.index(256), y: this.random.index(256) };
    const paper = this.random.between(228, 246);
    const ink = this.random.between(28, 60);
    const level = -(moisture > 0 ? 0.75 : 0.5) * moisture - 0.35 * (pressure - 0.5);
    const ragged = 0.15 + 0.4 * noise + 0.45 * max(0, -moisture) + 0.15 * max(0, moisture);
    const soft = 0.28 + 0.2 * max(0, moisture);
    const grey = new Float32Array(width * height);
    const { wave } = this.master;
    const mw = this.master.width;
    const mh = this.master.height;
    for (let y = 0; y < height; y++) {
      const gr = floor(y / GRID);
      const fy = (y - gr * GRID) / GRID;
      for (let x = 0; x < width; x++) {
        const gc = floor(x / GRID);
        const fx = (x - gc * GRID) / GRID;
        const i = gr * columns + gc;
        const w00 = (1 - fx) * (1 - fy);
        const w10 = fx * (1 - fy);
        const w01 = (1 - fx) * fy;
        const w11 = fx * fy;
        const firm = touch[i]! * w00 + touch[i + 1]! * w10 + touch[i + columns]! * w01 + touch[i + columns + 1]! * w11;
        const fine = fineGrain[(((y + grainShift.y) & 255) << 8) | ((x + grainShift.x) & 255)]!;
        let dark = 0;
        if (firm > -0.06) {
          const px = sx[i]! * w00 + sx[i + 1]! * w10 + sx[i + columns]! * w01 + sx[i + columns + 1]! * w11;
          const py = sy[i]! * w00 + sy[i + 1]! * w10 + sy[i + columns]! * w01 + sy[i + columns + 1]! * w11;
          const local = tone[i]! * w00 + tone[i + 1]! * w10 + tone[i + columns]! * w01 + tone[i + columns + 1]! * w11;
          const x0 = floor(px);
          const y0 = floor(py);
          if (x0 >= 0 && y0 >= 0 && x0 < mw - 1 && y0 < mh - 1) {
            const ax = px - x0;
            const ay = py - y0;
            const k = y0 * mw + x0;
            const v =
              (wave[k]! * (1 - ax) + wave[k + 1]! * ax) * (1 - ay) +
              (wave[k + mw]! * (1 - ax) + wave[k + mw + 1]! * ax) * ay;
            // Grain of the skin goes with the skin: the same pores at every press.
            const skin = skinGrain[((y0 & 255) << 8) | (x0 & 255)]!;
            const lift = firm < 0.18 ? (0.18 - firm) * 4.5 : 0;
            const at = v - level - lift + (0.22 + 0.25 * max(0, moisture)) * local + ragged * skin + 0.12 * fine;
            dark = 1 / (1 + exp(-at / soft));
          }
        }
        grey[y * width + x] = paper - (paper - ink) * dark + (1.5 + 4 * noise) * fine;
      }
    }
    return { width, height, data: blurred(grey, width, height), ppi: 500 };
  }

  truth(): (Minutia & { master: number })[] {
    const { width, height } = this.options;
    const found: (Minutia & { master: number })[] = [];
    this.master.minutiae.forEach((m, index) => {
      if (this.touch(m.x, m.y) < 0.02) return;
      const at = this.inverse(m.x, m.y);
      if (at.x < 0 || at.y < 0 || at.x >= width || at.y >= height) return;
      const ahead = this.inverse(m.x + 6 * cos(m.direction), m.y - 6 * sin(m.direction));
      const direction = atan2(-(ahead.y - at.y), ahead.x - at.x);
      found.push({ ...m, x: at.x, y: at.y, direction: (direction + 2 * Math.PI) % (2 * Math.PI), master: index });
    });
    return found;
  }

  /** From the pattern to the picture, by fixed-point steps (the drag is gentle, so they converge). */
  private inverse(x: number, y: number): { x: number; y: number } {
    const { options } = this;
    let px = options.width / 2 + options.translation.x;
    let py = options.height / 2 + options.translation.y;
    for (let step = 0; step < 30; step++) {
      const s = this.source(px, py);
      const ex = x - s.x;
      const ey = y - s.y;
      px += ex * this.cos - ey * this.sin;
      py += ex * this.sin + ey * this.cos;
      if (ex * ex + ey * ey < 1e-4) break;
    }
    return { x: px, y: py };
  }
}

/** Square tile of smoothed noise (wraps around), deviation 1; `spread` in pixels. */
function grain(random: SeededRandom, side: number, spread: number): Float32Array {
  let tile = Float32Array.from({ length: side * side }, () => random.next() - 0.5);
  const rounds = round(spread * spread);
  for (let round = 0; round < rounds; round++) {
    const next = new Float32Array(tile.length);
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const l = (x + side - 1) % side;
        const r = (x + 1) % side;
        const u = ((y + side - 1) % side) * side;
        const d = ((y + 1) % side) * side;
        next[y * side + x] =
          0.4 * tile[y * side + x]! + 0.15 * (tile[y * side + l]! + tile[y * side + r]! + tile[u + x]! + tile[d + x]!);
      }
    }
    tile = next;
  }
  let squares = 0;
  for (const v of tile) squares += v * v;
  const scale = 1 / sqrt(squares / tile.length);
  return tile.map((v) => v * scale);
}

/** The optics' slight blur, and to 8 bits. */
function blurred(grey: Float32Array, width: number, height: number): Uint8Array {
  const result = new Uint8Array(grey.length);
  for (let y = 0; y < height; y++) {
    const up = y > 0 ? -width : 0;
    const down = y < height - 1 ? width : 0;
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const left = x > 0 ? -1 : 0;
      const right = x < width - 1 ? 1 : 0;
      const sides = grey[i + up]! + grey[i + down]! + grey[i + left]! + grey[i + right]!;
      const v = 0.5 * grey[i]! + 0.125 * sides;
      result[i] = v < 0 ? 0 : v > 255 ? 255 : round(v);
    }
  }
  return result;
}
