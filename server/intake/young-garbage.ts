/**
 * The buffers that a stream's bytes come in live for a moment. V8 counts them like bytes that stay, and when 16 MB have come it marks
 * the whole heap, on four threads, to find that all of them are gone: with packages coming in one after the other that was a quarter of the
 * server's time (docs/figures.md). Clearing away the young objects alone takes a fiftieth of it, so it is asked for before that.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes of such buffers after which they are cleared away: some of what V8 waits for. */
const CLEARED_BYTES = 6 << 20;

type Collect = (how: { readonly type: "minor" }) => void;

let bytes = 0;
let collect: Collect | undefined;

/** Says that so many bytes are garbage, or about to be. */
export function discarded(more: number): void {
  bytes += more;
  if (bytes < CLEARED_BYTES) return;
  bytes = 0;
  collect ??= collector();
  collect({ type: "minor" });
}

/** V8's own, which is given to new contexts only, and so to nobody else here. */
function collector(): Collect {
  setFlagsFromString("--expose-gc");
  try {
    return runInNewContext("gc") as Collect;
  } finally {
    setFlagsFromString("--no-expose-gc");
  }
}
