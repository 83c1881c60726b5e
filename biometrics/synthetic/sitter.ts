/**
 * A person who sits down before the camera and follows what they are told: late, too little or too much, never quite still. For
 * measuring how long it takes until the picture is taken.
 */
import type { FaceScene } from "./face-scene.ts";
import { noise } from "./noise.ts";
import { type SeededRandom, seededRandom } from "./random.ts";

/** What a hint makes a person change, and by how much at a time; numbers of `FaceScene`. */
const answers: Readonly<Record<string, Partial<Record<Moved, number>>>> = {
  "come-closer": { eyeDistance: 0.04 },
  "move-back": { eyeDistance: -0.04 },
  "move-left": { x: 0.1 },
  "move-right": { x: -0.1 },
  "sit-higher": { y: -0.08 },
  "sit-lower": { y: 0.08 },
  "turn-left": { yaw: 10 },
  "turn-right": { yaw: -10 },
  "chin-up": { pitch: 9 },
  "chin-down": { pitch: -9 },
};
const moved = ["eyeDistance", "x", "y", "yaw", "pitch", "roll", "gazeX", "mouthOpen", "smile"] as const;
type Moved = (typeof moved)[number];

/** Seconds: to hear and understand a hint, to carry it out, and between blinks. */
const times = { reaction: [0.5, 1.3], motion: 0.35, blink: 0.18, blinks: [2, 6], sitting: 1.6 } as const;

export class Sitter {
  readonly #random: SeededRandom;
  readonly #seed: number;
  #now = 0;
  #at: Record<Moved, number>;
  #wanted: Record<Moved, number>;
  #told = "";
  #answer: { readonly hint: string; readonly due: number } | undefined;
  #blink: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seededRandom(seed, "sitter");
    const { between } = this.#random;
    // Comes in beside the chair, looking at it.
    this.#at = { eyeDistance: 0.05, x: 0.25, y: 0.25, yaw: 25, pitch: -25, roll: 0, gazeX: 0, mouthOpen: 0, smile: 0 };
    this.#wanted = {
      eyeDistance: between(0.09, 0.24),
      x: between(0.3, 0.7),
      y: between(0.3, 0.6),
      yaw: between(-20, 20),
      pitch: between(-14, 14),
      roll: between(-9, 9),
      gazeX: between(-25, 25),
      mouthOpen: this.#random.chance(0.3) ? between(0.2, 0.7) : 0,
      smile: this.#random.chance(0.5) ? between(0, 0.8) : 0,
    };
    this.#blink = between(...times.blinks);
  }

  /** What the screen says and a voice speaks at this time, in seconds from the start. */
  hear(hint: string, seconds: number): void {
    // Sitting down takes all attention; a hint that stays is heard again after a while.
    if (seconds < times.sitting) return;
    const again = this.#answer === undefined && hint === this.#told;
    if (hint === this.#told && !again) return;
    this.#told = hint;
    this.#answer = { hint, due: seconds + this.#random.between(...times.reaction) };
  }

  /** How the person sits at this time. */
  scene(seconds: number): Partial<FaceScene> {
    const passed = Math.max(0, seconds - this.#now);
    this.#now = seconds;
    if (this.#answer !== undefined && seconds >= this.#answer.due) {
      this.#obey(this.#answer.hint);
      this.#answer = undefined;
    }
    const share = 1 - Math.exp(-passed / times.motion);
    for (const name of moved) this.#at[name] += (this.#wanted[name] - this.#at[name]) * share;
    if (seconds > this.#blink + times.blink) this.#blink = seconds + this.#random.between(...times.blinks);
    const sway = (n: number) => noise(seconds * 0.8, n * 7.7, this.#seed + n);
    return {
      ...this.#at,
      x: this.#at.x + sway(1) * 0.006,
      y: this.#at.y + sway(2) * 0.004,
      yaw: this.#at.yaw + sway(3) * 1.5,
      pitch: this.#at.pitch + sway(4) * 1.3,
      roll: this.#at.roll + sway(5),
      eyesOpen: seconds > this.#blink ? 0.05 : 1,
    };
  }

  #obey(hint: string): void {
    const { between } = this.#random;
    // People do between half and one and a half times of what was meant.
    const much = between(0.5, 1.5);
    for (const [name, step] of Object.entries(answers[hint] ?? {})) this.#wanted[name as Moved] += step * much;
    if (hint === "straighten-head") this.#wanted.roll *= between(-0.2, 0.5);
    if (hint === "look-at-camera" || hint.startsWith("turn-")) this.#wanted.gazeX *= between(0, 0.4);
    if (hint === "close-mouth") this.#wanted.mouthOpen = 0;
    if (hint === "neutral-face" || hint === "close-mouth") this.#wanted.smile *= between(0, 0.5);
  }
}
