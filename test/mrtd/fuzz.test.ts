/** Every reader of documents under broken inputs: if this fails, a chip or a file can crash, stall or fill a booth. The long run is a script. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { fuzz } from "../fuzz/fuzz-target.ts";
import { mrtdTargets } from "../fuzz/mrtd-targets.ts";
import { allowTypescriptChildren } from "../typescript-children.mjs";
import { sharedData } from "./shared-data.ts";

const seed = 20_261_121;
const executions = 1_200;

describe("every reader of documents, fed with broken inputs", () => {
  it.each(mrtdTargets.map((target) => [target.name, target] as const))(
    "%s ends in a value or a coded error, in bounded time",
    (_, target) => {
      const { findings } = fuzz(target, executions, seed);
      expect(findings.map(({ what, input }) => [what, Buffer.from(input).toString("hex")])).toEqual([]);
    },
  );
});

describe("every input cut at each byte and with each byte changed", () => {
  it("ends in a value or a coded error, proves nothing else, and takes less than 64 MB", async () => {
    allowTypescriptChildren();
    const folder = await mkdtemp(join(tmpdir(), "kabina-cut-"));
    try {
      const real = sharedData("mrtd/sod/sod-by-country.json");
      const files = existsSync(real) ? (JSON.parse(readFileSync(real, "utf8")) as { efSod: string }[]) : [];
      await writeFile(join(folder, "files"), files.map(({ efSod }) => efSod).join("\n"));
      const script = join(import.meta.dirname, "../fuzz/cut-and-flipped.ts");
      // The engine may not put off clearing away: what is left is what an input needs.
      const limits = ["--max-old-space-size=64", "--max-semi-space-size=2"];
      const { stdout } = await promisify(execFile)(process.execPath, [...limits, script, join(folder, "files")], {
        env: { ...process.env },
      });
      const { executions: done, faults, grownBytes } = JSON.parse(stdout);
      expect(faults).toEqual([]);
      expect(done).toBeGreaterThan(20_000);
      expect(grownBytes).toBeLessThan(64 * 1024 * 1024);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 120_000);
});
