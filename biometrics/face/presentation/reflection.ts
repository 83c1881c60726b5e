/**
 * Does the face answer the light of the screen before it? A face throws the screen's colours back as they change; a screen that plays a
 * face shines with its own colours, and hardly with ours. A printed picture answers as a face does, and is not seen here.
 */

/** Light of red, green, blue, 0…1. */
export interface ScreenColour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

export interface FlashStep extends ScreenColour {
  /** How long the whole screen shows it. */
  readonly ms: number;
}

/** Linear light of the face in one live frame. */
export interface FaceLight extends ScreenColour {
  /** On the clock that the flash was started on. */
  readonly timeMs: number;
}

export interface Reflection {
  /** −1…1: how well the changes of the face's colour follow those of the screen. */
  readonly match: number;
  /** How much of the screen's colour the face takes: change of the logarithm of its light for a change of 1 on the screen. */
  readonly strength: number;
}

/**
 * None is a saturated red, and at half a second each there are at most two changes a second (WCAG 2.3.1 allows three flashes). All are
 * about as bright, so that the camera's exposure rests.
 */
const colours: readonly ScreenColour[] = [
  { red: 1, green: 0.75, blue: 0.2 },
  { red: 0.2, green: 1, blue: 0.6 },
  { red: 0.35, green: 0.6, blue: 1 },
  { red: 1, green: 0.5, blue: 1 },
];
const stepMs = 500;
/** What the camera and the way to us may lag behind the screen, milliseconds, tried one after the other. */
const lags = { most: 400, step: 40 } as const;
/** Of each step, the part in which the colour is still changing. */
const changingMs = 120;
const leastSteps = 3;

/** So many colours, no two neighbours equal. @param random 0…1, from a source that cannot be foreseen */
export function drawFlash(steps: number, random: () => number): readonly FlashStep[] {
  const drawn: number[] = [];
  while (drawn.length < steps) {
    const left = colours.map((_, i) => i).filter((i) => i !== drawn.at(-1));
    drawn.push(left[Math.min(left.length - 1, Math.floor(random() * left.length))]!);
  }
  return drawn.map((i) => ({ ...colours[i]!, ms: stepMs }));
}

/** Undefined where too few frames or colours were seen to tell. @param startMs when the first colour was put on the screen */
export function reflectionOf(
  flash: readonly FlashStep[],
  startMs: number,
  seen: readonly FaceLight[],
): Reflection | undefined {
  let best: Reflection | undefined;
  for (let lag = 0; lag <= lags.most; lag += lags.step) {
    const found = reflectionAt(flash, startMs + lag, seen);
    if (found !== undefined && (best === undefined || found.match > best.match)) best = found;
  }
  return best;
}

function reflectionAt(
  flash: readonly FlashStep[],
  startMs: number,
  seen: readonly FaceLight[],
): Reflection | undefined {
  const shown: number[][] = [];
  const answered: number[][] = [];
  let from = startMs;
  for (const step of flash) {
    const to = from + step.ms;
    const during = seen.filter(({ timeMs }) => timeMs >= from + changingMs && timeMs < to);
    from = to;
    if (during.length === 0) continue;
    const mean = (pick: (light: FaceLight) => number) =>
      Math.log(Math.max(1e-4, during.reduce((sum, light) => sum + pick(light), 0) / during.length));
    shown.push(chroma([step.red, step.green, step.blue]));
    answered.push(chroma([mean((light) => light.red), mean((light) => light.green), mean((light) => light.blue)]));
  }
  if (shown.length < leastSteps) return undefined;
  const x = changes(shown);
  const y = changes(answered);
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const spread = dot(x, x);
  if (spread === 0) return undefined;
  const along = dot(x, y);
  return { match: along / Math.max(1e-9, Math.sqrt(spread * dot(y, y))), strength: Math.max(0, along / spread) };
}

/** What is common to the three channels says how bright, which the camera's exposure changes by itself. */
function chroma(channels: readonly number[]): number[] {
  const mean = channels.reduce((sum, value) => sum + value, 0) / channels.length;
  return channels.map((value) => value - mean);
}

/** From step to step: what a face's own colour adds is the same in each, and a slow drift nearly so. */
function changes(steps: readonly (readonly number[])[]): number[] {
  return steps.slice(1).flatMap((step, i) => step.map((value, k) => value - steps[i]![k]!));
}
