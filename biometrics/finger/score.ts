/** From the evidence of a comparison to its score. */
import type { Evidence } from "./match.ts";

export function decide(e: Evidence): number {
  return (e.weight * e.weight * 10) / Math.sqrt((e.reachA + 5) * (e.reachB + 5));
}
