/** How coarsely an encoder quantizes each subband for a wanted rate (IAFIS-IC-0110 §C.2), in single precision throughout. */
import type { Passes } from "./passes.ts";
import { SENT_SUBBANDS, type Subband } from "./subbands.ts";

const { fround: f, log, sqrt, trunc } = Math;

/** Subbands whose variance is below this are not sent. */
const LEAST_VARIANCE = 1.01;
/** When the four lowest subbands vary less than this in sum, variances are taken over whole subbands. */
const WHOLE_BAND_BELOW = 20_000;
/** Weights A of subbands 52..59; 1 below. */
const WEIGHTS = [1.32, 1.08, 1.42, 1.08, 1.32, 1.42, 1.08, 1.08];

export interface Bins {
  /** Bin widths Q and zero-bin widths Z; 0 = the subband is not sent. */
  readonly widths: Float32Array;
  readonly zeroWidths: Float32Array;
}

/** Bin widths for a rate in bits per pixel. */
export function binWidths(pixels: Float32Array, width: number, bands: readonly Subband[], rate: number): Bins {
  const variance = variances(pixels, width, bands);
  const widths = new Float32Array(64);
  const sigma = new Float32Array(64);
  let kept: number[] = [];
  for (let k = 0; k < SENT_SUBBANDS; k++) {
    if (variance[k]! < LEAST_VARIANCE) continue;
    const weight = f(k < 52 ? 1 : WEIGHTS[k - 52]!);
    widths[k] = k < 4 ? 1 : 10 / f(weight * f(log(variance[k]!)));
    sigma[k] = sqrt(variance[k]!);
    kept.push(k);
  }
  const sent = [...kept];
  let q = 1;
  while (kept.length > 0) {
    let share = 0;
    let product = 1;
    for (const k of kept) share = f(share + areaShare(k));
    for (const k of kept) product = f(product * f(sigma[k]! / widths[k]!) ** areaShare(k));
    q = f(2 ** (f(f(rate) / share) - 1) / 2.5 / product ** (1 / share));
    const next = kept.filter((k) => f(widths[k]! / q) < 5 * sigma[k]!);
    if (next.length === kept.length) break;
    kept = next;
  }
  const zeroWidths = new Float32Array(64);
  for (const k of sent) {
    widths[k] = f(widths[k]! / q);
    zeroWidths[k] = 1.2 * widths[k]!;
  }
  return { widths, zeroWidths };
}

/** Share of the picture that a subband covers. */
function areaShare(k: number): number {
  return k < 4 ? 1 / 1024 : k < 51 ? 1 / 256 : 1 / 16;
}

function variances(pixels: Float32Array, width: number, bands: readonly Subband[]): Float32Array {
  const result = new Float32Array(64);
  const measure = (k: number, whole: boolean) => {
    const band = bands[k]!;
    const w = whole ? band.width : trunc((3 * band.width) / 4);
    const h = whole ? band.height : trunc((7 * band.height) / 16);
    const x0 = band.x + (whole ? 0 : trunc(band.width / 8));
    const y0 = band.y + (whole ? 0 : trunc((9 * band.height) / 32));
    // Of a small picture the lowest subbands are a pixel or two, and a variance would divide by nothing.
    if (w * h < 2) {
      if (!whole) measure(k, true);
      else if (w * h === 1) result[k] = pixels[y0 * width + x0]! ** 2;
      return;
    }
    let sum = 0;
    let squares = 0;
    for (let y = y0; y < y0 + h; y++) {
      for (let i = y * width + x0; i < y * width + x0 + w; i++) {
        const v = pixels[i]!;
        sum = f(sum + v);
        squares = f(squares + f(v * v));
      }
    }
    result[k] = f(squares - f(f(sum * sum) / (w * h))) / (w * h - 1);
  };
  for (let k = 0; k < 4; k++) measure(k, false);
  const lowest = f(f(f(result[0]! + result[1]!) + result[2]!) + result[3]!);
  const whole = lowest < WHOLE_BAND_BELOW;
  for (let k = whole ? 0 : 4; k < SENT_SUBBANDS; k++) measure(k, whole);
  return result;
}

/** Quantizes the sent subbands in order; returns the coefficients and where blocks 2 and 3 begin. */
export function quantize(
  passes: Passes,
  size: number,
  width: number,
  bands: readonly Subband[],
  bins: Bins,
  starts: readonly number[],
) {
  const coefficients = new Int16Array(size);
  const cuts: number[] = [];
  let at = 0;
  for (let k = 0; k < SENT_SUBBANDS; k++) {
    if (starts.includes(k)) cuts.push(at);
    const bin = bins.widths[k]!;
    if (bin === 0) continue;
    const band = bands[k]!;
    const half = f(bins.zeroWidths[k]! / 2);
    passes.quantize(band.y * width + band.x, band.width, band.height, half, bin, coefficients, at);
    at += band.width * band.height;
  }
  return { coefficients: coefficients.subarray(0, at), cuts };
}
