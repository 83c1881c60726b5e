/** Compiles the hot loops and writes each as base64 into a TypeScript file. Run after changing one of them. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

/** Source, and the file and constant that hold the compiled module. */
export const kernels = [
  { source: "gabor.ts", target: "../finger/gabor-wasm.ts", name: "gaborWasm" },
  { source: "match.ts", target: "../finger/match-wasm.ts", name: "matchWasm" },
  { source: "ridges.ts", target: "../finger/ridges-wasm.ts", name: "ridgesWasm" },
  { source: "sample.ts", target: "../image/sample-wasm.ts", name: "sampleWasm" },
  { source: "wavelet.ts", target: "../wsq/wavelet-wasm.ts", name: "waveletWasm" },
];

/** The bytes of a compiled module as base64. */
export async function compile(source) {
  const path = fileURLToPath(new URL(source, import.meta.url));
  const files = new Map();
  const { error, stderr } = await asc.main(
    [path, "-O3", "--enable", "simd", "--runtime", "stub", "--importMemory", "--noAssert", "--outFile", "out.wasm"],
    { writeFile: (name, contents) => void files.set(name, contents) },
  );
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
  return Buffer.from(files.get("out.wasm")).toString("base64");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { source, target, name } of kernels) {
    const lines = (await compile(source)).match(/.{1,110}/g).map((line) => `  "${line}"`);
    const head = `/** Compiled from biometrics/assembly/${source} by build.mjs beside it: do not edit. */`;
    writeFileSync(fileURLToPath(new URL(target, import.meta.url)), `${head}\nexport const ${name} =\n${lines.join(" +\n")};\n`);
  }
}
