/** Bodies of the booths' requests that are read whole: an offer by itself, and the one that an upload begins with. */
import type { IncomingMessage } from "node:http";
import { inflateOffer, LARGEST_OFFER_BYTES, OFFER_LENGTH_BYTES } from "../../crypto/delivery/offer.ts";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";

/**
 * Reads a body, which may be deflated as offers are; refuses by the declared length before it reads, and by the real one while it reads.
 * @throws KabinaError `intake/offer-too-large`, `delivery/offer-malformed`
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > LARGEST_OFFER_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > LARGEST_OFFER_BYTES) throw tooLarge();
    chunks.push(chunk as Buffer);
  }
  const bytes = Buffer.concat(chunks);
  return request.headers["content-encoding"] === "deflate" ? inflated(bytes) : bytes;
}

/**
 * Reads the offer that a body begins with (`x-kabina-offered`), and leaves what follows it. `certificates`: those that the booth may have left out. Throws as
 * `readBody`.
 */
export function readOfferAhead(request: IncomingMessage, certificates: readonly Uint8Array[]): Promise<Buffer> {
  return new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let end = Number.POSITIVE_INFINITY;
    const settle = (act: () => void) => {
      request.removeListener("data", onData).removeListener("end", onEnd).removeListener("close", onEnd);
      act();
    };
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes < OFFER_LENGTH_BYTES || (bytes < end && end < Number.POSITIVE_INFINITY)) return;
      const whole = Buffer.concat(chunks);
      end = OFFER_LENGTH_BYTES + whole.readUInt32BE(0);
      if (end > OFFER_LENGTH_BYTES + LARGEST_OFFER_BYTES) return settle(() => reject(tooLarge()));
      if (bytes < end) return;
      // What follows waits until somebody wants it.
      request.pause();
      settle(() => {
        if (bytes > end) request.unshift(whole.subarray(end));
        resolve(whole.subarray(OFFER_LENGTH_BYTES, end));
      });
    };
    const onEnd = () => settle(() => reject(malformed("short")));
    request.on("data", onData).on("end", onEnd).on("close", onEnd);
  }).then((bytes) => inflated(bytes, certificates));
}

function inflated(bytes: Buffer, certificates: readonly Uint8Array[] = []): Buffer {
  try {
    return inflateOffer(bytes, certificates);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw malformed("deflate", error);
  }
}

const tooLarge = (): KabinaError => new KabinaError("intake/offer-too-large", { limitBytes: LARGEST_OFFER_BYTES });
const malformed = (reason: string, cause?: unknown): KabinaError =>
  new KabinaError("delivery/offer-malformed", { reason }, { cause });
