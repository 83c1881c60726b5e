import type { CardChannel } from "../card/channel.ts";

/** Opens the card in a reader, waiting for one; the room of devices has the driver, so the command line hands it in. */
export type OpenCardChannel = (options: {
  readonly signal: AbortSignal;
  readonly reader?: string;
}) => Promise<CardChannel>;
