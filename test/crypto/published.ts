/** Published vectors that lie beside the checkout and are never part of it; without them the tests say so and are skipped. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, it } from "@jest/globals";

const folder = fileURLToPath(new URL("../../../shared/data/mrtd/", import.meta.url));

export const published = (name: string): Buffer => readFileSync(folder + name);
export const publishedJson = <T>(name: string): T => JSON.parse(published(name).toString("utf8")) as T;

/** `describe`, skipped with a printed reason where the vectors are not there. */
export function describePublished(title: string, name: string, tests: () => void): void {
  if (existsSync(folder + name)) {
    describe(title, tests);
    return;
  }
  process.stderr.write(`skipped: ${title}: no vectors at ../shared/data/mrtd/${name}\n`);
  describe.skip(title, () => tests());
}

/** A folder of vectors: where the variable `KABINA_<variable>` says (a fuller set that was fetched), else beside the checkout. */
export const publishedFolder = (variable: string, name: string): string =>
  process.env[`KABINA_${variable}`] ?? folder + name;

/** `describe` where that folder exists; elsewhere nothing of the body runs, and the reason is printed. */
export function whenPublished(path: string): (title: string, tests: () => void) => void {
  if (existsSync(path)) return describe;
  return (title) => {
    process.stderr.write(`skipped: ${title}: no vectors at ${path}\n`);
    describe.skip(title, () => it("has no vectors here", () => {}));
  };
}
