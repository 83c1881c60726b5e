/**
 * Lets a driver's child process run from the TypeScript sources in tests, where nothing is built: a loader hook that takes the types
 * off. Production runs the built JavaScript. A test that starts such children calls `allowTypescriptChildren()` first.
 */
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

const self = import.meta.url;

/** Loader hook (node:module). */
export async function load(url, context, next) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
  const { transform } = await import("@swc/core");
  const source = await readFile(fileURLToPath(url), "utf8");
  const { code } = await transform(source, {
    filename: fileURLToPath(url),
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "es6" },
    sourceMaps: "inline",
  });
  return { format: "module", source: code, shortCircuit: true };
}

if (isMainThread && process.env.KABINA_TYPESCRIPT_CHILDREN === self) register(self);

/** From now on node processes that this one starts understand TypeScript. */
export function allowTypescriptChildren() {
  const option = `--import=${self}`;
  const options = process.env.NODE_OPTIONS ?? "";
  if (!options.includes(option)) process.env.NODE_OPTIONS = `${options} ${option}`.trim();
  process.env.KABINA_TYPESCRIPT_CHILDREN = self;
}
