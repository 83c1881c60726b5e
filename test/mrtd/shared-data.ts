/** Published vectors that lie beside a checkout of ours and are not ours to commit; tests that need them skip visibly without them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe } from "@jest/globals";

/** Path of a file or folder of the shared data. */
export function sharedData(path: string): string {
  return join(import.meta.dirname, "../../../shared/data", path);
}

/** `describe` where that path exists, and a skipped `describe` that says why where it does not. */
export function whenShared(path: string): (name: string, body: () => void) => void {
  if (existsSync(path)) return describe;
  return (name, body) => describe.skip(`${name} (skipped: ${path} is not here)`, body);
}

export const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));
export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Randomness that gives these values in turn, as a published vector prints them; asking for another length is a failure. */
export function replay(...values: readonly string[]): (length: number) => Uint8Array {
  const queue = values.map(unhex);
  return (length) => {
    const next = queue.shift();
    if (next?.length !== length)
      throw new Error(`asked for ${length} random bytes, the vector has ${next?.length ?? "none"} next`);
    return next;
  };
}
