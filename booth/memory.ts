/**
 * Collects garbage now. Pictures of a session that are no longer referred to go when the session ends, not when the heap is next
 * full; and a booth that waits holds no more memory than one that was just started.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
    setFlagsFromString("--no-expose-gc");
  }
  collect();
}
