/** A drawn page as a camera or a scanner would bring it: turned, seen at an angle, out of focus, noisy, badly lit. All repeatable. */
import sharp from "sharp";
import type { Mrz } from "../../../mrtd/mrz/mrz.ts";
import type { GreyPixels } from "../../../mrtd/mrz/reading.ts";
import { type DocumentPageOptions, documentPageSvg, pageSize } from "../../../mrtd/synthetic/document-page.ts";

export interface Photography {
  /** Pixels per millimetre of the page: 300 dpi is 11.8. */
  readonly scale: number;
  /** Degrees, clockwise. */
  readonly rotation?: number;
  /** How much farther away the right (and the lower) edge is than the other: 0.1 is a tenth. */
  readonly tilt?: { readonly x: number; readonly y: number };
  /** Standard deviations: of the blur in pixels, of the noise in grey levels. */
  readonly blur?: number;
  readonly noise?: number;
  /** Light at the right edge less than at the left, 0…1. */
  readonly shade?: number;
  /** A round highlight on the page: place in parts of the page, radius in millimetres. */
  readonly glare?: { readonly x: number; readonly y: number; readonly radius: number };
  /** The page bends up by this many millimetres in its middle. */
  readonly bend?: number;
  /** JPEG quality that the picture went through. */
  readonly jpeg?: number;
  readonly seed?: number;
  /** The table around the page: its grey, and how wide it shows, millimetres. */
  readonly table?: { readonly grey: number; readonly margin: number };
}

/** Small repeatable generator (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export async function photograph(mrz: Mrz, how: Photography, page: DocumentPageOptions = {}): Promise<GreyPixels> {
  const size = pageSize(mrz.format);
  const drawn = await sharp(Buffer.from(documentPageSvg(mrz, page)), { density: 72 * how.scale * 1.0 })
    .resize(Math.round(size.width * how.scale), Math.round(size.height * how.scale), { fit: "fill" })
    .toColourspace("b-w")
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const source = { width: drawn.info.width, height: drawn.info.height, data: drawn.data };
  const table = how.table ?? { grey: 70, margin: 12 };
  const angle = ((how.rotation ?? 0) * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const reachX = (Math.abs(cos) * size.width + Math.abs(sin) * size.height) / 2 + table.margin;
  const reachY = (Math.abs(sin) * size.width + Math.abs(cos) * size.height) / 2 + table.margin;
  const width = Math.round(2 * reachX * how.scale);
  const height = Math.round(2 * reachY * how.scale);
  const tilt = how.tilt ?? { x: 0, y: 0 };
  const grey = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // Millimetres from the middle, turned back, then the perspective undone.
      const mx = x / how.scale - reachX;
      const my = y / how.scale - reachY;
      const rx = cos * mx + sin * my;
      const ry = -sin * mx + cos * my;
      const w = 1 - (2 * tilt.x * rx) / size.width - (2 * tilt.y * ry) / size.height;
      const px = rx / w + size.width / 2;
      const bow = (how.bend ?? 0) * Math.sin((Math.PI * px) / size.width);
      const py = ry / w + size.height / 2 + bow;
      let value: number = table.grey;
      if (px >= 0 && py >= 0 && px < size.width && py < size.height) {
        value = bilinear(source, px * how.scale - 0.5, py * how.scale - 0.5);
        if (how.glare) {
          const distance = Math.hypot(
            px / size.width - how.glare.x,
            ((py / size.height - how.glare.y) * size.height) / size.width,
          );
          const strength = Math.max(0, 1 - (distance * size.width) / how.glare.radius);
          value += (255 - value) * Math.min(1, strength * 1.5);
        }
      }
      grey[y * width + x] = value * (1 - ((how.shade ?? 0) * x) / width);
    }
  }
  const blurred = how.blur ? gaussian(grey, width, height, how.blur) : grey;
  const random = generator(how.seed ?? 1);
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) {
    const noise = how.noise ? Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()) * how.noise : 0;
    data[i] = Math.min(255, Math.max(0, Math.round(blurred[i]! + noise)));
  }
  if (how.jpeg === undefined) return { width, height, data };
  const jpeg = await sharp(data, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: how.jpeg })
    .toBuffer();
  const back = await sharp(jpeg).toColourspace("b-w").extractChannel(0).raw().toBuffer();
  return { width, height, data: new Uint8Array(back) };
}

function bilinear({ width, height, data }: GreyPixels, x: number, y: number): number {
  const cx = Math.min(Math.max(x, 0), width - 1.001);
  const cy = Math.min(Math.max(y, 0), height - 1.001);
  const [left, top] = [Math.floor(cx), Math.floor(cy)];
  const [fx, fy] = [cx - left, cy - top];
  const at = top * width + left;
  const upper = data[at]! * (1 - fx) + data[at + 1]! * fx;
  const lower = data[at + width]! * (1 - fx) + data[at + width + 1]! * fx;
  return upper + (lower - upper) * fy;
}

function gaussian(values: Float32Array, width: number, height: number, sigma: number): Float32Array {
  const reach = Math.ceil(sigma * 3);
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)));
  const sum = kernel.reduce((a, b) => a + b, 0);
  const pass = (from: Float32Array, stepX: number, stepY: number) => {
    const to = new Float32Array(from.length);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        let total = 0;
        for (let k = -reach; k <= reach; k++) {
          const sx = Math.min(width - 1, Math.max(0, x + k * stepX));
          const sy = Math.min(height - 1, Math.max(0, y + k * stepY));
          total += from[sy * width + sx]! * kernel[k + reach]!;
        }
        to[y * width + x] = total / sum;
      }
    }
    return to;
  };
  return pass(pass(values, 1, 0), 0, 1);
}
