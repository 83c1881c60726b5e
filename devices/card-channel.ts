/** The card in a PC/SC reader, for verbs of the command line that have no booth around them. */

import type { Clock } from "../crypto/environment.ts";
import type { CardChannel } from "../mrtd/card/channel.ts";
import { absent } from "./absent.ts";
import { pcscReaders } from "./smartcard/pcsc.ts";

/**
 * Opens the first reader (or the one whose name contains `reader`), waits for a card and connects. Closing the channel lets the reader and
 * its service go. `PCSCLITE_CSOCK_NAME` names another daemon than the system's. Rejects with `device/absent`, `device/timeout`, ….
 */
export async function openCardChannel(
  clock: Clock,
  options: { readonly signal: AbortSignal; readonly reader?: string },
): Promise<CardChannel> {
  const socket = process.env.PCSCLITE_CSOCK_NAME;
  const service = pcscReaders({ clock, ...(socket === undefined ? {} : { socket }) });
  try {
    const found = await service.list({ signal: options.signal });
    const wanted = found.find(({ name }) => name.includes(options.reader ?? ""));
    if (wanted === undefined) throw absent("smartcard");
    const reader = await service.open(wanted.id, { signal: options.signal });
    const channel = await reader.connect({ signal: options.signal });
    return {
      atr: channel.atr,
      transmit: (apdu, signal) => channel.transmit(apdu, signal),
      close: async () => {
        await channel.close();
        await reader.close();
        await service.close();
      },
    };
  } catch (error) {
    await service.close();
    throw error;
  }
}
