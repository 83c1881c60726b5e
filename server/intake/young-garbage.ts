/**
 * The buffers that a stream's bytes come in live for a moment. V8 counts them like bytes that stay, and when about 16 MB have come it marks
 * the whole heap, on four threads, to find that they are gone: six to twelve times in 250 packages of a server at work, which was a
 * quarter of its time. To clear away the young objects alone costs little, so it is asked for before that (docs/figures.md).
 */
import { collectYoungGarbage } from "../../crypto/garbage-collector.ts";

/** Bytes of such buffers after which they are cleared away: some of what V8 waits for. */
const CLEARED_BYTES = 6 << 20;

let bytes = 0;

/** Says that so many bytes are garbage, or about to be. */
export function discarded(more: number): void {
  bytes += more;
  if (bytes < CLEARED_BYTES) return;
  bytes = 0;
  collectYoungGarbage();
}
