/**
 * The network that tells people apart: dlib's ResNet of 29 layers (weights by its author, CC0), as the 8-bit weight file of
 * @vladmandic/face-api (MIT). The file holds weights only; the graph is here. 150 × 150 pixels in, 128 numbers out.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import {
  add,
  avgPool,
  div,
  fused,
  io,
  matMul,
  maxPool,
  mean,
  mul,
  pad,
  relu,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  tensor4d,
  tidy,
} from "@tensorflow/tfjs-core";
import { BiometricsError } from "../errors.ts";
import { readyBackend } from "./models.ts";

/** Side of the network's input. */
export const descriptorSide = 150;
/** What was taken off every pixel when the network was trained: mean red, green and blue. */
const meanColour = [122.782, 117.001, 104.298];
/** The blocks in order; a `down` block halves the picture. */
const blocks = [
  "conv32_1",
  "conv32_2",
  "conv32_3",
  "conv64_down",
  "conv64_1",
  "conv64_2",
  "conv64_3",
  "conv128_down",
  "conv128_1",
  "conv128_2",
  "conv256_down",
  "conv256_1",
  "conv256_2",
  "conv256_down_out",
] as const;

/** A convolution with its scale folded in. */
interface Layer {
  readonly filter: Tensor4D;
  readonly bias: Tensor1D;
}

export interface DescriptorNetwork {
  /** @param pixels 150 × 150 × RGB, 0…255. @returns 128 numbers; the distance of two tells how alike two faces are. */
  describe(pixels: Float32Array): Float32Array;
}

const require = createRequire(import.meta.url);

/** @throws `face/engine-failed` */
export async function loadDescriptorNetwork(): Promise<DescriptorNetwork> {
  await readyBackend();
  const weights = await readWeights();
  const layer = (name: string): Layer => {
    const at = (part: string): Tensor => {
      const found = weights[`${name}/${part}`];
      if (found === undefined) throw new BiometricsError("face/engine-failed", { reason: `weights ${name}` });
      return found;
    };
    return tidy(() => ({
      filter: mul(at("conv/filters"), at("scale/weights")) as Tensor4D,
      bias: add(mul(at("conv/bias"), at("scale/weights")), at("scale/biases")) as Tensor1D,
    }));
  };
  const first = layer("conv32_down");
  const pairs = blocks.map((name) => ({
    halves: name.includes("_down"),
    one: layer(`${name}/conv1`),
    two: layer(`${name}/conv2`),
  }));
  const last = weights["fc"] as Tensor2D;
  const colour = tensor1d(meanColour);
  const convolved = (x: Tensor4D, { filter, bias }: Layer, halves: boolean, activation: "relu" | "linear") =>
    fused.conv2d({ x, filter, bias, activation, strides: halves ? 2 : 1, pad: halves ? "valid" : "same" });
  return {
    describe: (pixels) => {
      const result = tidy(() => {
        const side = descriptorSide;
        const input = div(sub(tensor4d(pixels, [1, side, side, 3]), colour), 255) as Tensor4D;
        let x = maxPool(convolved(input, first, true, "relu"), 3, 2, "valid");
        for (const { halves, one, two } of pairs) {
          const through = convolved(convolved(x, one, halves, "relu"), two, false, "linear");
          x = halves ? joined(avgPool(x, 2, 2, "valid"), through) : (relu(add(through, x)) as Tensor4D);
        }
        return matMul(mean(x, [1, 2]) as Tensor2D, last);
      });
      const values = result.dataSync() as Float32Array;
      result.dispose();
      return values;
    },
  };
}

/** Both ways through a block that halves: what is missing in rows, columns or channels is zero. */
function joined(around: Tensor4D, through: Tensor4D): Tensor4D {
  const [, rows, columns, channels] = around.shape;
  const [, fewerRows, fewerColumns, more] = through.shape;
  const filled = pad(through, [
    [0, 0],
    [0, rows - fewerRows],
    [0, columns - fewerColumns],
    [0, 0],
  ]);
  const widened = pad(around, [
    [0, 0],
    [0, 0],
    [0, 0],
    [0, more - channels],
  ]);
  return relu(add(widened, filled));
}

async function readWeights(): Promise<Record<string, Tensor>> {
  const folder = join(dirname(require.resolve("@vladmandic/face-api/package.json")), "model");
  try {
    const [manifest, bytes] = await Promise.all([
      readFile(join(folder, "face_recognition_model-weights_manifest.json"), "utf8"),
      readFile(join(folder, "face_recognition_model.bin")),
    ]);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    return io.decodeWeights(file, JSON.parse(manifest)[0].weights);
  } catch (cause) {
    throw new BiometricsError("face/engine-failed", { reason: "model face_recognition_model" }, { cause });
  }
}
