import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { CardChannel } from "../card/channel.ts";
import type { Chip } from "./chip.ts";

/** A channel straight to a virtual passport, without a reader: for tests, for the simulator, for training. */
export function openVirtualChannel(passport: Chip): CardChannel {
  let open = true;
  passport.reset();
  return {
    atr: passport.atr,
    async transmit(apdu, signal) {
      signal?.throwIfAborted();
      if (!open) throw new KabinaError("card/closed");
      const response = await passport.process(apdu);
      if (response === null) throw new KabinaError("card/removed");
      return response;
    },
    async close() {
      open = false;
    },
  };
}
