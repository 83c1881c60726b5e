/** One visit: the applicant walks through the steps, and the scenario's actions happen at their moments. */
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { ScreenState } from "../api/messages.ts";
import { type Applicant, nextEvent } from "./applicant.ts";
import type { Action, Scenario } from "./scenario.ts";
import { ScreenClient } from "./screen-client.ts";

/** What the scenario can do to the world. */
export interface World {
  boothUrl(): string;
  kill(process: "booth" | "server", backAfterMs: number): Promise<void>;
  /** Called before the session is sealed and when its receipt is shown: for whoever wants a copy of the package. */
  sealing(): void;
  sealed(packageId: string): Promise<void>;
  /** Told every state that the screen shows. */
  state?(state: ScreenState): Promise<void> | void;
  say(line: string): void;
}

export interface VisitResult {
  /** `finished`, or why it ended without a package. */
  readonly end: string;
  readonly packageId: string | null;
  readonly steps: readonly { readonly step: string; readonly ms: number }[];
  readonly problems: readonly string[];
  readonly exceptions: readonly string[];
  readonly rejections: readonly string[];
}

/** Milliseconds without any change after which an event is sent again; and after which the visit counts as stuck. */
const SEND_AGAIN_MS = 2000;
const STUCK_MS = 120_000;

export async function visit(person: Applicant, scenario: Scenario, world: World): Promise<VisitResult> {
  let screen = await ScreenClient.connect(world.boothUrl());
  if (screen.state.step === "wipe") {
    // The last visitor's end is still on the screen.
    screen.send({ type: "begin" });
    await screen.until(({ step }) => step !== "wipe", SEND_AGAIN_MS);
  }
  const steps: { step: string; ms: number }[] = [];
  const problems = new Set<string>();
  const exceptions = new Set<string>();
  const rejections: string[] = [];
  const waiting = [...scenario.actions];
  const seen = new Map<string, number>();
  let moment = "";
  let stepBegan = performance.now();
  let lastStep = screen.state.step;
  let changedAt = performance.now();
  let sent = { for: "", at: 0 };
  try {
    for (;;) {
      if (screen.closed) throw new KabinaError("enrol/process-ended", { process: "booth", code: null });
      const state = screen.state;
      await world.state?.(state);
      if (state.problem !== null) problems.add(state.problem.code);
      if (state.view.step === "review") for (const code of state.view.exceptions) exceptions.add(code);
      if (state.step !== lastStep) {
        const ms = Math.round(performance.now() - stepBegan);
        if (lastStep !== "welcome") {
          steps.push({ step: lastStep, ms });
          world.say(`  ${lastStep.padEnd(10)} ${(ms / 1000).toFixed(2)} s`);
        }
        lastStep = state.step;
        stepBegan = performance.now();
        if (state.step === "receipt" && state.view.step === "receipt") await world.sealed(state.view.packageNumber);
      }
      const now = momentOf(state);
      if (now !== moment) {
        moment = now;
        changedAt = performance.now();
        for (const name of new Set([state.step as string, now])) seen.set(name, (seen.get(name) ?? 0) + 1);
        const action = due(waiting, seen, state.step, now);
        if (action !== undefined) {
          waiting.splice(waiting.indexOf(action), 1);
          world.say(`  · at ${now}: ${JSON.stringify(action.do)}`);
          screen = await act(action, screen, world);
          sent = { for: now, at: performance.now() };
          continue;
        }
      }
      if (state.view.step === "wipe" && state.view.phase === "erased") {
        const finished = state.view.reason === "finished";
        return {
          end: state.view.reason,
          packageId: finished ? state.view.packageNumber : null,
          steps,
          problems: [...problems],
          exceptions: [...exceptions],
          rejections: [...rejections, ...screen.rejections.map(({ code }) => code)],
        };
      }
      const event = nextEvent(state, person);
      const key = `${now} ${"position" in state.view ? state.view.position : ""}`;
      if (event !== null && (sent.for !== key || performance.now() - sent.at > SEND_AGAIN_MS)) {
        if (event.type === "review.accept") world.sealing();
        screen.send(event);
        sent = { for: key, at: performance.now() };
      }
      await screen.change(SEND_AGAIN_MS);
      if (performance.now() - changedAt > STUCK_MS)
        throw new KabinaError("enrol/stuck", { step: state.step, phase: now });
    }
  } finally {
    await screen.close();
  }
}

function momentOf(state: ScreenState): string {
  return "phase" in state.view ? `${state.step}/${state.view.phase}` : state.step;
}

/** The first action whose moment has come for the so-many-th time. */
function due(waiting: readonly Action[], seen: ReadonlyMap<string, number>, step: string, moment: string) {
  return waiting.find(({ at, time }) => (at === step || at === moment) && (seen.get(at) ?? 0) >= time);
}

async function act(action: Action, screen: ScreenClient, world: World): Promise<ScreenClient> {
  const what = action.do;
  if ("event" in what) screen.send(what.event);
  else if ("waitMs" in what) await new Promise((resolve) => setTimeout(resolve, what.waitMs));
  else if ("secondScreen" in what) {
    const second = await ScreenClient.connect(world.boothUrl()).catch((error: unknown) => error);
    if (!(second instanceof KabinaError && second.code === "session/in-use"))
      throw new KabinaError("enrol/second-screen", {});
  } else {
    if (what.kill === "server") await world.kill("server", what.backAfterMs);
    else {
      await screen.close();
      await world.kill("booth", what.backAfterMs);
      return ScreenClient.connect(world.boothUrl());
    }
  }
  return screen;
}
