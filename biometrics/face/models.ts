/**
 * The trained models: the graph and weight files that ship in @vladmandic/human (MIT; MediaPipe's BlazeFace, Face Mesh and
 * Iris, Apache-2.0), run by tfjs on its WebAssembly backend in one thread. Nothing is fetched.
 */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { type GraphModel, loadGraphModel, loadGraphModelSync } from "@tensorflow/tfjs-converter";
import { env, ready, setBackend, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { BiometricsError } from "../errors.ts";

/** A network with one input and named outputs. */
export interface Model {
  /** Runs on one input of the given shape; the outputs' values, in the order of the file, with their lengths. */
  run(input: Float32Array, shape: readonly number[]): readonly Float32Array[];
}

/** A network whose outputs are asked for by name. */
export type GraphNetwork = Pick<GraphModel, "execute">;

export type ModelName = "blazeface" | "facemesh" | "iris";

/** Where the packages lie on this machine; works from the sources and from `dist/`. */
const require = createRequire(import.meta.url);

let backend: Promise<void> | undefined;

/** Starts the WebAssembly backend, once for this thread. @throws `face/engine-failed` */
export function readyBackend(): Promise<void> {
  backend ??= startBackend();
  return backend;
}

async function startBackend(): Promise<void> {
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setThreadsCount(1);
  setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm"))}/`);
  if (!(await setBackend("wasm"))) throw new BiometricsError("face/engine-failed", { reason: "no WebAssembly" });
  await ready();
}

/** Loads one model. @throws `face/engine-failed` */
export async function loadModel(name: ModelName): Promise<Model> {
  await readyBackend();
  const graph = await loadGraph(name);
  return {
    run: (input, shape) => {
      const outputs = tidy(() => {
        const result = graph.execute(tensor(input, [...shape])) as Tensor | Tensor[];
        return Array.isArray(result) ? result : [result];
      });
      const values = outputs.map((output) => output.dataSync() as Float32Array);
      for (const output of outputs) output.dispose();
      return values;
    },
  };
}

/** Loads the detector of hands at once, because it is wanted in the middle of a look; the backend must be ready. @throws `face/engine-failed` */
export function loadHandNetwork(): GraphNetwork {
  const folder = modelFolder();
  try {
    const file = JSON.parse(readFileSync(join(folder, "handtrack.json"), "utf8"));
    return loadGraphModelSync({ load: () => artifacts(file, readFileSync(join(folder, "handtrack.bin"))) });
  } catch (cause) {
    throw new BiometricsError("face/engine-failed", { reason: "model handtrack" }, { cause });
  }
}

function modelFolder(): string {
  return join(dirname(require.resolve("@vladmandic/human")), "..", "models");
}

// biome-ignore lint/suspicious/noExplicitAny: the file's own format, as tfjs reads it.
function artifacts(file: any, weights: Uint8Array) {
  return {
    modelTopology: file.modelTopology,
    weightSpecs: file.weightsManifest[0].weights,
    weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength) as ArrayBuffer,
    format: file.format,
    signature: file.signature,
    userDefinedMetadata: file.userDefinedMetadata,
  };
}

async function loadGraph(name: ModelName): Promise<GraphModel> {
  const folder = modelFolder();
  try {
    const [json, weights] = await Promise.all([
      readFile(join(folder, `${name}.json`), "utf8"),
      readFile(join(folder, `${name}.bin`)),
    ]);
    return await loadGraphModel({ load: async () => artifacts(JSON.parse(json), weights) });
  } catch (cause) {
    throw new BiometricsError("face/engine-failed", { reason: `model ${name}` }, { cause });
  }
}
