/**
 * One smart card in one reader, from the moment it is powered to the moment it is let go. The PC/SC driver in `devices/` gives
 * one; so does the virtual passport, without a reader.
 */
export interface CardChannel {
  /** The card's answer to reset, as the reader gave it. */
  readonly atr: Uint8Array;
  /**
   * Sends one command APDU and returns the whole response APDU: data, then SW1 SW2. Rejects with a coded error when the card
   * or the reader is gone (`card/removed`, `device/…`), and with `device/cancelled`, the signal's reason as its cause, when it is aborted.
   */
  transmit(apdu: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  /** Lets the card go. Safe to call twice. */
  close(): Promise<void>;
}
