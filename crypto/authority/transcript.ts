/** What was done in a ceremony, in order; each line carries the hash of all before it. */
import { createHash } from "node:crypto";
import type { Clock } from "../environment.ts";

export class Transcript {
  text: string;
  readonly #clock: Clock;
  #steps = 0;

  /** `heading`: lines of their own. */
  constructor(heading: readonly string[], clock: Clock) {
    this.#clock = clock;
    this.text = heading.map((line) => `${line}\n`).join("");
  }

  step(what: string, detail: string): void {
    const before = createHash("sha256").update(this.text).digest("hex").slice(0, 16);
    this.text += `${++this.#steps}. ${this.#clock.now().toISOString()}  ${what}: ${detail}  [${before}]\n`;
  }
}
