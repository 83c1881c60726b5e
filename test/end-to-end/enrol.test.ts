import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "@jest/globals";
import { readScenario } from "../../booth/enrol/scenario.ts";
import { worldMissing } from "./booth-world.ts";

const KABINA = fileURLToPath(new URL("../../dist/cli/kabina.js", import.meta.url));
const SCENARIOS = fileURLToPath(new URL("./scenarios", import.meta.url));
const ENROL_MS = 280_000;

if (worldMissing !== null) console.warn(`skipped: ${worldMissing}`);

/** Runs `kabina … --json` and gives what it printed, also when it ends with a failure. */
async function kabina(...args: string[]) {
  const outcome = await promisify(execFile)(process.execPath, [KABINA, ...args, "--json"], {
    env: { PATH: process.env.PATH },
  }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  );
  return { code: outcome.code, answer: JSON.parse(outcome.stdout.trim().split("\n").at(-1) ?? "null") };
}

describe("scenarios", () => {
  test.each(readdirSync(SCENARIOS))("%s is well formed", async (name) => {
    expect((await readScenario(join(SCENARIOS, name))).name.length).toBeGreaterThan(5);
  });
});

(worldMissing === null ? describe : describe.skip)("kabina enrol", () => {
  const keep = mkdtempSync(join(tmpdir(), "kabina-keep-"));
  afterAll(() => rmSync(keep, { recursive: true, force: true }));

  test(
    "through three power cuts of the booth and one of the server, the case reaches the operator's queue once, and what is kept verifies",
    async () => {
      const scenario = join(SCENARIOS, "power-cuts.json");
      const { code, answer } = await kabina("enrol", "--seed", "5", "--scenario", scenario, "--keep", keep);
      expect(answer).toMatchObject({ ok: true, good: 1, count: 1 });
      expect(code).toBe(0);
      const [one] = answer.cases;
      expect(one).toMatchObject({ end: "queued", caseState: "waiting", missing: [] });
      // The server has proved the chip again by itself: neither forged nor left unchecked. Chip authentication alone proves
      // something to who took part, and to nobody after (docs/chip.md).
      expect(one.checks.failed.filter((check: string) => check.startsWith("chip/"))).toEqual([]);
      expect(one.checks.notChecked.filter((check: string) => check.startsWith("chip/"))).toEqual([
        "chip/chip-authentication",
      ]);
      expect(one.steps.map(({ step }: { step: string }) => step)).toContain("fingers");
      const names = readdirSync(keep);
      expect(names.filter((name) => name.endsWith(".kab"))).toEqual([`${one.packageId}.kab`]);
      expect(names).toEqual(expect.arrayContaining(["audit-server.log", "audit-booth-1.log", "booth.pem", "trust"]));
      const trust = join(keep, "trust");
      const verified = await kabina("package", "verify", join(keep, `${one.packageId}.kab`), "--trust", trust);
      expect(verified.code).toBe(0);
      for (const log of ["audit-server.log", "audit-booth-1.log"])
        expect((await kabina("audit", "verify", join(keep, log), "--trust", trust)).code).toBe(0);
    },
    ENROL_MS,
  );

  test(
    "a case that does not end as expected is a failure for whoever called",
    async () => {
      const { code, answer } = await kabina("enrol", "--seed", "6", "--scenario", join(SCENARIOS, "no-such-file.json"));
      expect(code).toBe(1);
      expect(answer.error.code).toBe("scenario/malformed");
    },
    ENROL_MS,
  );
});
