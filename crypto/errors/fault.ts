/**
 * What a log may say of a failure that nobody foresaw: its kind, the system's code, and where it happened. Never its message, which
 * may quote what was being worked on (`JSON.parse` quotes its input), and so a person.
 */
export interface Fault {
  readonly kind: string;
  /** Such as `ENOSPC`, or a code of the catalogue. */
  readonly code?: string;
  /** Such as `open`. */
  readonly call?: string;
  /** Functions and lines, the innermost first. */
  readonly at: readonly string[];
  readonly cause?: Fault;
}

const MOST_FRAMES = 12;
const MOST_CAUSES = 4;
/** Codes and names are words: what is none is not written. */
const WORD = /^[A-Za-z0-9_./-]{1,80}$/;

export function faultOf(thrown: unknown, causes = MOST_CAUSES): Fault {
  if (!(thrown instanceof Error)) return { kind: typeof thrown, at: [] };
  const word = (value: unknown) => (typeof value === "string" && WORD.test(value) ? value : undefined);
  const { code, syscall } = thrown as NodeJS.ErrnoException;
  // A message may have lines of its own that look like frames: those after it count, which the message's own text tells apart.
  const stack = thrown.stack ?? "";
  const quoted = stack.indexOf(thrown.message);
  const frames = quoted < 0 ? "" : stack.slice(quoted + thrown.message.length);
  const at = frames.split("\n").filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line));
  return {
    kind: word(thrown.name) ?? "Error",
    ...(word(code) === undefined ? {} : { code: word(code) as string }),
    ...(word(syscall) === undefined ? {} : { call: word(syscall) as string }),
    at: at.slice(0, MOST_FRAMES).map((line) => line.trim().slice("at ".length)),
    ...(thrown.cause !== undefined && causes > 0 ? { cause: faultOf(thrown.cause, causes - 1) } : {}),
  };
}
