import type { Look } from "../../review/api.ts";
import type { Say } from "../texts/use-texts.ts";

/** Figures of a serial number by which people tell certificates apart. */
const SERIAL_SHOWN = 12;

/** What is doubted, in words: by the certificate's name where the register knows it, else by its number. */
export function lookReason(t: Say, { cause, subject, name }: Pick<Look, "cause" | "subject" | "name">): string {
  const known = name ?? (cause === "hot-list" || cause === "operator" ? subject : subject.slice(0, SERIAL_SHOWN));
  return t(`lookAgain.cause.${cause}`, { name: known });
}
