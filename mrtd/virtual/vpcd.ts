/** The card's side of vsmartcard's virtual reader: messages of a two-byte big-endian length and a payload, over TCP. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { concat } from "../tlv/write.ts";
import type { VirtualPassport } from "./passport.ts";

export interface VpcdOptions {
  /** Where the vpcd driver of pcscd listens. */
  readonly host: string;
  readonly port: number;
  readonly passport: Pick<VirtualPassport, "atr" | "process" | "reset">;
  /** Ends the service: the card leaves the reader. */
  readonly signal: AbortSignal;
}

/** One-byte payloads that are no APDU. */
const control = { powerOff: 0, powerOn: 1, reset: 2, sendAtr: 4 } as const;

/**
 * Puts a virtual passport into the virtual reader: connects, answers until the signal aborts (resolves) or the reader is gone (rejects with
 * `card/reader-gone`; `card/reader-absent` when there is none to connect to).
 */
export async function serveVpcd({ host, port, passport, signal }: VpcdOptions): Promise<void> {
  if (signal.aborted) return;
  const socket = connect({ host, port });
  // Without it the kernel holds back small answers, 40 ms each.
  socket.setNoDelay(true);
  const leave = () => socket.destroy();
  signal.addEventListener("abort", leave, { once: true });
  try {
    await once(socket, "connect").catch((error: unknown) => {
      if (!signal.aborted) throw new KabinaError("card/reader-absent", { host, port }, { cause: error });
    });
    if (signal.aborted) return;
    await answerUntilEnd(socket, passport);
    if (!signal.aborted) throw new KabinaError("card/reader-gone", { host, port });
  } finally {
    signal.removeEventListener("abort", leave);
    socket.destroy();
  }
}

async function answerUntilEnd(socket: Socket, passport: VpcdOptions["passport"]): Promise<void> {
  let buffer: Uint8Array = new Uint8Array();
  socket.on("data", (chunk) => {
    buffer = buffer.length === 0 ? chunk : concat(buffer, chunk);
    while (buffer.length >= 2) {
      const end = 2 + ((buffer[0]! << 8) | buffer[1]!);
      if (buffer.length < end) return;
      const reply = replyTo(buffer.subarray(2, end), passport);
      buffer = buffer.subarray(end);
      // Length and payload in one write: two would wait for each other's acknowledgement.
      if (reply !== undefined) socket.write(concat(Uint8Array.of(reply.length >> 8, reply.length & 0xff), reply));
    }
  });
  await new Promise<void>((resolve) => {
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
}

function replyTo(payload: Uint8Array, passport: VpcdOptions["passport"]): Uint8Array | undefined {
  if (payload.length !== 1) return passport.process(payload);
  switch (payload[0]) {
    case control.sendAtr:
      return passport.atr;
    case control.powerOff:
    case control.powerOn:
    case control.reset:
      passport.reset();
      return undefined;
    default:
      return passport.process(payload);
  }
}
