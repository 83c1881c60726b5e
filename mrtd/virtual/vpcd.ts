/** The card's side of vsmartcard's virtual reader: messages of a two-byte big-endian length and a payload, over TCP. */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import { concat } from "../tlv/write.ts";
import type { Chip } from "./chip.ts";

export interface VpcdOptions {
  /** Where the vpcd driver of pcscd listens. */
  readonly host: string;
  readonly port: number;
  readonly passport: Chip;
  /** Ends the service: the card leaves the reader. */
  readonly signal: AbortSignal;
  /** Called once the card lies in the reader. */
  readonly onInserted?: () => void;
}

/** One-byte payloads that are no APDU. */
const control = { powerOff: 0, powerOn: 1, reset: 2, sendAtr: 4 } as const;

/**
 * Puts a virtual passport into the virtual reader: connects, answers until the signal aborts (resolves) or the reader is gone (rejects with
 * `card/reader-gone`; `card/reader-absent` when there is none to connect to).
 */
export async function serveVpcd({ host, port, passport, signal, onInserted }: VpcdOptions): Promise<void> {
  if (signal.aborted) return;
  const socket = connect({ host, port });
  // Without it the kernel holds back small answers, 40 ms each.
  socket.setNoDelay(true);
  const leave = () => socket.destroy();
  signal.addEventListener("abort", leave, { once: true });
  try {
    await once(socket, "connect", { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw new KabinaError("card/reader-absent", { host, port }, { cause: error });
    });
    if (signal.aborted) return;
    onInserted?.();
    await answerUntilEnd(socket, passport);
    if (!signal.aborted) throw new KabinaError("card/reader-gone", { host, port });
  } finally {
    signal.removeEventListener("abort", leave);
    socket.destroy();
  }
}

async function answerUntilEnd(socket: Socket, chip: Chip): Promise<void> {
  let buffer: Uint8Array = new Uint8Array();
  // One command at a time, in order, also when the chip takes its time.
  let turn: Promise<void> = Promise.resolve();
  socket.on("data", (chunk) => {
    buffer = buffer.length === 0 ? chunk : concat(buffer, chunk);
    while (buffer.length >= 2) {
      const end = 2 + ((buffer[0]! << 8) | buffer[1]!);
      if (buffer.length < end) return;
      const payload = buffer.slice(2, end);
      buffer = buffer.subarray(end);
      turn = turn.then(() => answer(socket, chip, payload)).catch(() => void socket.destroy());
    }
  });
  await new Promise<void>((resolve) => {
    socket.on("error", () => resolve());
    socket.on("close", () => resolve());
  });
}

async function answer(socket: Socket, chip: Chip, payload: Uint8Array): Promise<void> {
  const word = payload.length === 1 ? payload[0] : undefined;
  if (word === control.powerOff || word === control.powerOn || word === control.reset) return chip.reset();
  const reply = word === control.sendAtr ? chip.atr : await chip.process(payload);
  if (reply === null) return void socket.destroy();
  // Length and payload in one write: two would wait for each other's acknowledgement.
  socket.write(concat(Uint8Array.of(reply.length >> 8, reply.length & 0xff), reply));
}
