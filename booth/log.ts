/** The booth's log: JSON lines on standard error, with times and codes and no personal data. */
import pino, { type Logger } from "pino";

export function boothLog(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }));
}
