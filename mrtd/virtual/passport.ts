import type { RandomBytes } from "../../crypto/environment.ts";
import type { PassportData } from "../synthetic/passport.ts";

export interface VirtualPassportOptions {
  readonly data: PassportData;
  readonly random: RandomBytes;
}

/** An e-passport chip in software: give it command APDUs, it answers as the chip would. */
export class VirtualPassport {
  readonly atr: Uint8Array = Uint8Array.of(0x3b, 0x80, 0x80, 0x01, 0x01);

  constructor(_options: VirtualPassportOptions) {}

  /** Answers one command APDU with a response APDU (data, SW1 SW2). Never throws: what it does not understand gets a status word. */
  process(_apdu: Uint8Array): Uint8Array {
    throw new Error("lands next");
  }

  /** Power off, power on or reset: the session and its keys are gone. */
  reset(): void {}
}
