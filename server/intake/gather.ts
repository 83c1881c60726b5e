/** Gathers what a request brings, and hands it on in large pieces, one after the other. */
import type { Readable } from "node:stream";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { GATHERED_BYTES, PackageBuffer } from "./package-buffer.ts";
import { discarded } from "./young-garbage.ts";

/** Milliseconds that bytes of a thin link wait for more; what is not written is lost when this process dies. */
const GATHERED_MS = 200;

/**
 * Resolves at the stream's end, also where it breaks off, when all of it has been handed on. A stream faster than the disk waits.
 * @throws KabinaError `intake/protocol` when more comes than there is `room` for; what `hand` throws
 */
export function gather(
  source: Readable,
  room: number,
  gathered: PackageBuffer,
  hand: (bytes: Buffer) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = room;
    let ended = false;
    let handing = false;
    let timer: NodeJS.Timeout | undefined;
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      source.removeListener("data", onData).removeListener("end", onEnd).removeListener("close", onEnd);
      settle();
    };
    const handOn = () => {
      const full = gathered.take();
      handing = true;
      clearTimeout(timer);
      timer = undefined;
      hand(full).then(
        () => {
          PackageBuffer.giveBack(full);
          handing = false;
          // Where the time was up meanwhile, no timer is left.
          if (ended || gathered.length >= GATHERED_BYTES || (gathered.length > 0 && !timer)) onward();
          source.resume();
        },
        (error) => finish(() => reject(error)),
      );
    };
    const onward = () => {
      if (handing) return;
      if (gathered.length > 0) handOn();
      else if (ended) finish(resolve);
    };
    const onData = (chunk: Buffer) => {
      left -= chunk.length;
      try {
        if (left < 0) throw new KabinaError("intake/protocol", { status: 413 });
        gathered.add(chunk);
        discarded(chunk.length);
      } catch (error) {
        return finish(() => reject(error));
      }
      if (gathered.length >= GATHERED_BYTES) {
        source.pause();
        onward();
      } else timer ??= setTimeout(onTime, GATHERED_MS);
    };
    const onTime = () => {
      timer = undefined;
      onward();
    };
    const onEnd = () => {
      ended = true;
      onward();
    };
    source.on("data", onData).on("end", onEnd).on("close", onEnd).on("error", ignore);
    if (source.destroyed) onEnd();
    else source.resume();
  });
}

const ignore = (): void => undefined;
