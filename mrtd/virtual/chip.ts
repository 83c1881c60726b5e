/** What a virtual reader talks to: a virtual passport, or one that a fault is put around. */
export interface Chip {
  readonly atr: Uint8Array;
  /** Answers a command; null: the chip is gone from the reader. */
  process(apdu: Uint8Array): Uint8Array | null | Promise<Uint8Array | null>;
  /** Power off, power on, reset. */
  reset(): void;
}
