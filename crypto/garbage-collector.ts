/** V8's own collector, for who knows better than the heap when something is gone. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Without an argument it collects everything; this V8 takes no other word for that. */
type Collect = (how?: { readonly type: "minor" }) => void;

let collect: Collect | undefined;

/** Collects everything that is not referred to any more. */
export const collectGarbage = (): void => collector()();

/** Collects only what is young, which takes a fraction of the time. */
export const collectYoungGarbage = (): void => collector()({ type: "minor" });

/** It is given to new contexts only, and so to nobody else here. */
function collector(): Collect {
  if (collect) return collect;
  setFlagsFromString("--expose-gc");
  try {
    collect = runInNewContext("gc") as Collect;
  } finally {
    setFlagsFromString("--no-expose-gc");
  }
  return collect;
}
