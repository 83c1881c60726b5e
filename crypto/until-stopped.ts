/** How long a process runs: until it is told to end, or until whoever started it is gone. */

/**
 * Resolves at SIGTERM or SIGINT. With `withInput` also at the end of standard input: whoever started this process holds the other
 * end, and lets go of it however they end, so that no booth or server stays behind alone and keeps its folder and ports.
 */
export async function untilStopped(withInput: boolean): Promise<void> {
  await new Promise<void>((stop) => {
    process.once("SIGTERM", () => stop());
    process.once("SIGINT", () => stop());
    if (!withInput) return;
    for (const event of ["end", "close", "error"] as const) process.stdin.once(event, () => stop());
    process.stdin.resume();
  });
  // An input that is listened to keeps a process alive.
  if (withInput) process.stdin.destroy();
}
