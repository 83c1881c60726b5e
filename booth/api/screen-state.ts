/** The one snapshot that a screen shows, put together from the session, the devices and the time. */
import { explain } from "../../crypto/errors/catalogue.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { deviceKinds } from "../../devices/port.ts";
import type { BoothDevices } from "../capture/devices.ts";
import { CONSENT_VERSION } from "../session/consent-text.ts";
import type { Problem as SessionProblem } from "../session/context.ts";
import { mayTakeAgain, type SessionSnapshot } from "../session/machine.ts";
import type { SessionHost } from "../session/session-host.ts";
import { viewOf } from "../session/view.ts";
import type { DeviceState, Language, Problem, RedoTarget, ScreenEvent, ScreenState, StepName } from "./messages.ts";

export interface StateTools {
  readonly host: SessionHost;
  readonly devices: BoothDevices;
  readonly now: () => Date;
  readonly specimen: readonly string[] | null;
  /** Why no session may begin now; null when one may. */
  gate(): KabinaError | null;
}

/** The path that a screen draws. */
const PATH: readonly StepName[] = [
  "consent",
  "slip",
  "document",
  "confirm",
  "face",
  "fingers",
  "signature",
  "review",
  "receipt",
];

/** The way of whoever has come for a finished passport. */
const PICKUP_PATH: readonly StepName[] = ["document", "face", "fingers", "verdict"];

export class ScreenStates {
  readonly #tools: StateTools;
  #sequence = 0;
  #actionsOf: { session: SessionSnapshot; actions: string[]; redo: RedoTarget[] } | undefined;

  constructor(tools: StateTools) {
    this.#tools = tools;
  }

  state(): ScreenState {
    const { host, now, specimen } = this.#tools;
    const session = host.snapshot;
    const { context } = session;
    const deadline = host.deadline();
    const time = now();
    const gate = host.running ? null : this.#tools.gate();
    const { actions, redo } = this.#actions(session);
    const scene = {
      live: host.live,
      url: (blob: string) => `/api/pictures/${host.pictures.name(blob)}`,
      specimen,
      open: gate === null,
      languages: host.languages,
    };
    this.#sequence += 1;
    return {
      type: "state",
      sequence: this.#sequence,
      session: host.running ? context.id : null,
      now: time.toISOString(),
      step: host.step,
      steps: pathOf(host.step, context.purpose === "pickup" ? PICKUP_PATH : PATH),
      language: host.language,
      actions,
      redo,
      helpOpen: context.helpOpen,
      deadline:
        deadline === null
          ? null
          : {
              at: new Date(time.getTime() + Math.max(0, deadline.endAt - deadline.now)).toISOString(),
              remainingMs: Math.max(0, deadline.endAt - deadline.now),
              warning: host.step !== "wipe" && deadline.now >= deadline.warnAt,
            },
      devices: deviceStates(this.#tools.devices),
      problem:
        gate !== null
          ? problemText({ ...gate, device: null, waiting: true }, host.language)
          : context.problem === null
            ? null
            : problemText(context.problem, host.language),
      resumed: context.resumed > 0,
      view: viewOf(session, scene),
    };
  }

  /** Computed once for each state of the session. */
  #actions(session: SessionSnapshot): { actions: string[]; redo: RedoTarget[] } {
    if (this.#actionsOf?.session !== session) {
      const samples = sampleEvents(this.#tools.host.language);
      const actions = samples.filter((event) => this.#tools.host.would(event)).map(({ type }) => type);
      const redo = REDO_TARGETS.filter((what) => mayTakeAgain(session.context, what));
      const mayRedo = redo.some((what) => this.#tools.host.would({ type: "redo", what }));
      const all = mayRedo ? [...actions, "redo"] : actions;
      if (!this.#tools.host.running && this.#tools.host.languages.length > 1)
        all.push(...(all.includes("language") ? [] : ["language"]));
      this.#actionsOf = { session, actions: [...new Set(all)], redo: mayRedo ? redo : [] };
    }
    return this.#actionsOf as { actions: string[]; redo: RedoTarget[] };
  }
}

const REDO_TARGETS: readonly RedoTarget[] = [
  "slip",
  "document",
  "face",
  "fingers",
  "finger-right-index",
  "finger-left-index",
  "signature",
];

/** One well-formed event of each type, to ask the machine what it would take. */
function sampleEvents(language: Language): ScreenEvent[] {
  return [
    { type: "begin" },
    { type: "pickup" },
    { type: "verdict.done" },
    { type: "language", language: language === "ru" ? "en" : "ru" },
    { type: "consent.give", textVersion: CONSENT_VERSION },
    { type: "consent.refuse" },
    { type: "slip.enter", value: "0" },
    { type: "slip.none" },
    { type: "document.mrz", lines: ["", ""] },
    { type: "document.scan" },
    { type: "document.skip", reason: "other" },
    { type: "document.accept" },
    { type: "confirm.accept" },
    { type: "confirm.dispute", fields: ["surname"] },
    { type: "face.capture" },
    { type: "face.choose", candidate: 0 },
    { type: "face.accept" },
    { type: "face.calm", calm: null },
    { type: "face.cannot" },
    { type: "face.camera", source: "browser" },
    { type: "finger.unable", reason: "damaged" },
    { type: "finger.again" },
    { type: "finger.approve", staff: "000", pin: "000000" },
    { type: "finger.unapproved" },
    { type: "fingers.accept" },
    { type: "signature.done", signature: { aspect: 3, strokes: [[{ x: 0, y: 0, t: 0 }]] } },
    { type: "signature.unable", reason: "other" },
    { type: "review.accept" },
    { type: "seal.park" },
    { type: "receipt.done" },
    { type: "retry" },
    { type: "resume.continue" },
    { type: "back" },
    { type: "help", open: true },
    { type: "leave" },
    { type: "stay" },
  ];
}

function pathOf(step: StepName, path: readonly StepName[]): ScreenState["steps"] {
  const at = step === "seal" ? path.indexOf("receipt") - 0.5 : path.indexOf(step);
  return path.map((name, index) => ({
    name,
    state: step === "wipe" || index < at ? "done" : index === at ? "current" : "ahead",
  }));
}

export function deviceStates(devices: BoothDevices): DeviceState[] {
  return deviceKinds.map((kind) => {
    const { state, problem } = devices[kind].health();
    const info = devices[kind].info;
    return {
      kind,
      name: info?.name ?? "",
      driver: info?.driver ?? null,
      state,
      simulated: info?.simulated ?? false,
      code: problem?.code ?? null,
    };
  });
}

function problemText({ code, details, device, waiting }: SessionProblem, language: Language): Problem {
  return { details, device, waiting, ...explain(new KabinaError(code, details), language) };
}
