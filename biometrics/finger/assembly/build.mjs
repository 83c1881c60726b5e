/** Compiles gabor.ts and writes it as base64 into ../gabor-wasm.ts. Run after changing gabor.ts. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

/** The module's bytes. */
export async function compileGabor() {
  const source = fileURLToPath(new URL("gabor.ts", import.meta.url));
  const files = new Map();
  const { error, stderr } = await asc.main(
    [source, "-O3", "--enable", "simd", "--runtime", "stub", "--importMemory", "--noAssert", "--outFile", "gabor.wasm"],
    { writeFile: (name, contents) => void files.set(name, contents) },
  );
  if (error !== null) throw new Error(`${error.message}\n${stderr.toString()}`);
  return files.get("gabor.wasm");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = Buffer.from(await compileGabor()).toString("base64");
  const target = fileURLToPath(new URL("../gabor-wasm.ts", import.meta.url));
  const lines = text.match(/.{1,110}/g).map((line) => `  "${line}"`).join(" +\n");
  writeFileSync(
    target,
    `/** Compiled from assembly/gabor.ts by assembly/build.mjs: do not edit. */\nexport const gaborWasm =\n${lines};\n`,
  );
}
