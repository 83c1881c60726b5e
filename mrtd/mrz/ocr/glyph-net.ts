/**
 * Tells the 37 characters of the MRZ apart: a network of two layers, trained by `test/bench/train-mrz-glyphs.ts` on drawn pages that went through
 * the same cutting as pictures do.
 */
import { glyphWeights } from "./glyph-weights.ts";
import { glyphSize } from "./strip.ts";

export const mrzCharacters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<";

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

const inputs = glyphSize.width * glyphSize.height;
let layers: readonly Layer[] | undefined;

/** Natural logarithms of the likelihood of each of `mrzCharacters`, for one character as `glyphsOf` cuts it. */
export function recognise(glyph: Float32Array): Float32Array {
  layers ??= readLayers();
  let values = glyph;
  for (const [i, layer] of layers.entries()) {
    const next = new Float32Array(layer.outputs);
    for (let o = 0; o < layer.outputs; o++) {
      let sum = layer.bias[o]!;
      const row = o * layer.inputs;
      for (let k = 0; k < layer.inputs; k++) sum += layer.weights[row + k]! * values[k]!;
      next[o] = i + 1 < layers!.length ? Math.max(0, sum) : sum;
    }
    values = next;
  }
  const top = Math.max(...values);
  let total = 0;
  for (const value of values) total += Math.exp(value - top);
  const shift = top + Math.log(total);
  return values.map((value) => value - shift);
}

/** Weights are signed bytes with one scale for each output, which stands with the bias before them. */
function readLayers(): Layer[] {
  const bytes = Buffer.from(glyphWeights.data, "base64");
  let at = 0;
  let count = inputs;
  return glyphWeights.outputs.map((outputs) => {
    const layer = {
      inputs: count,
      outputs,
      weights: new Float32Array(count * outputs),
      bias: new Float32Array(outputs),
    };
    for (let o = 0; o < outputs; o++) {
      const scale = bytes.readFloatLE(at);
      layer.bias[o] = bytes.readFloatLE(at + 4);
      at += 8;
      for (let k = 0; k < count; k++) layer.weights[o * count + k] = bytes.readInt8(at + k) * scale;
      at += count;
    }
    count = outputs;
    return layer;
  });
}
