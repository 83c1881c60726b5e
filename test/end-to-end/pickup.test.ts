/**
 * Pick-up at a real booth without a link: the finished passport lies on the reader, somebody stands before the camera and puts a finger on the
 * sensor. What would be lost: a print off a chip left in the booth. What is said of copies, strangers and orders: `test/booth/capture/pickup-check.test.ts`
 * and `test/server/issue.test.ts`.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { greyOf } from "../../biometrics/records/recorded-picture.ts";
import type { ScreenState, ViewOf } from "../../booth/api/messages.ts";
import { nextEvent } from "../../booth/enrol/applicant.ts";
import { Scenario } from "../../booth/enrol/scenario.ts";
import { ScreenClient } from "../../booth/enrol/screen-client.ts";
import { readLines } from "../../crypto/audit/file.ts";
import { passphraseFile } from "../../crypto/authority/provision.ts";
import { readPassphrase } from "../../crypto/keys/passphrase.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { parseDg3 } from "../../mrtd/lds/prints.ts";
import { keepUtopianTerminal } from "../../mrtd/synthetic/utopian-terminal.ts";
import { BoothWorld, worldMissing } from "./booth-world.ts";

jest.setTimeout(300_000);
const STEP_MS = 90_000;
if (worldMissing) console.log(`skipped: ${worldMissing}`);

(worldMissing ? describe.skip : describe)("pick-up", () => {
  const world = new BoothWorld();
  const scenario = Scenario.parse({});

  const visit = async (seen: (state: ScreenState) => void): Promise<ViewOf<"verdict">> => {
    const person = await world.applicant(false);
    const screen = await ScreenClient.connect(world.url);
    try {
      screen.send({ type: "language", language: "en" });
      screen.send({ type: "pickup" });
      expect(await screen.until(({ step }) => step === "document", STEP_MS)).toBe(true);
      for (const began = Date.now(); Date.now() - began < STEP_MS; await screen.change(500)) {
        const { state } = screen;
        seen(state);
        if (state.view.step === "verdict" && state.view.phase === "done") {
          const answer = state.view;
          screen.send({ type: "verdict.done" });
          expect(await screen.until(({ view }) => view.step === "wipe" && view.phase === "erased", STEP_MS)).toBe(true);
          return answer;
        }
        const event = nextEvent(state, person);
        if (event !== null && state.actions.includes(event.type)) screen.send(event);
      }
      throw new Error(`no answer at ${screen.state.step}: ${JSON.stringify(screen.state.view).slice(0, 600)}`);
    } finally {
      await screen.close();
    }
  };

  beforeAll(() => world.prepare(scenario));
  afterAll(() => world.remove());

  test("the holder's passport passes each question that a booth can ask by itself; only the answer is kept, and no print of the chip", async () => {
    const passphrase = await readPassphrase(passphraseFile(join(world.data, "booth")));
    await keepUtopianTerminal(join(world.data, "booth", "terminal"), {
      clock: systemClock,
      random: systemRandom,
      passphrase,
    });
    const dg3 = await readFile(join(world.person, "passport", "DG3.bin"));
    world.secrets.push({ name: "DG3", bytes: dg3 });
    for (const [place, print] of parseDg3(dg3).entries()) {
      world.secrets.push({ name: `print ${place} of DG3`, bytes: print.data });
      world.secrets.push({ name: `pixels of print ${place}`, bytes: (await greyOf(print)).data });
    }
    await world.start(scenario);
    const steps = new Set<string>();
    const answer = await visit(({ step }) => steps.add(step));
    const verdicts = answer.checks.map(({ check, verdict, reasons }) => [check, reasons[0]?.code ?? verdict]);
    expect(Object.fromEntries(verdicts)).toEqual({
      proof: "passed",
      genuine: "passed",
      data: "passed",
      // Nothing listens at this booth's server.
      order: "pickup/order-unreachable",
      face: "passed",
      finger: "passed",
    });
    expect(answer.verdict).toBe("not-checked");
    // Nothing is asked that only an enrolment needs, and nothing is sealed.
    expect([...steps]).toEqual(["document", "face", "fingers", "verdict"]);
    const status = (await (await fetch(new URL("/api/status", world.url))).json()) as {
      pickups: { verdict: string }[];
      inspection: { state: string } | null;
    };
    expect([status.pickups.map(({ verdict }) => verdict), status.inspection?.state]).toEqual([["not-checked"], "good"]);
    await world.stop();
    const log: string[] = [];
    for await (const { line } of readLines(join(world.data, "booth", "audit.log")))
      log.push(Buffer.from(line).toString());
    expect(log.filter((line) => line.includes("pickup.checked"))).toHaveLength(1);
    expect(log.join()).toContain("finger:passed");
    expect([world.packages(), world.sessions()]).toEqual([[], []]);
    expect(world.findings()).toEqual([]);
  });
});
