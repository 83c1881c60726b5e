/** The number on a slip: nine random digits and one that tells a slip of the finger (Luhn), printed in groups. */
import type { RandomBytes } from "../environment.ts";

/** Digits of a slip's number as a person types it. */
export const SLIP_NUMBER_DIGITS = 10;
const UNIFORM = 4_000_000_000;

export function newSlipNumber(random: RandomBytes): string {
  for (;;) {
    const drawn = Buffer.from(random(4)).readUInt32BE();
    if (drawn >= UNIFORM) continue; // no number is likelier than another
    const serial = String(drawn % 10 ** (SLIP_NUMBER_DIGITS - 1)).padStart(SLIP_NUMBER_DIGITS - 1, "0");
    return serial + luhnDigit(serial);
  }
}

/** The digits of what was typed, blanks and hyphens left out; undefined when it is no slip number. */
export function parseSlipNumber(typed: string): string | undefined {
  const digits = typed.replace(/[\s\u00a0-]/g, "");
  if (!new RegExp(`^[0-9]{${SLIP_NUMBER_DIGITS}}$`).test(digits)) return undefined;
  return luhnDigit(digits.slice(0, -1)) === digits.at(-1) ? digits : undefined;
}

function luhnDigit(serial: string): string {
  const sum = [...serial].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}
