/**
 * The static checks as tests. If they failed unnoticed, a room could reach into another's insides, and a reader could no
 * longer trust the map in docs/architecture.md.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";

const run = promisify(execFile);

/** Runs one of the project's own tools; resolves to what it printed when it found fault, or to nothing. */
async function complaints(tool: string, ...args: string[]): Promise<string> {
  try {
    const { NODE_OPTIONS: _, ...env } = process.env;
    await run(`node_modules/.bin/${tool}`, args, { maxBuffer: 16 << 20, env });
    return "";
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return `${stdout}${stderr}` || String(error);
  }
}

describe("static checks", () => {
  const minutes = 60_000;
  test(
    "types of the rooms",
    async () => {
      expect(await complaints("tsc", "-p", "tsconfig.json", "--noEmit")).toBe("");
    },
    minutes,
  );
  test(
    "types of the screens",
    async () => {
      expect(await complaints("tsc", "-p", "tsconfig.screens.json")).toBe("");
    },
    minutes,
  );
  test(
    "biome: lint and format",
    async () => {
      expect(await complaints("biome", "check", ".", "--diagnostic-level=warn")).toBe("");
    },
    minutes,
  );
  test(
    "dependency-cruiser: the import rule, no circles",
    async () => {
      expect(
        await complaints("depcruise", "cli", "crypto", "biometrics", "mrtd", "devices", "booth", "server", "test"),
      ).toBe("");
    },
    minutes,
  );
  test(
    "knip: nothing unused, nothing undeclared",
    async () => {
      expect(await complaints("knip")).toBe("");
    },
    minutes,
  );
});
