/** A package's number as people say it: what stands on the receipt slip, and what an operator finds the case by. */

const GROUP = 4;
const DIGITS = 12;
/** Hexadecimal digits at the end of a UUID (48 random bits) that the number is made of. */
const SOURCE_DIGITS = 12;

/**
 * Twelve decimal digits in groups of four, `0412 7735 9016`, from a package's UUID: digits alone are said and heard the same
 * in every language. It names, it does not prove: among a million packages two may share a number, so what machines exchange
 * is always the UUID.
 * @param packageId UUID, lower case (`docs/formats/package.md`)
 */
export function packageNumber(packageId: string): string {
  const value = Number.parseInt(packageId.slice(-SOURCE_DIGITS), 16) % 10 ** DIGITS;
  return (
    String(value)
      .padStart(DIGITS, "0")
      .match(new RegExp(`.{${GROUP}}`, "g")) as string[]
  ).join(" ");
}

/** All endings of a package's UUID (its last twelve hexadecimal digits) that have this number, twelve digits without spaces. */
export function packageNumberSources(number: string): string[] {
  const endings: string[] = [];
  for (let value = Number(number); value < 16 ** SOURCE_DIGITS; value += 10 ** DIGITS)
    endings.push(value.toString(16).padStart(SOURCE_DIGITS, "0"));
  return endings;
}
