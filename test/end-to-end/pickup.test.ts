/**
 * Pick-up at a real booth: the finished passport lies on the reader, somebody stands before the camera and puts a finger on the sensor. What
 * would be lost: a passport handed to another person, a copy handed over as the real one, or a print off a chip left in the booth.
 */
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { decodeGrey } from "../../biometrics/image/codec.ts";
import { pictureOfGrey } from "../../biometrics/records/recorded-picture.ts";
import type { ScreenState, ViewOf } from "../../booth/api/messages.ts";
import { nextEvent } from "../../booth/enrol/applicant.ts";
import { Scenario } from "../../booth/enrol/scenario.ts";
import { ScreenClient } from "../../booth/enrol/screen-client.ts";
import { readLines } from "../../crypto/audit/file.ts";
import { systemClock, systemRandom } from "../../crypto/system-environment.ts";
import { parseDg1 } from "../../mrtd/lds/dg1.ts";
import { parseDg2 } from "../../mrtd/lds/dg2.ts";
import { composeDg3 } from "../../mrtd/lds/prints.ts";
import { passportFeatures } from "../../mrtd/synthetic/features.ts";
import { loadPassport, makePassport, writePassport } from "../../mrtd/synthetic/passport.ts";
import { makeTerminals } from "../../mrtd/synthetic/terminals.ts";
import { BoothWorld, worldMissing } from "./booth-world.ts";

jest.setTimeout(300_000);
const STEP_MS = 90_000;
if (worldMissing) console.log(`skipped: ${worldMissing}`);

(worldMissing ? describe.skip : describe)("pick-up", () => {
  const world = new BoothWorld();
  const terminals = makeTerminals({ clock: systemClock, random: systemRandom });
  const scenario = Scenario.parse({});
  /** Index finger of ISO/IEC 19794-4. */
  const rightIndex = 2;

  /** The person's passport with the prints of `folder` in DG3, for terminals of this root; `cloned`: its chip has another key. */
  const issue = async (fingers: string, cloned = false) => {
    const folder = join(world.person, "passport");
    const old = await loadPassport(folder);
    const image = await decodeGrey(await readFile(fingers), { ppi: 500 });
    const print = { ...pictureOfGrey(image), position: rightIndex };
    const made = makePassport({
      mrz: parseDg1(old.files.DG1!),
      portrait: parseDg2(old.files.DG2!)[0]!.data,
      clock: systemClock,
      random: systemRandom,
      features: passportFeatures.eac,
      dataGroups: { DG3: composeDg3([print], "19794", systemRandom(16)) },
      terminalTrust: terminals.root,
    });
    const other = cloned
      ? makePassport({
          ...made,
          mrz: parseDg1(made.files.DG1!),
          portrait: parseDg2(made.files.DG2!)[0]!.data,
          clock: systemClock,
          random: systemRandom,
          features: passportFeatures.eac,
        })
      : made;
    await rm(folder, { recursive: true });
    await writePassport(folder, { ...made, chipKeys: other.chipKeys });
  };
  /** The certificates and the key of a terminal that the chip believes. */
  const giveTerminal = async () => {
    const terminal = join(world.data, "booth", "terminal");
    await mkdir(terminal, { recursive: true });
    for (const [at, certificate] of terminals.certificates.entries())
      await writeFile(join(terminal, `${at}.cvcert`), certificate);
    await writeFile(join(terminal, "key.pem"), terminals.key.export({ format: "pem", type: "pkcs8" }) as string, {
      mode: 0o600,
    });
  };
  const visit = async (seen: (state: ScreenState) => void = () => {}): Promise<ViewOf<"verdict">> => {
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
  const verdicts = ({ checks }: ViewOf<"verdict">) =>
    Object.fromEntries(checks.map(({ check, verdict, reasons }) => [check, reasons[0]?.code ?? verdict]));

  beforeAll(async () => {
    await world.prepare(scenario);
    await cp(join(world.person, "passport"), join(world.root, "passport"), { recursive: true });
  });
  afterAll(() => world.remove());

  test("a booth without a terminal's certificates proves chip and face, and says that it could not read the prints", async () => {
    await issue(join(world.person, "fingers", "right-index_1.png"));
    await world.start(scenario);
    const steps = new Set<string>();
    const answer = await visit(({ step }) => steps.add(step));
    expect(verdicts(answer)).toEqual({
      proof: "passed",
      genuine: "passed",
      data: "passed",
      face: "passed",
      finger: "pickup/prints-closed",
    });
    expect(answer.verdict).toBe("not-checked");
    // Nothing is asked that only an enrolment needs, and nothing is sealed.
    expect([...steps]).toEqual(["document", "face", "fingers", "verdict"]);
    await world.stop();
  });

  test("with them the finger is compared too: the holder may take it, and the booth keeps the answer alone", async () => {
    await giveTerminal();
    await world.start(scenario);
    const answer = await visit();
    expect([verdicts(answer), answer.verdict]).toEqual([
      { proof: "passed", genuine: "passed", data: "passed", face: "passed", finger: "passed" },
      "passed",
    ]);
    const status = (await (await fetch(new URL("/api/status", world.url))).json()) as {
      pickups: { verdict: string }[];
    };
    expect(status.pickups.map(({ verdict }) => verdict)).toEqual(["passed"]);
    await world.stop();
    const log: string[] = [];
    for await (const { line } of readLines(join(world.data, "booth", "audit.log")))
      log.push(Buffer.from(line).toString());
    expect(log.filter((line) => line.includes("pickup.checked"))).toHaveLength(2);
    expect(log.join()).toContain('"verdict":"passed"');
    expect([world.packages(), world.sessions()]).toEqual([[], []]);
    expect(world.findings()).toEqual([]);
  });

  test("a chip with another's print is not handed over", async () => {
    await issue(join(world.person, "fingers", "left-index_1.png"));
    await giveTerminal();
    await world.start(scenario);
    const answer = await visit();
    expect([verdicts(answer).finger, verdicts(answer).face, answer.verdict]).toEqual([
      "issue/finger-differs",
      "passed",
      "failed",
    ]);
    await world.stop();
  });

  test("a copy, whose chip has not the key that was signed, is told from the real one", async () => {
    await issue(join(world.person, "fingers", "right-index_1.png"), true);
    await giveTerminal();
    await world.start(scenario);
    const answer = await visit();
    expect([verdicts(answer).proof, answer.checks.find(({ check }) => check === "genuine")?.verdict]).toEqual([
      "passed",
      "failed",
    ]);
    expect(answer.verdict).toBe("failed");
    await world.stop();
  });
});
