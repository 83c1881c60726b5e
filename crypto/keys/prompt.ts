/** Asks a person at the terminal for a secret; nothing of it is shown. */
import { KabinaError } from "../errors/kabina-error.ts";

const longestLine = 1024; // bytes
const enter: readonly number[] = [0x0a, 0x0d];
const interrupts: readonly number[] = [0x03, 0x04]; // Ctrl-C, Ctrl-D
const erases: readonly number[] = [0x08, 0x7f];

/** A question for the terminal; undefined where there is none to ask at. */
export function terminalPrompt(): ((question: string) => Promise<Uint8Array>) | undefined {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return (question) =>
    new Promise((resolve, reject) => {
      const typed = Buffer.alloc(longestLine);
      let length = 0;
      const finish = (settle: () => void) => {
        process.stdin.off("data", take);
        process.stdin.setRawMode(false);
        process.stdin.pause();
        process.stderr.write("\n");
        settle();
        typed.fill(0);
      };
      const take = (bytes: Buffer) => {
        for (const byte of bytes) {
          if (enter.includes(byte)) return finish(() => resolve(Uint8Array.from(typed.subarray(0, length))));
          if (interrupts.includes(byte)) return finish(() => reject(new KabinaError("key/prompt-left", {})));
          if (erases.includes(byte)) length = Math.max(0, length - 1);
          else if (length < longestLine) typed[length++] = byte;
        }
        bytes.fill(0);
      };
      process.stderr.write(question);
      process.stdin.setRawMode(true);
      process.stdin.resume();
      process.stdin.on("data", take);
    });
}
