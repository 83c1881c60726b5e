/** Published vectors that lie beside the checkout and are never part of it; without them the tests say so and are skipped. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe } from "@jest/globals";

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
