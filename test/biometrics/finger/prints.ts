/** Synthetic prints that several tests share: made once per test file. */
import type { FingerPosition } from "../../../biometrics/finger/position.ts";
import { type FingerMaster, makeFinger } from "../../../biometrics/synthetic/finger.ts";
import { type ImpressionOptions, makeImpression } from "../../../biometrics/synthetic/finger-impression.ts";

const masters = new Map<string, FingerMaster>();

export function finger(seed: number, position: FingerPosition): FingerMaster {
  const key = `${seed} ${position}`;
  let master = masters.get(key);
  if (master === undefined) {
    master = makeFinger(seed, position);
    masters.set(key, master);
  }
  return master;
}

export function press(seed: number, position: FingerPosition, options: Partial<ImpressionOptions> = {}) {
  return makeImpression(finger(seed, position), options);
}
