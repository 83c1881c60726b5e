import type { Clock } from "../../crypto/environment.ts";
import type { CardChannel } from "./channel.ts";

/** One exchange as it may be shown to anybody: headers, lengths and status, never data. */
export interface RecordedApdu {
  /** CLA INS P1 P2, hexadecimal. */
  readonly header: string;
  readonly commandBytes: number;
  readonly responseBytes: number;
  /** SW1 SW2, hexadecimal; empty when the exchange failed. */
  readonly status: string;
  readonly milliseconds: number;
}

/** The channel, with every exchange noted in `log`. */
export function recordChannel(channel: CardChannel, clock: Clock, log: RecordedApdu[]): CardChannel {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex").toUpperCase();
  return {
    atr: channel.atr,
    close: () => channel.close(),
    async transmit(apdu, signal) {
      const start = clock.monotonic();
      const note = (response: Uint8Array) =>
        log.push({
          header: hex(apdu.subarray(0, 4)),
          commandBytes: apdu.length,
          responseBytes: response.length,
          status: hex(response.subarray(-2)),
          milliseconds: Math.round((clock.monotonic() - start) * 10) / 10,
        });
      try {
        const response = await channel.transmit(apdu, signal);
        note(response);
        return response;
      } catch (error) {
        note(new Uint8Array());
        throw error;
      }
    },
  };
}
