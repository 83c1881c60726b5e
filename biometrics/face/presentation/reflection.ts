/**
 * Does the face answer the light of the screen before it, and more than what is behind it? A face throws the screen's colours back as they
 * change, and the wall a step behind it hardly; a screen that plays a face shines with its own colours, and a picture on paper has its wall
 * in the same plane as its face. What the camera's white balance does to both is taken out with the difference.
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
  /** The same of what is beside the head; null where nothing of it is in the frame. */
  readonly behind: ScreenColour | null;
}

export interface Reflection {
  /** −1…1: how well the changes of the face's colour, against what is behind it, follow those of the screen. */
  readonly match: number;
  /**
   * How much more of the screen's colour the face takes than what is behind it: change of the logarithm of its light for a change of 1 on
   * the screen.
   */
  readonly strength: number;
  /** The same of the face alone, and of what is behind it alone; null where that is not seen or too dark to tell. */
  readonly face: number;
  readonly behind: number | null;
}

/**
 * None is a saturated red, and at half a second each there are at most two changes a second (WCAG 2.3.1 allows three flashes). Their
 * luminance is the same within 0.02, where a flash begins at a change of 0.1; so the camera's exposure rests, too.
 */
const colours: readonly ScreenColour[] = [
  { red: 1, green: 0.55, blue: 0.2 },
  { red: 0.2, green: 0.78, blue: 0.5 },
  { red: 0.35, green: 0.68, blue: 1 },
  { red: 1, green: 0.47, blue: 1 },
];
const stepMs = 500;
/** What the camera and the way to us may lag behind the screen, milliseconds, tried one after the other. */
const lags = { most: 400, step: 40 } as const;
/** Of each step, the part in which the colour is still changing. */
const changingMs = 120;
const leastSteps = 3;
/** Linear light under which a background's colour is noise. */
const tooDark = 0.01;

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
  let best: { readonly reflection: Reflection; readonly fits: number } | undefined;
  for (let lag = 0; lag <= lags.most; lag += lags.step) {
    const found = reflectionAt(flash, startMs + lag, seen);
    if (found !== undefined && (best === undefined || found.fits > best.fits)) best = found;
  }
  return best?.reflection;
}

function reflectionAt(
  flash: readonly FlashStep[],
  startMs: number,
  seen: readonly FaceLight[],
): { readonly reflection: Reflection; readonly fits: number } | undefined {
  const steps: { readonly step: FlashStep; readonly during: readonly FaceLight[] }[] = [];
  let from = startMs;
  for (const step of flash) {
    const to = from + step.ms;
    const during = seen.filter(({ timeMs }) => timeMs >= from + changingMs && timeMs < to);
    from = to;
    if (during.length > 0) steps.push({ step, during });
  }
  if (steps.length < leastSteps) return undefined;
  const shown = changes(steps.map(({ step }) => chroma([step.red, step.green, step.blue])));
  const spread = dot(shown, shown);
  if (spread === 0) return undefined;
  const face = changes(steps.map(({ during }) => chroma(logs(during))));
  const strengthOf = (answer: readonly number[]) => Math.max(0, dot(shown, answer) / spread);
  const backs = steps.map(({ during }) => during.flatMap(({ behind }) => (behind === null ? [] : [behind])));
  const seenBehind = backs.every((list) => list.length > 0 && darkest(list) >= tooDark);
  const behind = seenBehind ? changes(backs.map((list) => chroma(logs(list)))) : undefined;
  const answer = behind === undefined ? face : face.map((value, i) => value - behind[i]!);
  const matchOf = (given: readonly number[]) =>
    dot(shown, given) / Math.max(1e-9, Math.sqrt(spread * dot(given, given)));
  const match = matchOf(answer);
  const reflection = {
    match,
    strength: strengthOf(answer),
    face: strengthOf(face),
    behind: behind === undefined ? null : strengthOf(behind),
  };
  // The face alone tells the lag, too, where it is lit no more than what is behind it.
  return { reflection, fits: match + Math.abs(matchOf(face)) };
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

const channels = ["red", "green", "blue"] as const;
const meanOf = (lights: readonly ScreenColour[], channel: (typeof channels)[number]) =>
  lights.reduce((sum, light) => sum + light[channel], 0) / lights.length;
const darkest = (lights: readonly ScreenColour[]) => Math.min(...channels.map((channel) => meanOf(lights, channel)));
const logs = (lights: readonly ScreenColour[]) =>
  channels.map((channel) => Math.log(Math.max(1e-4, meanOf(lights, channel))));

/** What is common to the three channels says how bright, which the camera's exposure changes by itself. */
function chroma(channels: readonly number[]): number[] {
  const mean = channels.reduce((sum, value) => sum + value, 0) / channels.length;
  return channels.map((value) => value - mean);
}

/** From step to step: what a face's own colour adds is the same in each, and a slow drift nearly so. */
function changes(steps: readonly (readonly number[])[]): number[] {
  return steps.slice(1).flatMap((step, i) => step.map((value, k) => value - steps[i]![k]!));
}
