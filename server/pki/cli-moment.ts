/** A moment as an argument of a command. */
import { InvalidArgumentError } from "commander";

/** ISO 8601. Throws what commander shows. */
export function moment(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError("not a moment in ISO 8601");
  return at;
}
