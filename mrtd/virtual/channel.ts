import { KabinaError } from "../../crypto/errors/kabina-error.ts";
import type { CardChannel } from "../card/channel.ts";
import type { VirtualPassport } from "./passport.ts";

/** A channel straight to a virtual passport, without a reader: for tests, for the simulator, for training. */
export function openVirtualChannel(passport: Pick<VirtualPassport, "atr" | "process" | "reset">): CardChannel {
  let open = true;
  passport.reset();
  return {
    atr: passport.atr,
    async transmit(apdu, signal) {
      signal?.throwIfAborted();
      if (!open) throw new KabinaError("card/closed");
      return passport.process(apdu);
    },
    async close() {
      open = false;
    },
  };
}
